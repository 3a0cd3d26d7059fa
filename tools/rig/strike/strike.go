// Package strike makes faults inside an emulated board that its image has not in it: it ends one program by a
// fault in the program's own code, and it makes the kernel hang. It does so through the stub that QEMU has for
// debuggers, by registers alone: not one byte of the board's memory or card is changed. It sees no frame
// and keeps nothing. It is for the rig, outside the data path.
package strike

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"tellijn/boards/card"
	"tellijn/tools/rig/gdb"
)

// target is where one process of a device comes by again and again, and no other that runs the same file.
type target struct {
	file      string
	functions []string
}

// targets by name. The warden's file runs as the board's first process, as the starter and as the core.
func targets() map[string]target {
	// Whatever wakes a Go program up passes here.
	always := []string{"runtime.schedule", "runtime.findRunnable"}
	return map[string]target{
		"eye":     {"eye", []string{"tellijn/counting/grid.(*Grid).Reduce"}}, // with a frame in its hands
		"courier": {"courier", always},
		"dialer":  {"dialer", always},
		"scout":   {"scout", []string{"tellijn/firmware/scout/setter.(*Setter).Tick"}},
		"asker":   {"scout", []string{"tellijn/firmware/scout/asker.(*asker).wait"}}, // the scout's half that speaks with strangers
		"warden":  {"warden", []string{"tellijn/firmware/warden/watch.(*Warden).tick"}},
		"starter": {"warden", []string{"tellijn/firmware/warden/starter.(*starter).reap", "tellijn/firmware/warden/starter.(*starter).serve"}},
		"init":    {"warden", []string{"tellijn/firmware/warden/first/programs.(*Keeper).Reap"}},
	}
}

// Names are the programs that can be crashed.
func Names() (names []string) {
	for name := range targets() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Crash ends one program of a running board: as soon as it comes by one of its own functions it jumps to where
// nothing is, and since it cannot catch that the kernel ends it, with the signal of a bad address. The next
// instruction of its code is never executed, so nothing of it can clean up. initrd is the board's first file system as
// the card has it. It returns once the program is about to die, and tells how often another one came by; what
// the board makes of it is for whoever called. The error is that of ctx if the program did not come by.
func Crash(ctx context.Context, c *gdb.Client, initrd []byte, name string) (others int, err error) {
	t, ok := targets()[name]
	if !ok {
		return 0, fmt.Errorf("strike: program %q, want one of %q", name, Names())
	}
	data, err := File(initrd, card.Programs[1:]+"/"+t.file)
	if err != nil {
		return 0, err
	}
	p, err := open(data, t.functions)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	cpu, others, err := await(ctx, c, p, p.places, func(string) (bool, error) { return true, nil })
	if err != nil {
		return others, fmt.Errorf("strike: %s did not come by: %w", name, err)
	}
	// First it blocks the signal, by a system call of its own, since one that is blocked and comes of the code
	// itself ends a program, whatever it has for a handler. (Linux, kernel/signal.c, force_sig_info_to_task)
	const block, number = 0, 135 // SIG_BLOCK, rt_sigprocmask (Linux, include/uapi/asm-generic)
	mark := p.call ^ p.places[0]<<32 ^ 0x5EED
	for r, v := range map[gdb.Register]uint64{0: block, 1: p.blocked, 2: 0, 3: 8, 8: number, 19: mark, gdb.PC: p.call} {
		if err := c.Set(cpu, r, v); err != nil {
			return others, err
		}
	}
	cpu, more, err := await(ctx, c, p, []uint64{p.call + 4}, func(cpu string) (bool, error) {
		got, err := c.Get(cpu, 19)
		return got == mark, err
	})
	others += more
	if err != nil {
		return others, fmt.Errorf("strike: %s did not come back from the kernel: %w", name, err)
	}
	result, err := c.Get(cpu, 0)
	if err == nil && result != 0 {
		err = fmt.Errorf("strike: %s may not block a signal: %#x", name, result)
	}
	return others, errors.Join(err, c.Set(cpu, gdb.PC, nowhere))
}

// nowhere is an address where no program has anything. (Linux, Documentation/admin-guide/sysctl/vm.rst,
// mmap_min_addr)
const nowhere = 0x10

// await waits until a program comes by one of these addresses on a processor of which is says that it is the one. Other
// programs are let through, and counted.
func await(ctx context.Context, c *gdb.Client, p *program, places []uint64, is func(cpu string) (bool, error)) (cpu string, others int, err error) {
	for _, at := range places {
		if err := c.Break(at); err != nil {
			return "", 0, err
		}
		defer func() { err = errors.Join(err, c.Clear(at)) }()
	}
	for {
		cpu, err := c.Go(ctx)
		if err != nil {
			return "", others, err
		}
		pc, err := c.Get(cpu, gdb.PC)
		if err != nil {
			return "", others, err
		}
		if !slices.Contains(places, pc) {
			continue // somebody stopped the machine for another reason
		}
		code, err := c.Read(cpu, pc, recognised)
		if err != nil && !errors.Is(err, gdb.ErrRefused) { // the last bytes may be on a page that is not there
			return "", others, err
		}
		if bytes.Equal(code, p.code(pc)) {
			if ok, err := is(cpu); ok || err != nil {
				return cpu, others, err
			}
		}
		others++
		if err := pass(c, cpu, pc); err != nil {
			return "", others, err
		}
	}
}

// pass lets a processor over a stop.
func pass(c *gdb.Client, cpu string, at uint64) error {
	if err := c.Clear(at); err != nil {
		return err
	}
	return errors.Join(c.Step(cpu), c.Break(at))
}
