package confine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/launch"
)

// Seen is what can be seen of a running eye from outside.
type Seen struct {
	Threads []map[string]string // of /proc/PID/task/TID/status, each thread
	Filters int                 // of system calls that hold this program too
	Shared  []string            // namespaces that it shares with this program
	Devices []string            // of the network, besides lo
	Open    []string            // what its descriptors are
	Core    string              // limit on core files
	Said    wire.Message        // its first tally
	Unread  []string            // what could not be read, and why; nothing is known of it
}

// Look starts an eye on a drawn camera and looks at it once it counts.
func Look(ctx context.Context, b *bench.Bench) (s Seen, err error) {
	path, err := b.Program(ctx, "firmware/eye", "", "sim")
	if err != nil {
		return s, err
	}
	o := launch.Door(orders.Sim, camera.Format{Pixel: camera.GREY, Width: 160, Height: 120, Stride: 160, Interval: 40 * time.Millisecond})
	o.Sim = orders.Scripted{Seed: 1}
	e, err := launch.Start(launch.Options{Path: path, Orders: o, Spaces: true})
	if err != nil {
		return s, err
	}
	defer e.Kill()
	for end := time.Now().Add(20 * time.Second); len(e.Said()) < wire.Size; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return s, fmt.Errorf("confine: the eye says nothing")
		}
	}
	if s.Said, err = wire.Decode((*[wire.Size]byte)(e.Said()[:wire.Size])); err != nil {
		return s, err
	}
	s.look(fmt.Sprintf("/proc/%d/", e.Pid()))
	return s, nil
}

// look reads what the kernel says of a program.
func (s *Seen) look(proc string) {
	own, err := status("/proc/self/status")
	s.unread(err)
	s.Filters, err = strconv.Atoi(own["Seccomp_filters"])
	s.unread(err)
	tasks, err := os.ReadDir(proc + "task")
	s.unread(err)
	for _, t := range tasks {
		its, err := status(proc + "task/" + t.Name() + "/status")
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // a thread that has just ended
		}
		s.unread(err)
		s.Threads = append(s.Threads, its)
	}
	for _, n := range []string{"net", "mnt", "pid", "ipc", "uts"} {
		own, err := os.Readlink("/proc/self/ns/" + n)
		s.unread(err)
		its, err := os.Readlink(proc + "ns/" + n)
		s.unread(err)
		if its == own {
			s.Shared = append(s.Shared, n)
		}
	}
	text, err := os.ReadFile(proc + "net/dev")
	s.unread(err)
	for line := range strings.Lines(string(text)) {
		if name, _, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name != "lo" {
			s.Devices = append(s.Devices, name)
		}
	}
	fds, err := os.ReadDir(proc + "fd")
	s.unread(err)
	for _, f := range fds {
		to, err := os.Readlink(proc + "fd/" + f.Name())
		s.unread(err)
		s.Open = append(s.Open, f.Name()+" "+to)
	}
	limits, err := os.ReadFile(proc + "limits")
	s.unread(err)
	for line := range strings.Lines(string(limits)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			s.Core = strings.Join(strings.Fields(rest), " ")
		}
	}
}

// unread notes what could not be read.
func (s *Seen) unread(err error) {
	if err != nil {
		s.Unread = append(s.Unread, err.Error())
	}
}

// status reads a file of the form of proc_pid_status(5).
func status(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(text)) {
		k, v, _ := strings.Cut(line, ":")
		out[k] = strings.Join(strings.Fields(v), " ")
	}
	return out, nil
}
