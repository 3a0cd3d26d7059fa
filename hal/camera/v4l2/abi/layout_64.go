//go:build !(386 || arm || mips || mipsle)

package abi

// Word is the C type unsigned long.
type Word = uint64

const (
	sizeFormat = 208
	sizeBuffer = 88
)

// MapOffset is the offset to map a buffer at: a 32-bit field at the start of the union, so the low
// half of the word. Big-endian machines are not supported.
func (b *Buffer) MapOffset() int64 { return int64(uint32(b.Offset)) }
