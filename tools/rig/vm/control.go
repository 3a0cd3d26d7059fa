package vm

import (
	"fmt"
	"os"
	"time"
)

// Tell types one line on the console.
func (m *Machine) Tell(line string) error {
	if _, err := m.console.Write([]byte(line + "\n")); err != nil {
		return fmt.Errorf("vm: telling the guest %q: %w", line, err)
	}
	return nil
}

// Unplug pulls the camera's cable.
func (m *Machine) Unplug() {
	select {
	case conn := <-m.cable:
		conn.Close()
	default:
	}
}

// Stop makes the machine stand still, its clocks too.
func (m *Machine) Stop() error { return m.command("stop", nil) }

// Cont lets it run on.
func (m *Machine) Cont() error { return m.command("cont", nil) }

// Memory writes all memory of the machine to a new file at path, byte by byte as it is.
func (m *Machine) Memory(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600) // QEMU would make it for everybody to read
	if err != nil {
		return fmt.Errorf("vm: %w", err)
	}
	f.Close()
	if err := m.command("pmemsave", map[string]any{"val": int64(RAM), "size": m.bytes, "filename": path}); err != nil {
		return err
	}
	if st, err := os.Stat(path); err != nil || st.Size() != m.bytes {
		return fmt.Errorf("vm: the memory at %q is not whole, want %d bytes: %v", path, m.bytes, err)
	}
	return nil
}

// Size of the memory in bytes.
func (m *Machine) Size() int64 { return m.bytes }

func (m *Machine) command(name string, arguments map[string]any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.qmp == nil {
		q, err := dial(m.monitorPath(), func() bool {
			select {
			case <-m.gone:
				return false
			default:
				return true
			}
		})
		if err != nil {
			return fmt.Errorf("vm: monitor: %w", err)
		}
		m.qmp = q
	}
	if err := m.qmp.do(name, arguments); err != nil {
		return fmt.Errorf("vm: monitor: %s: %w", name, err)
	}
	return nil
}

// Wait waits until the machine has switched itself off, at most until its limit.
func (m *Machine) Wait() error {
	<-m.gone
	return m.why()
}

// why tells how QEMU ended, once it has.
func (m *Machine) why() error {
	<-m.gone
	if m.late.Err() != nil {
		return fmt.Errorf("vm: the machine was still running after %v, or was no longer wanted: %w", m.limit, m.late.Err())
	}
	if m.err != nil {
		return fmt.Errorf("vm: qemu: %w", m.err)
	}
	return nil
}

// End ends QEMU if it still runs, and only that process, and removes what Boot made. It may be
// called more than once.
func (m *Machine) End() {
	select {
	case <-m.gone:
	default:
		go m.command("quit", nil)
		select {
		case <-m.gone:
		case <-time.After(3 * time.Second):
			m.cancel() // kills it
			<-m.gone
		}
	}
	m.cancel()
	if m.plug != nil {
		m.plug.Close()
	}
	m.Unplug()
	m.mu.Lock()
	if m.qmp != nil {
		m.qmp.conn.Close()
	}
	m.mu.Unlock()
	os.RemoveAll(m.dir)
}
