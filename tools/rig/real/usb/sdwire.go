package usb

import "fmt"

// An SDWire is a card's multiplexer behind one line, CBUS0, of an FT200X of FTDI: high gives the card to the computer
// that tests, low to the board.
//
// Sources: libftdi, examples/bitbang_cbus.c, and FTDI AN232R-01, "Bit bang mode": the high four bits of the mask make lines
// outputs, the low four are their levels; Linux, drivers/usb/serial/ftdi_sio.h: FTDI_SIO_SET_BITMODE_REQUEST is
// vendor request 0x0B with the mode in the high and the mask in the low byte of wValue, FTDI_SIO_BITMODE_CBUS is 0x20;
// Tizen tools/testlab/sd-mux, src/main.cpp, selectTarget: mask 0xF0 is the board, 0xF1 the computer.
const (
	ftdiSetBitmode = 0x0B
	ftdiModeCBUS   = 0x20
	sdwireBoard    = 0xF0
	sdwireComputer = 0xF1
)

// SDWireVendor and SDWireProduct are what sd-mux-ctrl calls one that was set up by it: numbers of another maker.
// (Tizen sd-mux, src/main.cpp)
const (
	SDWireVendor  = 0x04E8
	SDWireProduct = 0x6001
)

// SDWire is one.
type SDWire struct{ c Control }

// NewSDWire takes one.
func NewSDWire(c Control) *SDWire { return &SDWire{c} }

// Give gives the card to the board, or to this computer.
func (s *SDWire) Give(board bool) error {
	mask := uint16(sdwireComputer)
	if board {
		mask = sdwireBoard
	}
	if _, err := s.c.Control(vendor, ftdiSetBitmode, ftdiModeCBUS<<8|mask, 0, nil); err != nil {
		return fmt.Errorf("usb: sdwire: %w", err)
	}
	return nil
}

// Close lets go of it; the card stays where it is.
func (s *SDWire) Close() error { return s.c.Close() }
