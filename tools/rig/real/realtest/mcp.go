package realtest

import (
	"errors"
	"io"
	"os"
	"sync"
	"testing"
)

// MCP is an MCP2221A as /dev/hidraw has it: writes of 65 bytes that begin with the number of the report, 0, and reads of
// 64 bytes. (Microchip DS20005292A, 3.1.11 to 3.1.13)
type MCP struct {
	TB     testing.TB
	Silent bool
	// OnSet is told of each change of an output.
	OnSet func(line int, high bool)

	mu     sync.Mutex
	line   [4]struct{ gpio, input, high bool } // high is the level that the pin has
	answer [][64]byte
	closed bool
	asked  int
}

// Write takes a command.
func (m *MCP) Write(b []byte) (int, error) {
	m.mu.Lock()
	if m.closed || m.Silent {
		m.mu.Unlock()
		return 0, os.ErrClosed
	}
	if len(b) != 65 || b[0] != 0 {
		m.TB.Errorf("an MCP2221 got %d bytes that begin with %#x", len(b), b[:1])
		m.mu.Unlock()
		return 0, errors.New("malformed")
	}
	m.asked++
	command, answer := b[1:], [64]byte{b[1]}
	var told []func()
	set := func(i int, high bool) {
		if m.line[i].high != high && m.OnSet != nil {
			told = append(told, func() { m.OnSet(i, high) })
		}
		m.line[i].high = high
	}
	switch command[0] {
	case 0x60: // set SRAM settings
		for i := 2; i < 7; i++ {
			if command[i] != 0 {
				m.TB.Errorf("byte %d of an MCP2221's settings is %#x: nothing but its lines is to be changed", i, command[i])
			}
		}
		for i := 0; command[7]&0x80 != 0 && i < 4; i++ {
			c := command[8+i]
			m.line[i].gpio, m.line[i].input = c&7 == 0, c&8 != 0
			if !m.line[i].input {
				set(i, c&16 != 0)
			}
		}
	case 0x51: // get GPIO values
		for i, l := range m.line {
			answer[2+2*i], answer[3+2*i] = 0xEE, 0xEF
			if l.gpio {
				answer[2+2*i], answer[3+2*i] = one(l.high), one(l.input)
			}
		}
	case 0x50: // set GPIO output values
		for i := range m.line {
			c := command[2+4*i : 6+4*i]
			if copy(answer[2+4*i:], c); !m.line[i].gpio {
				copy(answer[2+4*i:], []byte{0xEE, 0xEE, 0xEE, 0xEE})
				continue
			}
			if c[2] != 0 {
				m.line[i].input = c[3] != 0
			}
			if c[0] != 0 && !m.line[i].input {
				set(i, c[1] != 0)
			}
		}
	default:
		m.TB.Errorf("an MCP2221 got command %#x", command[0])
		answer[1] = 1
	}
	m.answer = append(m.answer, answer)
	m.mu.Unlock()
	for _, tell := range told {
		tell()
	}
	return len(b), nil
}

func one(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// Read gives the answer to the oldest command.
func (m *MCP) Read(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.answer) == 0 || m.Silent {
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(b, m.answer[0][:])
	m.answer = m.answer[1:]
	return n, nil
}

// Close ends it.
func (m *MCP) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// Drive gives a pin that is an input a level from outside.
func (m *MCP) Drive(line int, high bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.line[line].gpio && !m.line[line].input {
		m.TB.Errorf("GP%d is driven from both ends", line)
		return
	}
	m.line[line].high = high
}

// High tells the level of a pin.
func (m *MCP) High(line int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.line[line].high
}

// Falls makes it what it is after its power was gone: no line has the duty that it was given.
func (m *MCP) Falls() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.line {
		m.line[i].gpio = false
	}
}

// Open lets it be used again after it was closed.
func (m *MCP) Open() io.ReadWriteCloser {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.answer = false, nil
	return m
}
