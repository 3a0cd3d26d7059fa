package wipe

import (
	"testing"
	"unsafe"
)

func TestBytes(t *testing.T) {
	b := []byte{1, 2, 3, 0, 255}
	if Clean(b) {
		t.Fatal("Clean says zero of bytes that are not")
	}
	if !Bytes(b) || !Clean(b) {
		t.Fatalf("left % x", b)
	}
	if !Bytes(nil) {
		t.Fatal("nothing to wipe is clean")
	}
}

// padded has holes between its fields.
type padded struct {
	A uint8
	B uint64
	C uint8
	P *int
	D [100]uint16
}

func TestValueReachesPadding(t *testing.T) {
	n := 7
	v := &padded{A: 1, B: 2, C: 3, P: &n, D: [100]uint16{9, 8, 7}}
	raw := unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
	raw[3] = 0xee // a hole between A and B
	if !Value(v) || !Clean(raw) {
		t.Fatalf("left % x", raw)
	}
	if n != 7 {
		t.Fatal("wiped what the pointer points to")
	}
}

func TestNoAllocation(t *testing.T) {
	v := &padded{}
	b := make([]byte, 4096)
	if n := testing.AllocsPerRun(100, func() { Value(v); Bytes(b) }); n != 0 {
		t.Fatalf("%v allocations, want 0", n)
	}
}
