package lines

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// The MCP2221 of Microchip, and the MCP2221A, which differs in the speeds of its serial port only: four lines by HID
// reports of 64 bytes, one answer to each command.
//
// Source: Microchip DS20005292A, "MCP2221", section 3.1: 3.1.11 "Set GPIO output values" (tables 3-32 and 3-33, pages
// 45 to 47), 3.1.12 "Get GPIO values" (tables 3-34 and 3-35, page 48), 3.1.13 "Set SRAM settings". DS20005565 has the
// same sections for the MCP2221A.
const (
	mcpReport = 64
	mcpLines  = 4

	mcpSet  = 0x50 // from byte 2, for each line: alter the level, level, alter the direction, direction
	mcpGet  = 0x51 // answer from byte 2, for each line: level, direction (0 output, 1 input)
	mcpSRAM = 0x60 // byte 7: alter the lines; bytes 8 to 11: one for each line

	mcpAlter = 1 << 7 // of byte 7 of mcpSRAM
	mcpHigh  = 1 << 4 // of bytes 8 to 11: level of an output
	mcpInput = 1 << 3 // of bytes 8 to 11: direction; the low three bits are 0 for a plain line

	mcpNone   = 0xEE // level of a line that has another duty
	mcpOutput = 0    // direction in the answer of mcpGet
)

// MCPVendor and MCPProduct are what it calls itself on USB unless somebody changed that. (DS20005292A, default
// VID and PID)
const (
	MCPVendor  = 0x04D8
	MCPProduct = 0x00DD
)

// mcp is one that is open.
type mcp struct {
	mu  sync.Mutex
	rw  io.ReadWriteCloser
	in  []int
	out []int
}

// NewMCP makes an adapter of a stream of HID reports as /dev/hidraw has it: what is written begins with the number of
// the report, which is 0, and what is read does not. (Linux, Documentation/hid/hidraw.rst) Its lines are GP0 to GP3.
func NewMCP(rw io.ReadWriteCloser, in, out []string) (Adapter, error) {
	m := &mcp{rw: rw}
	var command [mcpReport]byte
	command[0], command[7] = mcpSRAM, mcpAlter
	for i := range mcpLines {
		command[8+i] = mcpInput // what nobody asked for stays an input
	}
	for _, name := range in {
		i, err := mcpLine(name)
		if err != nil {
			return nil, err
		}
		m.in = append(m.in, i)
	}
	for _, name := range out {
		i, err := mcpLine(name)
		if err != nil {
			return nil, err
		}
		m.out = append(m.out, i)
		command[8+i] = 0 // an output that is low
	}
	if _, err := m.ask(&command); err != nil {
		return nil, err
	}
	_, err := m.Levels() // whether it took that
	return m, err
}

func mcpLine(name string) (int, error) {
	i := slices.Index([]string{"GP0", "GP1", "GP2", "GP3"}, name)
	if i < 0 {
		return 0, fmt.Errorf("%w: %q of an MCP2221, want GP0 to GP3", ErrNoLine, name)
	}
	return i, nil
}

// ask sends a command and gives the answer to it.
func (m *mcp) ask(command *[mcpReport]byte) (answer [mcpReport]byte, err error) {
	if _, err := m.rw.Write(append([]byte{0}, command[:]...)); err != nil {
		return answer, fmt.Errorf("lines: mcp2221: %w", err)
	}
	n, err := m.rw.Read(answer[:])
	switch {
	case err != nil:
		return answer, fmt.Errorf("lines: mcp2221: %w", err)
	case n != mcpReport || answer[0] != command[0]:
		return answer, fmt.Errorf("lines: mcp2221: an answer of %d bytes to command %#x, that begins with %#x", n, command[0], answer[0])
	case answer[1] != 0:
		return answer, fmt.Errorf("lines: mcp2221: command %#x failed with %#x", command[0], answer[1])
	}
	return answer, nil
}

// Levels reads them, and sees that each line is still what it was made: the chip falls back when it loses its power.
func (m *mcp) Levels() (map[string]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	answer, err := m.ask(&[mcpReport]byte{mcpGet})
	if err != nil {
		return nil, err
	}
	levels := map[string]bool{}
	for i := range mcpLines {
		level, direction := answer[2+2*i], answer[3+2*i]
		isOut := slices.Contains(m.out, i)
		if !isOut && !slices.Contains(m.in, i) {
			continue
		}
		if level == mcpNone || level > 1 || (direction == mcpOutput) != isOut {
			return nil, fmt.Errorf("lines: mcp2221: GP%d is no longer what it was made (%#x, %#x); hint: it lost its power", i, level, direction)
		}
		if !isOut {
			levels[fmt.Sprintf("GP%d", i)] = level == 1
		}
	}
	return levels, nil
}

// Set drives an output.
func (m *mcp) Set(name string, high bool) error {
	i, err := mcpLine(name)
	if err != nil {
		return err
	}
	if !slices.Contains(m.out, i) {
		return fmt.Errorf("%w: %s is no output", ErrNoLine, name)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.set(i, high)
}

// set drives line i. m.mu is held.
func (m *mcp) set(i int, high bool) error {
	command := [mcpReport]byte{mcpSet}
	command[2+4*i] = 1
	if high {
		command[3+4*i] = 1
	}
	answer, err := m.ask(&command)
	if err != nil {
		return err
	}
	if answer[2+4*i] == mcpNone {
		return fmt.Errorf("lines: mcp2221: GP%d is no plain line", i)
	}
	return nil
}

// Close makes all outputs low.
func (m *mcp) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all error
	for _, i := range m.out {
		all = errors.Join(all, m.set(i, false))
	}
	return errors.Join(all, m.rw.Close())
}
