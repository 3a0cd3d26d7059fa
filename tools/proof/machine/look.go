package machine

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"tellijn/privacy/privacytest/canary"
)

// wordBytes is the most of a frame that lies together because it was in registers: the kernel copies
// with eight of them. (Linux, arch/arm64/lib/memcpy.S, A_l to D_h) What is longer is a row of pixels.
const wordBytes = 8 * 8

// found is what a search of the memory found, in pieces of a frame that lie together.
type found struct {
	rows, rowHits   int   // pieces of more than wordBytes, and their windows
	frames          []int // that rows are of, each once
	each            []int // their windows, in the order of frames
	words, wordHits int   // pieces of wordBytes and less, and their windows
	longest         int   // bytes of the longest word
	size            int64 // bytes searched
	last            uint32
}

// String says it for the table.
func (f found) String() string {
	if f.rowHits+f.wordHits == 0 {
		return fmt.Sprintf("0 windows of 8 bytes in %d MiB", f.size>>20)
	}
	s := fmt.Sprintf("%d windows of 8 bytes in %d MiB: %d in rows of pixels of %d frames",
		f.rowHits+f.wordHits, f.size>>20, f.rowHits, len(f.frames))
	if f.words > 0 {
		s += fmt.Sprintf(", %d in %d words of at most %d bytes", f.wordHits, f.words, f.longest)
	}
	return s
}

// piece ends one piece of a frame, which has that many windows.
func (f *found) piece(frame, windows int) {
	switch n := windows + canary.Window - 1; {
	case windows == 0:
	case n <= wordBytes:
		f.words++
		f.wordHits += windows
		f.longest = max(f.longest, n)
	default:
		f.rows++
		f.rowHits += windows
		i := slices.Index(f.frames, frame)
		if i < 0 {
			i = len(f.frames)
			f.frames, f.each = append(f.frames, frame), append(f.each, 0)
		}
		f.each[i] += windows
	}
}

// older is how many windows in rows are of other frames than the newest there is, and how many frames
// before the last one of the camera the oldest is.
func (f found) older() (windows, age int) {
	newest := pool
	for i, n := range f.frames {
		before := (int(f.last) - n + pool) % pool
		age = max(age, before)
		if before < newest {
			newest, windows = before, f.rowHits-f.each[i]
		}
	}
	return windows, age
}

// look searches a stream at every byte offset. Beside the windows, which privacytest/search counts, it
// tells how much lies together.
func look(in io.Reader, set *canary.Set) (found, error) {
	const chunk, keep = 1 << 20, canary.Window - 1
	var f found
	buf := make([]byte, keep+chunk)
	kept := 0
	next, frame, windows := int64(-1), -1, 0 // of the piece under way
	for {
		n, err := io.ReadFull(in, buf[kept:kept+chunk])
		base := f.size - int64(kept)
		f.size += int64(n)
		set.Search(buf[:kept+n], func(i, of int) {
			if at := base + int64(i); at != next {
				f.piece(frame, windows)
				next, frame, windows = at, of, 0
			}
			next++
			windows++
		})
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			f.piece(frame, windows)
			return f, nil
		}
		if err != nil {
			return f, fmt.Errorf("machine: after %d bytes: %w", f.size, err)
		}
		rest := buf[:kept+n]
		kept = copy(buf, rest[max(0, len(rest)-keep):])
	}
}

// inPages is how many windows of n bytes that begin on a page lie wholly within pages: what lies over
// the border of two need not lie together in the memory of the board.
func inPages(n int) (windows int) {
	const page = 4096
	for ; n > 0; n -= page {
		windows += max(0, min(n, page)-canary.Window+1)
	}
	return windows
}
