//go:build 386 || arm || mips || mipsle

package abi

// Word is the C type unsigned long.
type Word = uint32

const (
	sizeFormat = 204
	sizeBuffer = 68
)

// MapOffset is the offset to map a buffer at.
func (b *Buffer) MapOffset() int64 { return int64(b.Offset) }
