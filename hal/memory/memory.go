// Package memory gives blocks of memory outside the Go heap, for what must not stay behind and must
// not be read by others: frames, and what counting makes of them. It never copies or looks at what
// a block holds, and a protection that the system lacks is reported, never an error and never
// passed over. It stands beside the data path: hal/camera/lender lends frames out of it, and
// firmware/eye puts the state of counting into it.
//
// The collector of Go neither moves nor follows what is in a block, so it must hold no pointers.
package memory

import (
	"errors"
	"fmt"
	"strings"
)

// MaxSize of a block in bytes: four times the largest frame. More is a mistake.
const MaxSize = 128 << 20

// ErrSize is returned for a size below 1 or above MaxSize.
var ErrSize = errors.New("memory: size out of range")

// Facts say what holds for a block. Each was granted by the kernel, or comes with the kind of memory that
// the kernel granted; otherwise it is false.
type Facts struct {
	Locked      bool   // it stays in main memory: no swap space holds a copy
	OutOfCore   bool   // it is left out of the file that a crash of the program may write
	WipedOnFork bool   // a forked process finds zeros in its place, or nothing
	Secret      bool   // nobody else can read it, administrators included: the kernel itself does not map it
	Why         string // what was asked for and is absent, with the reason; "" if nothing is
}

// Block is a piece of memory. It is used from one goroutine.
type Block struct {
	pages []byte // what was mapped, whole pages
	size  int
	facts Facts
	free  func(pages []byte) error
}

// Bytes gives the block: as many bytes as were asked for, zero at the start. After Close it gives nil,
// and a slice that was kept faults when it is touched (where the system has no blocks outside the
// heap it reads zeros).
func (b *Block) Bytes() []byte { return b.pages[:b.size:b.size] }

// Facts tells what holds for the block.
func (b *Block) Facts() Facts { return b.facts }

// Close overwrites the block with zeros, whole pages, and gives it back to the system. Closing twice
// is fine. After an error the block is wiped all the same.
func (b *Block) Close() error {
	if b.pages == nil {
		return nil
	}
	pages := b.pages
	b.pages, b.size = nil, 0
	clear(pages)
	if err := b.free(pages); err != nil {
		return fmt.Errorf("memory: giving back %d bytes: %w", len(pages), err)
	}
	return nil
}

// check refuses sizes that are a mistake.
func check(size int) error {
	if size < 1 || size > MaxSize {
		return fmt.Errorf("%w: %d bytes, want 1 to %d", ErrSize, size, MaxSize)
	}
	return nil
}

// reasons collects what is absent.
type reasons []string

// grant is true if there was no error, and notes what is absent otherwise.
func (r *reasons) grant(what string, err error) bool {
	if err != nil {
		*r = append(*r, fmt.Sprintf("%s: %v", what, err))
	}
	return err == nil
}

func (r reasons) String() string { return strings.Join(r, "; ") }
