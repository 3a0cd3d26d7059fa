// Package wipe overwrites memory with zeros and checks that it reads zero afterwards, and puts values
// into memory that can be wiped and given back. It never frees, copies or looks at what it
// overwrites. Every program on the data path uses it at stop; the drivers use it on each frame.
//
// It reaches only the memory it is given. Copies that the program made elsewhere, registers and
// the buffers of the kernel are out of its reach: the rule is to make no copies of pixels at all.
package wipe

import "unsafe"

// Bytes overwrites b with zeros and tells whether every byte reads zero afterwards.
func Bytes(b []byte) bool {
	clear(b)
	return Clean(b)
}

// Value overwrites the whole of *p, padding included, and tells whether it reads zero. It is meant
// for the fixed structs of this device; what a pointer inside *p points to is not touched.
func Value[T any](p *T) bool {
	// The assignment comes first: it lets go of pointers in the way the collector needs. The
	// bytes after it reach the padding, which an assignment may leave as it was.
	var zero T
	*p = zero
	return Bytes(unsafe.Slice((*byte)(unsafe.Pointer(p)), unsafe.Sizeof(*p)))
}

// Clean tells whether every byte of b is zero.
func Clean(b []byte) bool {
	var seen byte
	for _, v := range b {
		seen |= v
	}
	return seen == 0
}
