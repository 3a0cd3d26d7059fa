package fixed

import "testing"

type all struct {
	a uint8
	b uint16
	c uint32
	d int32
	e uint64
	f [3]byte
}

func (v *all) layout(c *Cursor) bool {
	c.Uint8(&v.a)
	c.Uint16(&v.b)
	c.Uint32(&v.c)
	c.Int32(&v.d)
	c.Uint64(&v.e)
	c.Bytes(v.f[:])
	return c.Sum()
}

func TestBothWays(t *testing.T) {
	in := all{1, 0x0203, 0x04050607, -8, 0x090a0b0c0d0e0f10, [3]byte{17, 18, 19}}
	var buf [26]byte
	w := Writing(buf[:])
	if !in.layout(&w) || w.At() != len(buf) {
		t.Fatalf("wrote %d bytes, want %d", w.At(), len(buf))
	}
	if buf[1] != 3 || buf[2] != 2 {
		t.Fatalf("not little endian: % x", buf[:3])
	}
	var out all
	r := Reading(buf[:])
	if !out.layout(&r) || out != in {
		t.Fatalf("read %+v, want %+v", out, in)
	}
	for i := range buf {
		buf[i] ^= 0x10
		r := Reading(buf[:])
		if out.layout(&r) {
			t.Fatalf("a flipped bit in byte %d was not noticed", i)
		}
		buf[i] ^= 0x10
	}
}

func TestNoAllocation(t *testing.T) {
	var buf [26]byte
	in := all{}
	if n := testing.AllocsPerRun(100, func() {
		w := Writing(buf[:])
		in.layout(&w)
		r := Reading(buf[:])
		in.layout(&r)
	}); n != 0 {
		t.Fatalf("%v allocations, want 0", n)
	}
}
