package vm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

// Tell types one line on the console.
func (m *Machine) Tell(line string) error {
	if _, err := m.console.Write([]byte(line + "\n")); err != nil {
		return fmt.Errorf("vm: telling the guest %q: %w", line, err)
	}
	return nil
}

// Plug plugs a camera in, which serves until it is unplugged. A camera can be plugged in once only.
func (m *Machine) Plug(cam *usbcam.Camera) error {
	m.hands.Lock()
	defer m.hands.Unlock()
	if m.cable != nil {
		return errors.New("vm: a camera is plugged in already")
	}
	conn, err := reach(m.path("cam"), m.runs)
	if err != nil {
		return fmt.Errorf("vm: plugging the camera in: %w", err)
	}
	m.cable = conn
	go func() {
		cam.Serve(conn)
		conn.Close()
	}()
	return nil
}

// Unplug pulls the camera's cable.
func (m *Machine) Unplug() {
	m.hands.Lock()
	defer m.hands.Unlock()
	if m.cable != nil {
		m.cable.Close()
		m.cable = nil
	}
}

// Stop makes the machine stand still, its clocks too.
func (m *Machine) Stop() error { return m.command("stop", nil) }

// Cont lets it run on.
func (m *Machine) Cont() error { return m.command("cont", nil) }

// Debug reaches the machine's stub for a debugger, which makes the machine stand still (tools/rig/gdb). One at a time.
func (m *Machine) Debug() (net.Conn, error) {
	conn, err := reach(m.path("gdb"), m.runs)
	if err != nil {
		return nil, fmt.Errorf("vm: debugger: %w", err)
	}
	return conn, nil
}

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

// Write changes memory of the machine from outside, at a physical address; its caches follow. It is for controls: what
// stood there is to be put back before the machine runs on. (QEMU, softmmu/qtest.c, write)
func (m *Machine) Write(address uint64, data []byte) error {
	if err := m.test(fmt.Sprintf("write %#x %d 0x%x", address, len(data), data)); err != nil {
		return fmt.Errorf("vm: qtest: writing %d bytes at %#x: %w", len(data), address, err)
	}
	return nil
}

// Ask gives QEMU's monitor a command and returns what it answers. (QEMU, docs/interop/qmp-spec.txt)
func (m *Machine) Ask(command string, arguments map[string]any) (json.RawMessage, error) {
	return m.ask(command, arguments)
}

// Size of the memory in bytes.
func (m *Machine) Size() int64 { return m.bytes }

func (m *Machine) command(name string, arguments map[string]any) error {
	_, err := m.ask(name, arguments)
	return err
}

// ask gives the monitor a command and returns what it answers.
func (m *Machine) ask(name string, arguments map[string]any) (json.RawMessage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.qmp == nil {
		q, err := dial(m.path("qmp"), m.runs)
		if err != nil {
			return nil, fmt.Errorf("vm: monitor: %w", err)
		}
		m.qmp = q
	}
	answer, err := m.qmp.do(name, arguments)
	if err != nil {
		return nil, fmt.Errorf("vm: monitor: %s: %w", name, err)
	}
	return answer, nil
}

// PID is the number of QEMU's process.
func (m *Machine) PID() int { return m.cmd.Process.Pid }

// runs tells whether QEMU has not ended.
func (m *Machine) runs() bool {
	select {
	case <-m.gone:
		return false
	default:
		return true
	}
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

// Kill ends QEMU at once, as if the power went: what the machine had not written to its card is lost.
func (m *Machine) Kill() {
	m.cmd.Process.Kill()
	<-m.gone
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
	m.Unplug()
	m.mu.Lock()
	if m.qmp != nil {
		m.qmp.conn.Close()
	}
	if m.qtest != nil {
		m.qtest.conn.Close()
	}
	m.mu.Unlock()
	os.RemoveAll(m.dir)
}

// listen passes the console on. Lines that nobody takes are dropped once there are too many: a
// machine must not stand still because nobody reads.
func (m *Machine) listen(out io.Reader) {
	for in := bufio.NewScanner(out); in.Scan(); {
		select {
		case m.lines <- in.Text():
		default:
		}
	}
	io.Copy(io.Discard, out) // behind a line that is too long
	m.err = m.cmd.Wait()
	close(m.gone)
	close(m.lines)
}

// Lines are those of the console; the channel is closed when the machine has ended. Whoever calls
// Await takes them away.
func (m *Machine) Lines() <-chan string { return m.lines }

// Await takes lines until one begins with marker, and gives what follows the marker. Each line goes
// to say, which may be nil.
func (m *Machine) Await(marker string, d time.Duration, say func(string)) (string, error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case line, ok := <-m.lines:
			if !ok {
				return "", fmt.Errorf("vm: the machine ended before it said %q (qemu: %v)", marker, m.why())
			}
			if say != nil {
				say(line)
			}
			if rest, found := strings.CutPrefix(line, marker); found {
				return rest, nil
			}
		case <-timer.C:
			return "", fmt.Errorf("vm: the machine did not say %q within %v", marker, d)
		}
	}
}
