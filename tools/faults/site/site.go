// Package site puts up what a campaign of faults is played on: the real programs of several devices, a
// collector and a broker, with keys and certificates as an installer would make them, each device behind
// a network of its own that can be disturbed (tools/faults/link). It kills and starts programs and knows
// who lives; it judges nothing (tools/faults/judge does), and it never touches a process that it did not
// start.
package site

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"tellijn/tools/faults/disk"
	"tellijn/tools/faults/link"
)

// ErrLate is wrapped when something did not come about in time.
var ErrLate = errors.New("site: waited in vain")

// Patience bounds each wait for a program, in wall time. The machine may be busy with other things.
const Patience = 90 * time.Second

// Room is the room that two of the devices share.
const Room = "hall"

// Plan says what to put up.
type Plan struct {
	Dir      string // of everything; empty and the caller's to remove
	Programs string // folder of the built programs, see Build
	Seed     uint64 // of the drawn cameras
	Speed    int    // of the drawn cameras against the world
	Compress int    // of the calendar against the cameras
	Say      func(line string)
}

// Site is what was put up.
type Site struct {
	Plan
	Collector *Collector
	Broker    *Broker // nil without Mosquitto
	Devices   []*Device
	// Small says that devices and collector have small disks of their own, which can be filled;
	// otherwise Why says why not.
	Small bool
	Why   string
}

// Build builds the programs into dir.
func Build(ctx context.Context, dir string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "sim", "-trimpath", "-o", dir+string(filepath.Separator),
		"tellijn/firmware/eye", "tellijn/firmware/courier", "tellijn/firmware/dialer", "tellijn/firmware/warden",
		"tellijn/tools/collector", "tellijn/tools/verify")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("site: building the programs: %w\n%s", err, out)
	}
	return nil
}

// Put puts everything up and waits until every device counts.
func Put(p Plan) (s *Site, err error) {
	s = &Site{Plan: p}
	defer func() {
		if err != nil {
			s.Down()
		}
	}()
	s.Collector = &Collector{program: filepath.Join(p.Programs, "collector"), Dir: filepath.Join(p.Dir, "collector"), say: p.Say}
	if s.Collector.Address, err = free(); err != nil {
		return s, err
	}
	s.disks()
	if err := s.Collector.setUp(); err != nil {
		return s, err
	}
	if s.Broker, err = newBroker(s); err != nil {
		return s, err
	}
	if s.Broker != nil {
		s.Collector.broker = s.Broker.Address
	}
	if err := s.Collector.Start(); err != nil {
		return s, err
	}
	for _, d := range []*Device{{Name: "north", Room: true}, {Name: "south", Room: true}, {Name: "gate"}, {Name: "quay", MQTT: true}} {
		if d.MQTT && s.Broker == nil {
			continue
		}
		d.site, d.Dir = s, filepath.Join(p.Dir, d.Name)
		target := s.Collector.Address
		if d.MQTT {
			target = s.Broker.Address
		}
		if d.Link, err = link.New(target); err != nil {
			return s, err
		}
		s.Devices = append(s.Devices, d)
		if err := d.identify(); err != nil {
			return s, err
		}
	}
	for _, d := range s.Devices {
		if err := d.enrol(); err != nil {
			return s, err
		}
	}
	for i, d := range s.Devices {
		d.seed = p.Seed + uint64(i)
		if err := d.Start(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// DiskSize of a device or of the collector, in bytes: several times what they need. The collector leaves
// 16 MiB of a disk free by itself.
const (
	DiskSize      = 24 << 20
	CollectorSize = 128 << 20
)

// disks gives each device and the collector a small disk.
func (s *Site) disks() {
	s.Small = true
	for name, size := range map[string]int{"collector": CollectorSize, "north": DiskSize, "south": DiskSize, "gate": DiskSize, "quay": DiskSize} {
		dir := filepath.Join(s.Dir, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			s.Small, s.Why = false, err.Error()
			return
		}
		if err := disk.Mount(dir, size); err != nil {
			s.Small, s.Why = false, err.Error()
			return
		}
	}
}

// Down ends everything without ceremony and gives the disks back.
func (s *Site) Down() {
	for _, d := range s.Devices {
		d.end()
		d.Link.Close()
	}
	if s.Collector != nil {
		s.Collector.kill()
	}
	if s.Broker != nil {
		s.Broker.kill()
	}
	for _, name := range []string{"collector", "north", "south", "gate", "quay"} {
		disk.Unmount(filepath.Join(s.Dir, name))
	}
}

// Left gives the processes that work on this site's files and still run.
func (s *Site) Left() (left []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range all {
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), s.Dir+string(filepath.Separator)) && filepath.Base(filepath.Dir(path)) != fmt.Sprint(os.Getpid()) {
			left = append(left, strings.ReplaceAll(strings.TrimRight(string(b), "\x00"), "\x00", " "))
		}
	}
	return left
}

// until waits for something to become true.
func until(what string, ok func() bool) error {
	for end := time.Now().Add(Patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrLate, what)
}

// runs tells whether a process lives and is not only waiting to be seen off.
func runs(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	switch state(pid) {
	case 'Z', 'X':
		return false
	case 0:
		return runtime.GOOS != "linux" // there is no other way to tell
	}
	return true
}

// state is the letter that /proc/PID/stat gives a process, 0 for none. (proc_pid_stat(5))
func state(pid int) byte {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, ok := strings.Cut(string(b), ") ")
	if !ok || rest == "" {
		return 0
	}
	return rest[0]
}
