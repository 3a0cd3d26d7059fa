package strike

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"tellijn/tools/rig/gdb"
)

// Bits of a processor's state. (ARM DDI 0487, C5.2.18 SPSR_EL1)
const (
	level  = 3 << 2 // the exception level: 0 is a program, 1 the kernel
	kernel = 1 << 2
	masked = 1<<6 | 1<<7 // no interrupt is taken: F and I
)

// Hang makes every processor of a running board loop in the kernel for ever, with interrupts off, as a fault in a
// driver would: no program runs any more and no clock ticks, so that only a watchdog can help. Processors
// are caught as they come by in the kernel. When it returns all of them hang. The error is that of ctx if one
// never was in the kernel.
func Hang(ctx context.Context, c *gdb.Client) error {
	names, err := c.Processors()
	if err != nil {
		return err
	}
	loop, hung := uint64(0), map[string]bool{}
	for len(hung) < len(names) {
		if ctx.Err() != nil {
			return fmt.Errorf("strike: %d of %d processors hang: %w", len(hung), len(names), ctx.Err())
		}
		for _, cpu := range names {
			state, err := c.Get(cpu, gdb.State)
			if err != nil {
				return err
			}
			if hung[cpu] || state&level != kernel {
				continue
			}
			if loop == 0 {
				if loop, err = endless(c, cpu); err != nil {
					return err
				}
			}
			if err := errors.Join(c.Set(cpu, gdb.State, state|masked), c.Set(cpu, gdb.PC, loop)); err != nil {
				return err
			}
			hung[cpu] = true
		}
		if len(hung) == len(names) {
			break
		}
		moment, stop := context.WithTimeout(ctx, time.Millisecond)
		_, err := c.Go(moment)
		stop()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return nil
}

// reach is how far around the place where a processor is an endless loop is looked for: kernels are smaller.
const reach = 32 << 20

// endless finds an endless loop in the kernel's own code: where it stops a machine for good there is one.
// (Linux, arch/arm64/kernel/process.c, machine_halt)
func endless(c *gdb.Client, cpu string) (uint64, error) {
	pc, err := c.Get(cpu, gdb.PC)
	if err != nil {
		return 0, err
	}
	const page = 4096
	base := pc &^ (page - 1)
	for off := uint64(0); off < reach; off += page {
		for _, at := range []uint64{base + off, base - off} {
			b, err := c.Read(cpu, at, page)
			if errors.Is(err, gdb.ErrRefused) {
				continue
			}
			if err != nil {
				return 0, err
			}
			for i := 0; i < page; i += 4 {
				if binary.LittleEndian.Uint32(b[i:]) == loops {
					return at + uint64(i), nil
				}
			}
		}
	}
	return 0, fmt.Errorf("%w: an endless loop within %d MiB of %#x", ErrNotFound, reach>>20, pc)
}
