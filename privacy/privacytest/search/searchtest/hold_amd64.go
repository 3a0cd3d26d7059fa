package searchtest

// HasWide tells whether Wide can be called: on processors with AVX.
const HasWide = true

// Wide loads 32 bytes into a vector register of AVX, as Vector does. The processor must have AVX.
//
//go:noescape
func Wide(p *[32]byte, state *uint32)
