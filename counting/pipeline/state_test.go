package pipeline

import (
	"bytes"
	"testing"
	"unsafe"

	"tellijn/hal/camera"
)

// maxState is 256 KB: all that is known of a scene fits into the cache of a small processor.
const maxState = 256 << 10

func TestStateIsSmall(t *testing.T) {
	n := unsafe.Sizeof(Pipeline{}) + unsafe.Sizeof(scratch{}) + unsafe.Sizeof(carry{})
	t.Logf("the whole state has %d bytes: scratch %d, carry %d", n, unsafe.Sizeof(scratch{}), unsafe.Sizeof(carry{}))
	if a, b := Sizes(); uintptr(a) != unsafe.Sizeof(scratch{}) || uintptr(b) != unsafe.Sizeof(carry{}) {
		t.Errorf("Sizes says %d and %d", a, b)
	}
	if n >= maxState {
		t.Errorf("the whole state has %d bytes, want less than %d", n, maxState)
	}
}

// view gives the bytes of a value.
func view[T any](v *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
}

// set counts bytes that are not zero, with the offset of the first.
func set(b []byte) (n, first int) {
	first = -1
	for i, v := range b {
		if v != 0 {
			if n++; first < 0 {
				first = i
			}
		}
	}
	return n, first
}

// After a cycle nothing of it is left in scratch but how the pipeline was set up, and after Wipe
// nothing at all.
func TestWipe(t *testing.T) {
	cycles := 140
	if raceEnabled {
		cycles = 30
	}
	for _, pixel := range formats {
		f := shape(pixel, 160, 120)
		p, fresh := made(t, across(36_000), f), made(t, across(36_000), f)
		if pixel != camera.MJPEG { // sizes and places in the frame stay: the same after any frame
			fresh.Reduce(&camera.Frame{Data: make([]byte, f.LumaSize())})
			fresh.Count(0)
		}
		for i, data := range frames(t, f, 36_000, cycles) {
			loan := camera.Frame{Data: data}
			if err := p.Reduce(&loan); err != nil {
				t.Fatal(err)
			}
			if n, _ := set(p.grid.Cells[:]); n < 1000 {
				t.Fatalf("%v: only %d cells are set by a frame: this test tests nothing", pixel, n)
			}
			p.Count(uint32(i))
			clean(t, pixel, i, p, fresh)
		}
		if n, _ := set(view(p.carry)); n < 1000 {
			t.Fatalf("%v: only %d bytes of carry are set: this test tests nothing", pixel, n)
		}
		parts := map[string][]byte{"scratch": view(p.scratch), "carry": view(p.carry), "the rest": view(p)}
		for name, part := range parts {
			if n, _ := set(part); n == 0 {
				t.Fatalf("%v: %s is zero before Wipe: this test tests nothing", pixel, name)
			}
		}
		p.Wipe()
		p.Wipe() // as after an error
		for name, part := range parts {
			if n, at := set(part); n > 0 {
				t.Errorf("%v: %d bytes of %s are left after Wipe, the first at %d", pixel, n, name, at)
			}
		}
	}
}

// clean holds scratch to that of a pipeline which saw only black. What of an MJPEG decoder stays
// are the codes in which frames are written; see mjpeg.Decoder.Wipe.
func clean(t *testing.T, pixel camera.PixelFormat, cycle int, p, fresh *Pipeline) {
	t.Helper()
	is, was := bytes.Clone(view(p.scratch)), bytes.Clone(view(fresh.scratch))
	if pixel == camera.MJPEG {
		if cells, at := set(p.grid.Cells[:]); cells > 0 {
			t.Fatalf("%v, cycle %d: %d cells are left, the first %d", pixel, cycle, cells, at)
		}
		n := unsafe.Sizeof(p.grid) // grid is the first field
		is, was = is[n:], was[n:]
	}
	for i := range is {
		if is[i] != was[i] {
			t.Fatalf("%v, cycle %d: byte %d of %d of scratch is %d after the cycle, %d after a black frame", pixel, cycle, i, len(is), is[i], was[i])
		}
	}
}

// A frame that is damaged leaves nothing either.
func TestDamageLeavesNothing(t *testing.T) {
	f := shape(camera.MJPEG, 320, 240)
	p := made(t, across(36_000), f)
	data := frames(t, f, 36_000, 1)[0]
	loan := camera.Frame{Data: data[:len(data)/2]}
	if err := p.Reduce(&loan); err == nil {
		t.Fatal("half a frame passes")
	}
	p.Skip(0)
	if n, at := set(p.grid.Cells[:]); n > 0 {
		t.Errorf("%d cells are left, the first %d", n, at)
	}
	if got := p.Close(1); got.Damaged != 1 || got.Cycles != 0 {
		t.Errorf("%d damaged, %d cycles, want 1 and 0", got.Damaged, got.Cycles)
	}
}

// No cycle allocates, whatever the camera gives.
func TestCycleDoesNotAllocate(t *testing.T) {
	for _, pixel := range formats {
		f, i, cycles := shape(pixel, 160, 120), 0, 149
		if raceEnabled {
			cycles = 30
		}
		all := frames(t, f, 36_000, cycles+1)
		p := made(t, across(36_000), f)
		n := testing.AllocsPerRun(cycles, func() {
			loan := camera.Frame{Data: all[i]}
			if err := p.Reduce(&loan); err != nil {
				t.Fatal(err)
			}
			p.Lived(uint32(i))
			p.Count(uint32(i))
			i++
		})
		p.Close(uint32(i))
		if n != 0 {
			t.Errorf("%v: %v allocations a cycle", pixel, n)
		}
	}
}
