// Package filter turns a list of system calls into a program for the kernel, which runs it at each
// system call and ends the process for all that is not on the list: seccomp(2) with classic BPF.
// It installs nothing and knows no program by name; privacy/sandbox does.
//
// Sources: Linux Documentation/userspace-api/seccomp_filter.rst; include/uapi/linux/seccomp.h,
// filter.h, bpf_common.h and audit.h of Linux 6.1.
package filter

import (
	"fmt"
	"slices"
)

// Rule allows one system call. All conditions must hold. Several rules may have one number: it is
// enough then that the conditions of one of them hold.
type Rule struct {
	Number uint32 // of the system call on this machine
	Where  []Condition
}

// Condition bounds one argument. Exactly one of Is and Without is set.
type Condition struct {
	Arg uint8 // 0 to 5
	// Is lists the values that the argument may have.
	Is []uint64
	// Without lists bits that the argument may not have.
	Without uint32
	// Low compares the lower 32 bits only, for arguments of which the kernel reads no more and
	// whose upper half differs from caller to caller, such as the descriptor -1.
	Low bool
}

// Is bounds an argument to values.
func Is(arg uint8, values ...uint64) Condition { return Condition{Arg: arg, Is: values} }

// Without forbids bits of an argument.
func Without(arg uint8, bits uint32) Condition { return Condition{Arg: arg, Without: bits} }

// Instruction is struct sock_filter.
type Instruction struct {
	Code   uint16
	Jt, Jf uint8
	K      uint32
}

// What the program answers to the kernel.
const (
	Allow = 0x7fff0000 // SECCOMP_RET_ALLOW
	Kill  = 0x80000000 // SECCOMP_RET_KILL_PROCESS
)

// Codes of instructions.
const (
	load = 0x20 // BPF_LD | BPF_W | BPF_ABS: the word at K of struct seccomp_data
	eq   = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	set  = 0x45 // BPF_JMP | BPF_JSET | BPF_K: jumps if any bit of K is set
	ret  = 0x06 // BPF_RET | BPF_K
)

// Places in struct seccomp_data, which is in the byte order of the machine; all machines that this
// runs on are little-endian.
const (
	number    = 0
	machine   = 4
	arguments = 16
)

// Machine is the AUDIT_ARCH of the kernel's interface that the numbers belong to.
type Machine uint32

// Machines. (audit.h; EM numbers in elf-em.h)
const (
	AMD64 Machine = 0xc000003e
	ARM64 Machine = 0xc00000b7
)

// MaxLength is what the kernel takes, in instructions. (filter.h, BPF_MAXINSNS)
const MaxLength = 4096

// Program compiles rules in their order, of which the first are the fastest. A call by another
// interface of the kernel, such as the 32-bit one, ends the process like everything not listed. A
// rule that could never matter, since an earlier one says the same or more, is an error.
func Program(m Machine, rules []Rule) ([]Instruction, error) {
	p := []Instruction{{load, 0, 0, machine}, {eq, 1, 0, uint32(m)}, {ret, 0, 0, Kill}, {load, 0, 0, number}}
	for i, r := range rules {
		again := false // a later rule has the same number
		for _, s := range rules[i+1:] {
			if s.Number != r.Number {
				continue
			}
			if again = true; len(r.Where) == 0 || slices.EqualFunc(r.Where, s.Where, same) {
				return nil, fmt.Errorf("filter: call %d: a rule repeats an earlier one, or comes after one without conditions", r.Number)
			}
		}
		body, err := body(r, again)
		if err != nil {
			return nil, err
		}
		if len(body) > 255 {
			return nil, fmt.Errorf("filter: call %d: %d instructions, at most 255; give it fewer values", r.Number, len(body))
		}
		p = append(p, Instruction{eq, 0, uint8(len(body)), r.Number})
		p = append(p, body...)
	}
	p = append(p, Instruction{ret, 0, 0, Kill})
	if len(p) > MaxLength {
		return nil, fmt.Errorf("filter: %d instructions, at most %d", len(p), MaxLength)
	}
	return p, nil
}

// same tells conditions that bound an argument alike.
func same(a, b Condition) bool {
	return a.Arg == b.Arg && a.Without == b.Without && a.Low == b.Low && slices.Equal(a.Is, b.Is)
}

// fails marks a jump to the end of a body while that is not known yet. It is no number of
// instructions that a jump over values may have: see body.
const fails = 255

// body is what runs when the number fits: each condition, then Allow, then where a condition that
// fails leads to: Kill, or, if a later rule has the same number, that number again and the next rule.
func body(r Rule, again bool) (b []Instruction, err error) {
	for _, c := range r.Where {
		if c.Arg > 5 || (len(c.Is) == 0) == (c.Without == 0) {
			return nil, fmt.Errorf("filter: call %d: argument %d wants either values or bits it may not have", r.Number, c.Arg)
		}
		if len(c.Is) >= fails {
			return nil, fmt.Errorf("filter: call %d: %d values of argument %d; give it fewer values", r.Number, len(c.Is), c.Arg)
		}
		low := uint32(arguments + 8*int(c.Arg))
		if c.Without != 0 {
			b = append(b, Instruction{load, 0, 0, low}, Instruction{set, fails, 0, c.Without})
			continue
		}
		if !c.Low {
			b = append(b, Instruction{load, 0, 0, low + 4}, Instruction{eq, 0, fails, 0})
		}
		b = append(b, Instruction{load, 0, 0, low})
		for i, v := range c.Is {
			if !c.Low && v>>32 != 0 {
				return nil, fmt.Errorf("filter: call %d: value %#x of argument %d has more than 32 bits", r.Number, v, c.Arg)
			}
			left, otherwise := len(c.Is)-1-i, uint8(0)
			if left == 0 {
				otherwise = fails
			}
			b = append(b, Instruction{eq, uint8(left), otherwise, uint32(v)})
		}
	}
	b = append(b, Instruction{ret, 0, 0, Allow})
	for i := range b {
		if far := uint8(len(b) - 1 - i); b[i].Jt == fails {
			b[i].Jt = far
		} else if b[i].Jf == fails {
			b[i].Jf = far
		}
	}
	switch {
	case again:
		b = append(b, Instruction{load, 0, 0, number})
	case len(r.Where) > 0:
		b = append(b, Instruction{ret, 0, 0, Kill})
	}
	return b, nil
}
