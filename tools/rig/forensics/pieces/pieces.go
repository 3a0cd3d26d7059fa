// Package pieces searches the memory or the card of a whole board for what is left of canary frames, and tells how
// much of a frame lies together and where. It keeps and passes on no byte of what it finds, only numbers and places.
// It is for the rig and the proof, outside the data path.
package pieces

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"tellijn/privacy/privacytest/canary"
)

// WordBytes is the most of a frame that lies together because it was in registers: the kernel copies with eight of
// them. (Linux, arch/arm64/lib/memcpy.S, A_l to D_h) What is longer is a row of pixels.
const WordBytes = 8 * 8

// Page is the unit in which a kernel gives memory away, in bytes.
const Page = 4096

// Piece is a part of a frame that lies together, canary.Window bytes at least.
type Piece struct {
	At    int64 // of its first byte in the stream
	Bytes int
	Frame int // in the set, from 0
}

// Windows is how many windows of the set it has, one at each offset.
func (p Piece) Windows() int { return p.Bytes - canary.Window + 1 }

// Row tells whether it is more than registers hold.
func (p Piece) Row() bool { return p.Bytes > WordBytes }

// Walk searches a stream to its end at every byte offset, and gives each piece, in order, and how many bytes there
// were.
func Walk(in io.Reader, set *canary.Set, found func(Piece)) (size int64, err error) {
	const chunk, keep = 1 << 20, canary.Window - 1
	buf := make([]byte, keep+chunk)
	defer clear(buf)
	kept := 0
	var p Piece // under way, if it has bytes
	end := func() {
		if p.Bytes > 0 {
			found(p)
		}
		p = Piece{}
	}
	for {
		n, err := io.ReadFull(in, buf[kept:kept+chunk])
		base := size - int64(kept)
		size += int64(n)
		set.Search(buf[:kept+n], func(i, frame int) {
			if at := base + int64(i); p.Bytes == 0 || at != p.At+int64(p.Windows()) {
				end()
				p = Piece{At: at, Bytes: canary.Window - 1, Frame: frame}
			}
			p.Bytes++
		})
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			end()
			return size, nil
		}
		if err != nil {
			return size, fmt.Errorf("pieces: after %d bytes: %w", size, err)
		}
		rest := buf[:kept+n]
		kept = copy(buf, rest[max(0, len(rest)-keep):])
	}
}

// Frame is what was found of one frame.
type Frame struct {
	Number int // in the set
	Hits   int // windows in rows
}

// Found is what a search found. Hits are windows of canary.Window bytes.
type Found struct {
	Bytes           int64 // searched
	Rows, RowHits   int   // pieces of more than WordBytes
	Words, WordHits int   // pieces of WordBytes and less
	Longest         int   // bytes of the longest word
	Frames          []Frame
	Pages           []int64 // numbers of the pages that hold rows, each once, rising
}

// Search searches a stream to its end.
func Search(in io.Reader, set *canary.Set) (f Found, err error) {
	size, err := Walk(in, set, f.Add)
	f.Bytes += size
	return f, err
}

// Add adds a piece.
func (f *Found) Add(p Piece) {
	if !p.Row() {
		f.Words++
		f.WordHits += p.Windows()
		f.Longest = max(f.Longest, p.Bytes)
		return
	}
	f.Rows++
	f.RowHits += p.Windows()
	i := slices.IndexFunc(f.Frames, func(x Frame) bool { return x.Number == p.Frame })
	if i < 0 {
		i = len(f.Frames)
		f.Frames = append(f.Frames, Frame{Number: p.Frame})
	}
	f.Frames[i].Hits += p.Windows()
	for page := p.At / Page; page <= (p.At+int64(p.Bytes)-1)/Page; page++ {
		if at, there := slices.BinarySearch(f.Pages, page); !there {
			f.Pages = slices.Insert(f.Pages, at, page)
		}
	}
}

// Hits are all of them.
func (f Found) Hits() int { return f.RowHits + f.WordHits }

// String says it for a table.
func (f Found) String() string {
	if f.Hits() == 0 {
		return fmt.Sprintf("0 windows of 8 bytes in %d MiB", f.Bytes>>20)
	}
	s := fmt.Sprintf("%d windows of 8 bytes in %d MiB: %d in rows of pixels of %d frames", f.Hits(), f.Bytes>>20, f.RowHits, len(f.Frames))
	if f.Words > 0 {
		s += fmt.Sprintf(", %d in %d words of at most %d bytes", f.WordHits, f.Words, f.Longest)
	}
	return s
}

// Whole is how many windows of n bytes that begin on a page lie wholly within pages: what lies over the border of two
// need not lie together in the memory of a board.
func Whole(n int) (windows int) {
	for ; n > 0; n -= Page {
		windows += max(0, min(n, Page)-canary.Window+1)
	}
	return windows
}
