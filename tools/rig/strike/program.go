package strike

import (
	"bytes"
	"debug/elf"
	"debug/gosym"
	"encoding/binary"
	"fmt"
)

// program is what has to be known of one to strike it.
type program struct {
	text    []byte // its code
	at      uint64 // where that lies
	places  []uint64
	call    uint64 // a system call in it
	blocked uint64 // eight bytes that, as a set of signals, hold that of a bad address
}

// Code of arm64. (ARM DDI 0487, C6.2: SVC, B)
const (
	svc   = 0xD4000001 // svc #0
	loops = 0x14000000 // b .
)

// segv is the signal of a bad address. (signal(7))
const segv = 11

// recognised is how many bytes of code tell programs apart.
const recognised = 64

// open finds in a Go program the entries of functions, of which at least one has to be there. The
// programs of a device carry no symbols, but every Go program has a table of its functions.
func open(data []byte, functions []string) (*program, error) {
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("strike: %w", err)
	}
	text, table := f.Section(".text"), f.Section(".gopclntab")
	if f.Machine != elf.EM_AARCH64 || text == nil || table == nil {
		return nil, fmt.Errorf("%w: the code and the functions of a Go program for arm64", ErrNotFound)
	}
	p := &program{at: text.Addr}
	if p.text, err = text.Data(); err != nil {
		return nil, fmt.Errorf("strike: %w", err)
	}
	lines, err := table.Data()
	if err != nil {
		return nil, fmt.Errorf("strike: %w", err)
	}
	symbols, err := gosym.NewTable(nil, gosym.NewLineTable(lines, text.Addr))
	if err != nil {
		return nil, fmt.Errorf("strike: %w", err)
	}
	for _, name := range functions {
		if fn := symbols.LookupFunc(name); fn != nil && p.code(fn.Entry) != nil {
			p.places = append(p.places, fn.Entry)
		}
	}
	for at := 0; at+8 <= len(p.text); at += 8 {
		low, high := binary.LittleEndian.Uint32(p.text[at:]), binary.LittleEndian.Uint32(p.text[at+4:])
		switch {
		case low == svc && p.call == 0:
			p.call = p.at + uint64(at)
		case high == svc && p.call == 0:
			p.call = p.at + uint64(at) + 4
		}
		if p.blocked == 0 && low>>(segv-1)&1 == 1 {
			p.blocked = p.at + uint64(at)
		}
	}
	if len(p.places) == 0 || p.call == 0 || p.blocked == 0 {
		return nil, fmt.Errorf("%w: any of the functions %q, a system call and a set of signals", ErrNotFound, functions)
	}
	return p, nil
}

// code is what stands at an address, as far as it is compared; nil outside of the program.
func (p *program) code(address uint64) []byte {
	if address < p.at || address-p.at > uint64(len(p.text)) || uint64(len(p.text))-(address-p.at) < recognised {
		return nil
	}
	return p.text[address-p.at:][:recognised]
}
