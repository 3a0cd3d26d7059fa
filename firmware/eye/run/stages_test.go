package run

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
)

// kernel plays privacy/sandbox/confine: it notes the stages and answers what it is told to.
type kernel struct {
	stages []string
	last   sandbox.Manifest
	lacks  layers.Layers
	fails  int // stage that fails, from 1
}

func (k *kernel) enter(m sandbox.Manifest) (layers.Layers, error) {
	k.stages, k.last = append(k.stages, m.Stage), m
	if len(k.stages) == k.fails {
		return 0, fmt.Errorf("no: %w", syscall.EPERM)
	}
	held := layers.Filter | layers.Limits
	if !m.Narrows {
		held |= layers.Closed | layers.Paths
		if m.Room {
			held |= layers.Room
		}
		if !m.Rights {
			held |= layers.Rights
		}
	}
	return held &^ k.lacks, nil
}

// lead leads an eye through its stages and tells how far it came.
func lead(e *eye, o *orders.Orders) (stages int, err error) {
	for _, stage := range []func() error{
		func() error { return e.begin(o) }, func() error { return e.settle(o, 6) }, func() error { return e.count(o) },
	} {
		if err := stage(); err != nil {
			return stages, err
		}
		stages++
	}
	return stages, nil
}

func TestStages(t *testing.T) {
	t.Setenv("GODEBUG", "asyncpreemptoff=1")
	const enough = layers.Filter | layers.Rights | layers.Limits | layers.Closed
	for _, c := range []struct {
		name   string
		board  orders.Board
		kernel kernel
		stages int
		mute   bool // says nothing in words any more
		held   layers.Layers
	}{
		{"all", orders.Real, kernel{}, 3, true, enough | layers.Paths | layers.Room},
		{"no Landlock", orders.Real, kernel{lacks: layers.Paths}, 3, true, enough | layers.Room},
		{"no room", orders.Real, kernel{lacks: layers.Room}, 3, true, enough | layers.Paths},
		{"neither", orders.Real, kernel{lacks: layers.Room | layers.Paths}, 0, false, 0},
		{"neither, on a board that is not real", orders.Simulated, kernel{lacks: layers.Room | layers.Paths}, 3, true, enough},
		{"no filter", orders.Real, kernel{lacks: layers.Filter}, 0, false, 0},
		{"rights that stay", orders.Real, kernel{lacks: layers.Rights}, 1, true, 0},
		{"nothing", orders.Simulated, kernel{lacks: layers.All}, 3, true, 0},
		{"the first fails", orders.Simulated, kernel{fails: 1}, 0, false, 0},
		{"the second fails", orders.Simulated, kernel{fails: 2}, 1, false, 0},
		{"the third fails", orders.Simulated, kernel{fails: 3}, 2, true, 0},
	} {
		e := &eye{Parts: Parts{Enter: c.kernel.enter, StandIn: "/dev/null"}}
		o := &orders.Orders{Board: c.board, Driver: orders.V4L2, Device: "/dev/null"}
		stages, err := lead(e, o)
		if stages != c.stages || (err == nil) != (stages == 3) || err != nil && ending(err) != orders.Unconfined {
			t.Errorf("%s: %d stages, %v (%s)", c.name, stages, err, ending(err))
		}
		if e.mute != c.mute || stages == 3 && e.held != c.held {
			t.Errorf("%s: mute %v, held in by %s, want %v, %s", c.name, e.mute, e.held, c.mute, c.held)
		}
		want := []string{"while it opens its camera", "while its camera settles", "while it counts"}
		if !slices.Equal(c.kernel.stages, want[:len(c.kernel.stages)]) {
			t.Errorf("%s: %q", c.name, c.kernel.stages)
		}
		if stages == 3 && !strings.Contains(c.kernel.last.Text(), "argument 0 = 0x6\n") {
			t.Errorf("%s: it counts without its camera:\n%s", c.name, c.kernel.last.Text())
		}
	}
}

// Frames come only to an eye that was confined for them, and only once.
func TestOutOfOrder(t *testing.T) {
	k := kernel{}
	e, o := &eye{Parts: Parts{Enter: k.enter}}, &orders.Orders{Board: orders.Simulated, Driver: orders.Sim}
	if err := errors.Join(e.begin(o)); err != nil {
		t.Fatal(err)
	}
	if err := e.count(o); !errors.Is(err, errUnconfined) {
		t.Errorf("counting with a camera of which nobody heard: %v", err)
	}
	if err := e.settle(o, -1); err != nil {
		t.Fatal(err)
	}
	if err := e.settle(o, -1); !errors.Is(err, errUnconfined) {
		t.Errorf("a second camera: %v", err)
	}
}

func TestPreemption(t *testing.T) {
	t.Setenv("GODEBUG", "updatemaxprocs=0")
	k := kernel{}
	e := &eye{Parts: Parts{Enter: k.enter}}
	if err := e.begin(&orders.Orders{Board: orders.Real, Driver: orders.Sim}); !errors.Is(err, errUnconfined) || len(k.stages) > 0 {
		t.Errorf("a real board without asyncpreemptoff: %v, %q", err, k.stages)
	}
}

// Only a camera of Linux gets a rule and a room; whatever else lies at the path is left alone.
func TestNoCamera(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, "/dev", "/dev/null", "/dev/zero", "/dev/absent"} {
		k := kernel{}
		e := &eye{Parts: Parts{Enter: k.enter}}
		err := e.begin(&orders.Orders{Board: orders.Simulated, Driver: orders.V4L2, Device: path})
		if ending(err) != orders.Absent || !strings.Contains(err.Error(), path) || len(k.stages) > 0 {
			t.Errorf("%s: %v, %q", path, err, k.stages)
		}
		if path != "/dev/absent" && !errors.Is(err, hal.ErrAbsent) {
			t.Errorf("%s: %v", path, err)
		}
	}
	const device, block, file0 = syscall.S_IFCHR | 0o660, syscall.S_IFBLK | 0o660, syscall.S_IFREG
	for _, c := range []struct {
		mode   uint32
		number uint64
		want   bool
	}{{device, 81 << 8, true}, {device, 81<<8 | 63, true}, {device, 1<<20 | 81<<8, true}, // minor 256
		{device, 80 << 8, false}, {device, 1<<8 | 81, false}, {device, (81 + 256) << 8, false},
		{device, 81<<8 | 1<<40, false}, {block, 81 << 8, false}, {file0, 81 << 8, false}} {
		if got := isCamera(c.mode, c.number); got != c.want {
			t.Errorf("mode %o, number %#x: %v", c.mode, c.number, got)
		}
	}
}
