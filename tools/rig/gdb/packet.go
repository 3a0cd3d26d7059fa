package gdb

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// ErrMalformed says that what came is no packet.
var ErrMalformed = errors.New("gdb: malformed packet")

// most is the longest body that is taken, much longer than QEMU ever sends. (QEMU 7.2, gdbstub/gdbstub.c,
// MAX_PACKET_LENGTH: 4096)
const most = 1 << 16

// Frame makes a packet of a body: escaped, with its sum. (GDB manual, "E.1 Overview" of the remote protocol)
func Frame(body []byte) []byte {
	out, sum := []byte{'$'}, byte(0)
	add := func(b byte) {
		out, sum = append(out, b), sum+b
	}
	for _, b := range body {
		if b == '$' || b == '#' || b == '}' || b == '*' {
			add('}')
			b ^= 0x20
		}
		add(b)
	}
	return fmt.Appendf(out, "#%02x", sum)
}

// Next reads the next packet and gives its body, unescaped and with repeated bytes written out. What stands
// before it, such as acknowledgements, is passed over. A packet with a wrong sum, or a too long one, is an error that
// wraps ErrMalformed.
func Next(in *bufio.Reader) ([]byte, error) {
	for {
		b, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		if b == '$' {
			break
		}
	}
	var raw []byte
	sum := byte(0)
	for {
		b, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		if b == '#' {
			break
		}
		if raw, sum = append(raw, b), sum+b; len(raw) > most {
			return nil, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, most)
		}
	}
	var digits [2]byte
	for i := range digits {
		b, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		digits[i] = b
	}
	if n, err := strconv.ParseUint(string(digits[:]), 16, 8); err != nil || byte(n) != sum {
		return nil, fmt.Errorf("%w: sum %q, want %02x", ErrMalformed, digits, sum)
	}
	return plain(raw)
}

// plain undoes escapes and repetitions.
func plain(raw []byte) ([]byte, error) {
	var out []byte
	for i := 0; i < len(raw); i++ {
		switch b := raw[i]; {
		case b == '$':
			return nil, fmt.Errorf("%w: a packet begins in another", ErrMalformed)
		case b == '}' || b == '*':
			if i++; i == len(raw) {
				return nil, fmt.Errorf("%w: it ends behind %q", ErrMalformed, b)
			}
			if b == '}' {
				out = append(out, raw[i]^0x20)
				continue
			}
			n := int(raw[i]) - 29
			if n < 3 || raw[i] > 126 || len(out) == 0 {
				return nil, fmt.Errorf("%w: repetition %q", ErrMalformed, raw[i])
			}
			out = append(out, bytes.Repeat(out[len(out)-1:], n)...)
		default:
			out = append(out, b)
		}
		if len(out) > most {
			return nil, fmt.Errorf("%w: longer than %d bytes", ErrMalformed, most)
		}
	}
	return out, nil
}
