// Package disk is a card reader of this computer that serves a card image to a virtual machine and can fail
// on command: it then refuses to write, as a card does that has worn out. Everything else is the image. It is
// for the rig, outside the data path.
//
// Source: NBD protocol, doc/proto.md of the Network Block Device project: fixed newstyle negotiation, simple
// replies.
package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// Disk serves one image.
type Disk struct {
	f       *os.File
	size    int64
	l       net.Listener
	worn    atomic.Bool
	refused atomic.Int64
	mu      sync.Mutex
	conns   []net.Conn
}

// Serve serves the image on a socket at path, for vm.Options.Disk as "nbd+unix:///?socket=" and the path.
func Serve(image, path string) (*Disk, error) {
	f, err := os.OpenFile(image, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("disk: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("disk: %w", err)
	}
	d := &Disk{f: f, size: st.Size(), l: l}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			d.mu.Lock()
			d.conns = append(d.conns, conn)
			d.mu.Unlock()
			go func() {
				defer conn.Close()
				if d.greet(conn) == nil {
					d.answer(conn)
				}
			}()
		}
	}()
	return d, nil
}

// WearOut makes every write fail from now on.
func (d *Disk) WearOut() { d.worn.Store(true) }

// Heal ends that.
func (d *Disk) Heal() { d.worn.Store(false) }

// Refused is how many writes failed so.
func (d *Disk) Refused() int64 { return d.refused.Load() }

// Close ends it.
func (d *Disk) Close() {
	d.l.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.conns {
		c.Close()
	}
	d.f.Close()
}

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
	flags     = 1 | 1<<2 // there are flags, and flush is understood
	ioError   = 5        // EIO
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
			return words(c, uint64(d.size), uint16(flags), make([]byte, 124*int(1-client>>1&1)))
		case optGo, optInfo:
			err := words(c, uint64(optReply), o.Option, uint32(repInfo), uint32(12), uint16(0), uint64(d.size), uint16(flags))
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
		var err error
		if r.Kind == cmdRead || r.Kind == cmdWrite {
			data = make([]byte, r.Length)
		}
		switch r.Kind {
		case cmdRead:
			_, err = d.f.ReadAt(data, int64(r.From))
		case cmdWrite:
			if _, err := io.ReadFull(c, data); err != nil {
				return
			}
			if d.worn.Load() {
				d.refused.Add(1)
				err = errors.New("worn out")
			} else {
				_, err = d.f.WriteAt(data, int64(r.From))
			}
			data = nil
		case cmdFlush:
			err = d.f.Sync()
		default:
			err = errEnd
		}
		code := uint32(0)
		if err != nil {
			code, data = ioError, nil
		}
		if words(c, uint32(reply), code, r.Handle, data) != nil {
			return
		}
	}
}
