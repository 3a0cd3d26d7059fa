//go:build !amd64

package searchtest

// HasWide tells whether Wide can be called: on processors with AVX.
const HasWide = false

// Wide does nothing here.
func Wide(*[32]byte, *uint32) {}
