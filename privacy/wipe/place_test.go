package wipe

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
	"unsafe"
)

// flat is a value like those that are placed: no pointers, and holes.
type flat struct {
	A uint8
	B uint64
	C [5]int16
}

func TestPlace(t *testing.T) {
	if Size[flat]() != int(unsafe.Sizeof(flat{})) || Size[[3]uint16]() != 6 {
		t.Fatalf("sizes %d and %d", Size[flat](), Size[[3]uint16]())
	}
	b := bytes.Repeat([]byte{0xEE}, Size[flat]()+3)
	v, err := Place[flat](b)
	if err != nil {
		t.Fatal(err)
	}
	if !Clean(b[:Size[flat]()]) || !bytes.Equal(b[Size[flat]():], []byte{0xEE, 0xEE, 0xEE}) {
		t.Errorf("after Place % x: want the value zero and the rest untouched", b)
	}
	v.A, v.B, v.C[4] = 1, 0x0202020202020202, 3
	if b[0] != 1 || b[8] != 2 || unsafe.Pointer(v) != unsafe.Pointer(&b[0]) {
		t.Errorf("the value does not live in the bytes: % x", b)
	}
	if !Bytes(b) || *v != (flat{}) {
		t.Errorf("wiping the bytes leaves %+v", *v)
	}
}

func TestPlaceRefuses(t *testing.T) {
	words := make([]uint64, 8)
	b := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 64)
	for name, part := range map[string][]byte{"nothing": nil, "empty": b[:0], "a byte too few": b[:Size[flat]()-1],
		"between two words": b[1:], "within a word": b[2:]} {
		if len(part) > 0 {
			part[0] = 7
		}
		if v, err := Place[flat](part); !errors.Is(err, ErrPlace) || v != nil {
			t.Errorf("%s: %v, %v", name, v, err)
		}
		if len(part) > 0 && part[0] != 7 {
			t.Errorf("%s: refused, but written to", name)
		}
	}
	if _, err := Place[[4]uint8](b[1:]); err != nil {
		t.Errorf("bytes may begin anywhere: %v", err)
	}
	if _, err := Place[struct{}](b); !errors.Is(err, ErrPlace) {
		t.Errorf("a value without a size: %v", err)
	}
}

// On the Go heap the value keeps its bytes.
func TestPlaceKeepsItsBytes(t *testing.T) {
	v, err := Place[flat](make([]byte, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	v.B = 9
	for range 3 {
		runtime.GC()
		if other := make([]byte, 1<<20); !Clean(other) {
			t.Fatal("new memory is not zero")
		}
	}
	if v.B != 9 {
		t.Errorf("the value lost its bytes: %d", v.B)
	}
}

func TestPlaceDoesNotAllocate(t *testing.T) {
	b := make([]byte, 4096)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := Place[[2048]uint16](b); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Fatalf("%v allocations, want 0", n)
	}
}
