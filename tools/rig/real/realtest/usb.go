// Package realtest has doubles of what stands on a desk: a hub, a card's multiplexer, an adapter with four lines, a
// serial port. Each checks what comes over its wire byte by byte against the data sheet of what it stands for, as far
// as a bench may send it, and does what that would do. It is used by tests only.
package realtest

import (
	"encoding/binary"
	"fmt"
	"sync"
	"syscall"
	"testing"
)

// Hub is a hub of USB 2.0, or of 3 when Fast is set, whose ports can be switched alone.
type Hub struct {
	TB       testing.TB
	Ports    int
	Fast     bool
	Together bool // it switches all ports at once
	Stuck    bool // it says yes and does nothing
	Silent   bool // it does not answer any more
	// OnPower is told of each change of a port.
	OnPower func(port int, on bool)

	mu    sync.Mutex
	power map[int]bool
}

// Control answers one transfer. (USB 2.0, 11.24.2)
func (h *Hub) Control(kind, request byte, value, index uint16, data []byte) (int, error) {
	if h.Silent {
		return 0, syscall.ENODEV
	}
	switch setup := fmt.Sprintf("%02x %02x", kind, request); {
	case setup == "a0 06" && (value == 0x2900) != h.Fast && (value == 0x2A00) == h.Fast: // GetHubDescriptor
		how := uint16(0x0001)
		if h.Together {
			how = 0x0000
		}
		d := []byte{9, byte(value >> 8), byte(h.Ports), byte(how), byte(how >> 8), 50, 100, 0, 0xFF}
		return copy(data, d), nil
	case setup == "a0 06":
		return 0, syscall.EPIPE // what it does not know stalls
	case setup == "a3 00" && value == 0 && len(data) == 4: // GetPortStatus
		bit := uint32(1 << 8)
		if h.Fast {
			bit = 1 << 9
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if !h.power[int(index)] {
			bit = 0
		}
		binary.LittleEndian.PutUint32(data, bit)
		return 4, nil
	case (setup == "23 03" || setup == "23 01") && value == 8 && len(data) == 0 && int(index) >= 1 && int(index) <= h.Ports: // PORT_POWER
		if h.Stuck {
			return 0, nil
		}
		h.mu.Lock()
		if h.power == nil {
			h.power = map[int]bool{}
		}
		on := request == 3
		changed := h.power[int(index)] != on
		h.power[int(index)] = on
		h.mu.Unlock()
		if changed && h.OnPower != nil {
			h.OnPower(int(index), on)
		}
		return 0, nil
	}
	h.TB.Errorf("a hub was asked %02x %02x %04x %04x with %d bytes", kind, request, value, index, len(data))
	return 0, syscall.EPIPE
}

// Close does nothing.
func (h *Hub) Close() error { return nil }

// SDWire is a card's multiplexer behind an FT200X.
type SDWire struct {
	TB     testing.TB
	Silent bool

	mu    sync.Mutex
	board bool
	moves int
}

// Control answers one transfer: vendor request 0x0B, mode 0x20 in the high byte of the value.
func (s *SDWire) Control(kind, request byte, value, index uint16, data []byte) (int, error) {
	if s.Silent {
		return 0, syscall.ENODEV
	}
	if kind != 0x40 || request != 0x0B || index != 0 || len(data) != 0 || value != 0x20F0 && value != 0x20F1 {
		s.TB.Errorf("an SDWire was asked %02x %02x %04x %04x with %d bytes", kind, request, value, index, len(data))
		return 0, syscall.EPIPE
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.board = value == 0x20F0
	s.moves++
	return 0, nil
}

// Close does nothing.
func (s *SDWire) Close() error { return nil }

// Board tells whether the board has the card, and how often somebody was given it.
func (s *SDWire) Board() (bool, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.board, s.moves
}
