package disk

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
)

// Numbers of the protocol.
const (
	greeting  = 0x4e42444d41474943 // NBDMAGIC
	haveOpt   = 0x49484156454F5054 // IHAVEOPT
	optReply  = 0x3e889045565a9
	optExport = 1
	optAbort  = 2
	optInfo   = 6
	optGo     = 7
	repAck    = 1
	repInfo   = 3
	repUnsup  = 1<<31 | 1
	request   = 0x25609513
	reply     = 0x67446698
	cmdRead   = 0
	cmdWrite  = 1
	cmdClose  = 2
	cmdFlush  = 3
	// There are flags, and flush and forced writes are understood: what the machine writes stays in the card's own
	// memory until it says so, as with a real card.
	flags     = 1 | 1<<2 | 1<<3
	flagFUA   = 1
	flagRead  = 1 << 1 // the export can only be read
	ioError   = 5      // EIO
	mostBytes = 32 << 20
)

var errEnd = errors.New("disk: the other side is done")

func words(w io.Writer, all ...any) error {
	for _, v := range all {
		if err := binary.Write(w, binary.BigEndian, v); err != nil {
			return err
		}
	}
	return nil
}

// greet agrees with the other side on the one export that there is.
func (d *Disk) greet(c net.Conn) error {
	if err := words(c, uint64(greeting), uint64(haveOpt), uint16(1)); err != nil { // fixed newstyle
		return err
	}
	var client uint32
	if err := binary.Read(c, binary.BigEndian, &client); err != nil {
		return err
	}
	says := uint16(flags)
	d.mu.Lock()
	if d.fault == Locked {
		says |= flagRead
		d.struck++
	}
	d.mu.Unlock()
	for {
		var o struct {
			Magic  uint64
			Option uint32
			Length uint32
		}
		if err := binary.Read(c, binary.BigEndian, &o); err != nil {
			return err
		}
		if o.Magic != haveOpt || o.Length > 1<<16 {
			return errEnd
		}
		if _, err := io.CopyN(io.Discard, c, int64(o.Length)); err != nil {
			return err
		}
		switch o.Option {
		case optExport:
			return words(c, uint64(d.size), says, make([]byte, 124*int(1-client>>1&1)))
		case optGo, optInfo:
			err := words(c, uint64(optReply), o.Option, uint32(repInfo), uint32(12), uint16(0), uint64(d.size), says)
			if err == nil {
				err = words(c, uint64(optReply), o.Option, uint32(repAck), uint32(0))
			}
			if err != nil || o.Option == optGo {
				return err
			}
		case optAbort:
			return errEnd
		default:
			if err := words(c, uint64(optReply), o.Option, uint32(repUnsup), uint32(0)); err != nil {
				return err
			}
		}
	}
}

// answer takes one request after the other.
func (d *Disk) answer(c net.Conn) {
	for {
		var r struct {
			Magic        uint32
			Flags, Kind  uint16
			Handle, From uint64
			Length       uint32
		}
		if binary.Read(c, binary.BigEndian, &r) != nil || r.Magic != request || r.Length > mostBytes || r.Kind == cmdClose {
			return
		}
		var data []byte
		if r.Kind == cmdRead || r.Kind == cmdWrite {
			data = make([]byte, r.Length)
		}
		if r.Kind == cmdWrite {
			if _, err := io.ReadFull(c, data); err != nil {
				return
			}
		}
		err := d.do(r.Kind, int64(r.From), data, r.Flags&flagFUA != 0)
		if errors.Is(err, errEnd) {
			return
		}
		if r.Kind != cmdRead || err != nil {
			data = nil
		}
		code := uint32(0)
		if err != nil {
			code = ioError
		}
		if words(c, uint32(reply), code, r.Handle, data) != nil {
			return
		}
	}
}
