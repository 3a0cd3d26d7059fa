//go:build hostile && linux

package main

import (
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/counting/tally"
	"tellijn/hal/camera"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/attacks/codes"
)

// attacks are all of them by name; their plain words stand in tools/proof/attacks.
func attacks() map[string]func(*attack) error {
	all := calls()
	maps.Copy(all, pipes())
	maps.Copy(all, loose())
	return all
}

// pipes are the attacks through what an eye holds, and on its own memory and time.
func pipes() map[string]func(*attack) error {
	return map[string]func(*attack) error{
		"longer":       func(*attack) error { return first(unix.Write(eyes.FdTally, make([]byte, wire.Size+1))) },
		"shorter":      func(*attack) error { return first(unix.Write(eyes.FdTally, make([]byte, wire.Size-1))) },
		"pixels":       func(a *attack) error { return first(unix.Write(eyes.FdTally, a.frame)) },
		"vector":       func(a *attack) error { return first(unix.Writev(eyes.FdTally, [][]byte{a.frame[:8]})) },
		"vmsplice":     func(a *attack) error { return vmsplice(a.frame) },
		"tee":          func(*attack) error { return raw(unix.SYS_TEE, 0, eyes.FdTally, 4096) },
		"pipe-size":    func(*attack) error { return first(unix.FcntlInt(eyes.FdTally, unix.F_SETPIPE_SZ, 1<<16)) },
		"read-back":    func(*attack) error { return first(unix.Read(eyes.FdOrders, make([]byte, 8))) },
		"words":        func(a *attack) error { return first(unix.Write(eyes.FdWords, a.frame[:8])) },
		"words-log":    func(a *attack) error { println(string(a.frame[:8])); return nil },
		"panic":        func(a *attack) error { panic(string(a.frame[:64])) },
		"fault":        func(a *attack) error { var p *int; *p = int(a.frame[0]); return nil },
		"second-alarm": func(*attack) error { return first(unix.TimerfdCreate(unix.CLOCK_MONOTONIC, 0)) },
		"other-clock":  func(*attack) error { return unix.TimerfdSettime(eyes.FdTally, 0, &unix.ItimerSpec{}, nil) },

		"flood": func(a *attack) error {
			for n := range uint32(400) {
				if err := a.lie(func(m *wire.Message) { m.Tally.Number, m.Tally.From, m.Tally.To = n, n, n+1 }); err != nil {
					return err
				}
			}
			return await()
		},
		"range":      told(func(m *wire.Message) { m.Tally.Lines[0].Forward = 1 << 31 }),
		"free-bits":  told(func(m *wire.Message) { m.Tally.Quality = 1 << 30 }),
		"other-line": told(func(m *wire.Message) { m.Tally.Lines[3].Forward = 1 }),
		"other-zone": told(func(m *wire.Message) { m.Tally.Zones[3] = tally.Zone{Inside: 1, Peak: 1} }),
		"number":     told(func(m *wire.Message) { m.Tally.Number = 0xdeadbeef }),
		"time":       told(func(m *wire.Message) { m.Tally.From, m.Tally.To = 7, 7 }),
		"claims":     told(func(m *wire.Message) { m.Stream.Held = 1 << 15 }),
		"magic": func(a *attack) error {
			if err := put(a.frame[:wire.Size]); err != nil {
				return err
			}
			return await()
		},
		"changes": func(a *attack) error {
			for n := range uint32(2) {
				err := a.lie(func(m *wire.Message) {
					m.Tally.Number, m.Tally.From, m.Tally.To, m.Stream.Width = n, n, n+1, m.Stream.Width+uint16(n)
				})
				if err != nil {
					return err
				}
			}
			return await()
		},
		// No lie, but what an honest eye says: the warden must take it.
		"base": told(func(*wire.Message) {}),
		"hold": func(a *attack) error { a.holding = true; return again },
		"keep": keep,
		// What an honest eye does, to compare with.
		"nothing": func(*attack) error { return again },
		"garbage": garbage,
		"calls": func(*attack) error {
			for range codes.Calls {
				_ = unix.TimerfdSettime(eyes.FdAlarm, 0, &unix.ItimerSpec{}, nil)
			}
			return nil
		},
	}
}

// told writes one tally that is turned into a lie, and waits to be ended.
func told(turn func(*wire.Message)) func(*attack) error {
	return func(a *attack) error {
		if err := a.lie(turn); err != nil {
			return err
		}
		return await()
	}
}

// lie writes a tally of one frame that was turned.
func (a *attack) lie(turn func(*wire.Message)) error {
	m := wire.Message{Stream: wire.StreamOf(a.Format())}
	m.Tally.To = 1
	turn(&m)
	var buf [wire.Size]byte
	wire.Encode(&buf, &m)
	return put(buf[:])
}

func put(b []byte) error { return first(unix.Write(eyes.FdTally, b)) }

// await gives whoever listens time to see the lie and to end this eye. Coming back from here means
// that nobody did.
func await() error {
	rest(3 * time.Second)
	return nil
}

func vmsplice(b []byte) error {
	v := unix.Iovec{Base: &b[0]}
	v.SetLen(8)
	return raw(unix.SYS_VMSPLICE, eyes.FdTally, uintptr(unsafe.Pointer(&v)), 1)
}

// keep holds a copy of one frame for good and lets the eye count on: what no kernel can see, and what
// the search of memory must find.
func keep(a *attack) error {
	if a.kept == nil {
		a.kept = append([]byte{}, a.frame...)
	}
	return again
}

// garbage makes some in each frame and lets it be collected as it comes: an honest eye under pressure.
func garbage(a *attack) error {
	debug.SetGCPercent(100)
	a.kept = make([]byte, 256<<10)
	if a.frames%10 == 0 {
		runtime.GC()
	}
	a.kept = nil
	return again
}

// collects widens the manifest by what a collector needs to give memory back by timers: the poller of Go.
// An honest eye collects nothing and has none of it.
func collects(m sandbox.Manifest) sandbox.Manifest {
	m.Budget.Descriptors = 32
	m.Calls = slices.DeleteFunc(m.Calls, func(c sandbox.Call) bool { return c.Name == "write" })
	// The poller wakes itself through a descriptor, so it writes to any.
	for _, name := range []string{"write", "epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2"} {
		m.Calls = append(m.Calls, sandbox.Call{Name: name})
	}
	return m
}

var _ camera.Source = (*attack)(nil)
