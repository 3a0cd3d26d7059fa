package wipe

import (
	"errors"
	"fmt"
	"unsafe"
)

// ErrPlace is returned when a value cannot live where it should.
var ErrPlace = errors.New("wipe: no place for the value")

// Size is how many bytes a T takes, padding included.
func Size[T any]() int {
	var p *T
	return int(unsafe.Sizeof(*p))
}

// Place gives a *T that lives in the first Size bytes of b, and sets it to zero. It wraps ErrPlace if b is too
// short, or does not begin where the processor wants a T. Nothing of b beyond the value is touched.
//
// T must hold no pointer at any depth: no slice, map, string, function, interface or channel. The
// collector does not look for pointers in b, so that what only a pointer there holds would be freed
// while it is in use. The compiler cannot check this; a test of counting/pipeline does for what it
// places, and tools/rules lets nobody else place anything.
//
// A *T keeps b in use where b lies on the Go heap. Elsewhere its owner must not give it back before
// the last use of the *T.
func Place[T any](b []byte) (*T, error) {
	var p *T
	if size := Size[T](); len(b) < size || size == 0 {
		return nil, fmt.Errorf("%w: %d bytes, want at least %d", ErrPlace, len(b), max(size, 1))
	}
	at, align := unsafe.Pointer(unsafe.SliceData(b)), unsafe.Alignof(*p)
	if over := uintptr(at) % align; over != 0 {
		return nil, fmt.Errorf("%w: it begins %d bytes after a multiple of %d; hand in whole pages", ErrPlace, over, align)
	}
	p = (*T)(at)
	clear(b[:unsafe.Sizeof(*p)])
	return p, nil
}
