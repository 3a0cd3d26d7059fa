package device

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tellijn/firmware/queue"
	"tellijn/firmware/view"
	"tellijn/tools/try/wire"
)

// Device is one that runs, or has run.
type Device struct {
	Name string
	Dir  string // what it keeps
	Wire *wire.Wire

	cmd   *exec.Cmd
	ended chan struct{} // closed when the warden has, and then err says how
	err   error
	mu    sync.Mutex
	shown []time.Time
	last  []byte // record
	total uint32
}

// look notes what the warden shows.
func (d *Device) look(r io.ReadCloser) {
	defer r.Close()
	for {
		m, err := view.Read(r)
		if err != nil {
			return
		}
		d.mu.Lock()
		if m.State == nil && bytes.Equal(m.Record, d.last) {
			// The head of a room shows the newest one again while the next waits for other doors.
		} else if m.State == nil {
			d.shown, d.last = append(d.shown, time.Now()), m.Record
		} else if len(m.State.Lines) > 0 {
			d.total = m.State.Lines[0].Forward + m.State.Lines[0].Backward
		}
		d.mu.Unlock()
	}
}

// Shown gives when each record was made.
func (d *Device) Shown() []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]time.Time(nil), d.shown...)
}

// Counted gives how many crossings were counted.
func (d *Device) Counted() uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.total
}

// Until waits for the record with that number, the first is 0, and then for a while longer.
func (d *Device) Until(ctx context.Context, number int, and, most time.Duration) error {
	for end := time.Now().Add(most); ; {
		if s := d.Shown(); len(s) > number {
			time.Sleep(time.Until(s[number].Add(and)))
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("device: %s has made %d records in %v, want %d", d.Name, len(d.Shown()), most, number+1)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.ended:
			return fmt.Errorf("device: %s has ended after %d records, want %d", d.Name, len(d.Shown()), number+1)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Queue gives the counters of the courier's queue once nobody has it open.
func (d *Device) Queue() (queue.Stats, error) {
	q, err := queue.Open(filepath.Join(d.Dir, "courier", "queue.db"), queue.Options{})
	if err != nil {
		return queue.Stats{}, err
	}
	defer q.Close()
	return q.Stats()
}

// Memory of a process in KiB, from proc(5): most that was ever resident, and now, own and of files.
type Memory struct{ Most, Own, Files int }

// Used is what the processes of a device use, by the name of the process.
type Used struct {
	Memory map[string]Memory
	// Written are bytes that a process gave to calls that write, by its name: to files, pipes and
	// connections together. What the kernel says of the disk alone counts whole folios.
	Written map[string]int64
}

// Use reads it. It needs the rights to look; what cannot be read is left out.
func (d *Device) Use() Used {
	u := Used{map[string]Memory{}, map[string]int64{}}
	all := []string{fmt.Sprint(d.cmd.Process.Pid)}
	b, _ := os.ReadFile(filepath.Join("/proc", all[0], "task", all[0], "children"))
	for _, pid := range append(all, strings.Fields(string(b))...) {
		var m Memory
		name := ""
		status, _ := os.ReadFile(filepath.Join("/proc", pid, "status"))
		for _, line := range strings.Split(string(status), "\n") {
			key, value, _ := strings.Cut(line, ":")
			value = strings.TrimSpace(value)
			switch key {
			case "Name":
				name = value
			case "VmHWM":
				_, _ = fmt.Sscan(value, &m.Most)
			case "RssAnon":
				_, _ = fmt.Sscan(value, &m.Own)
			case "RssFile", "RssShmem": // programs may lie in a file system in memory
				n := 0
				_, _ = fmt.Sscan(value, &n)
				m.Files += n
			}
		}
		if name == "" {
			continue
		}
		u.Memory[name] = m
		io, err := os.ReadFile(filepath.Join("/proc", pid, "io"))
		_, rest, ok := strings.Cut(string(io), "\nwchar: ")
		var n int64
		if err == nil && ok {
			_, _ = fmt.Sscan(rest, &n)
			u.Written[name] = n
		}
	}
	return u
}
