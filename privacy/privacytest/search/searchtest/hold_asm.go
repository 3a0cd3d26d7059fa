//go:build amd64 || arm64

package searchtest

// Has tells whether Vector and General can be called.
const Has = true

// Vector loads 16 bytes from p into a vector register, overwrites them with zeros, sets *state to 1,
// and spins until somebody sets it to 2. Then it clears the register. It cannot be preempted: switch the collector off.
//
//go:noescape
func Vector(p *[16]byte, state *uint32)

// General does the same with 8 bytes and a general register.
//
//go:noescape
func General(p *[8]byte, state *uint32)
