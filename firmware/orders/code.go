package orders

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/privacy/wire/fixed"
)

// Layout of the message, little endian: magic, version, the fields in the order of Orders, CRC-32.
const (
	magic   = 'T' | 'L'<<8 | 'O'<<16 | 'R'<<24
	version = 1
	// Size of the message in bytes, whatever it says.
	Size = 1082
)

// layout walks through the message. It tells whether magic, version and sum are right.
func (o *Orders) layout(c *fixed.Cursor) bool {
	m, v := uint32(magic), uint16(version)
	c.Uint32(&m)
	c.Uint16(&v)
	c.Uint8((*uint8)(&o.Board))
	c.Uint8((*uint8)(&o.Driver))
	o.device(c)
	c.Uint32((*uint32)(&o.Wanted.Pixel))
	c.Uint16(&o.Wanted.Width)
	c.Uint16(&o.Wanted.Height)
	duration(c, &o.Wanted.Interval, time.Microsecond)
	layoutScene(c, &o.Scene)
	duration(c, &o.Beat, time.Millisecond)
	c.Uint16(&o.Speed)
	c.Uint64(&o.Sim.Seed)
	c.Uint8((*uint8)(&o.Sim.Play))
	c.Uint32(&o.Sim.Seconds)
	return c.Sum() && m == magic && v == version
}

// device is a path filled up with zeros.
func (o *Orders) device(c *fixed.Cursor) {
	var b [MaxPath]byte
	n := uint8(copy(b[:], o.Device))
	c.Uint8(&n)
	c.Bytes(b[:])
	o.Device = string(b[:min(int(n), MaxPath)])
}

func layoutScene(c *fixed.Cursor, s *scene.Scene) {
	c.Int32(&s.PersonArea)
	count(c, &s.NLines)
	for i := range s.Lines {
		point(c, &s.Lines[i].A)
		point(c, &s.Lines[i].B)
	}
	count(c, &s.NZones)
	for i := range s.Zones {
		z := &s.Zones[i]
		count(c, &z.N)
		for k := range z.Corners {
			point(c, &z.Corners[k])
		}
	}
}

func point(c *fixed.Cursor, p *scene.Point) {
	c.Int32(&p.X)
	c.Int32(&p.Y)
}

func count(c *fixed.Cursor, n *int) {
	b := uint8(*n)
	c.Uint8(&b)
	*n = int(b)
}

// duration travels as a whole number of units.
func duration(c *fixed.Cursor, d *time.Duration, unit time.Duration) {
	n := uint32(*d / unit)
	c.Uint32(&n)
	*d = time.Duration(n) * unit
}

// Encode checks o and lays it out.
func Encode(o *Orders) ([Size]byte, error) {
	var buf [Size]byte
	if err := o.Check(); err != nil {
		return buf, err
	}
	c := fixed.Writing(buf[:])
	again := *o
	again.layout(&c)
	return buf, nil
}

// Decode reads and checks a message. Every message it takes is the only spelling of its orders.
func Decode(buf *[Size]byte) (Orders, error) {
	var o Orders
	c := fixed.Reading(buf[:])
	if !o.layout(&c) {
		return Orders{}, fmt.Errorf("%w: magic, version or checksum is wrong; eye and warden must be of one version", ErrInvalid)
	}
	if err := o.Check(); err != nil {
		return Orders{}, err
	}
	if again, err := Encode(&o); err != nil || again != *buf {
		return Orders{}, fmt.Errorf("%w: bytes that mean nothing are not zero", ErrInvalid)
	}
	return o, nil
}

// Read takes one message from r, which must end right behind it.
func Read(r io.Reader) (Orders, error) {
	var buf [Size]byte
	if n, err := io.ReadFull(r, buf[:]); err != nil {
		return Orders{}, fmt.Errorf("%w: %d bytes, want %d: %w; the warden starts the eye, not a person",
			ErrInvalid, n, Size, err)
	}
	var more [1]byte
	if n, err := io.ReadFull(r, more[:]); n != 0 || !errors.Is(err, io.EOF) {
		return Orders{}, fmt.Errorf("%w: more than %d bytes", ErrInvalid, Size)
	}
	return Decode(&buf)
}

// Camera is the wanted format as drivers take it, without a stride.
func (w *Wanted) Camera() camera.Format {
	return camera.Format{Pixel: w.Pixel, Width: int(w.Width), Height: int(w.Height), Interval: w.Interval}
}
