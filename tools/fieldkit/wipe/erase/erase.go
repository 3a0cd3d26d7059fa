// Package erase overwrites a whole card and shows what that did: it counts what could not be written and what
// is still there. What a card hides in spare blocks no program can reach, and this one does not claim to. It is
// for the end of a device, outside the data path.
package erase

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tellijn/tools/fieldkit/wipe/needles"
)

// Sizes in bytes: what is written at once, and what is given up at once where that fails.
const (
	chunk = 4 << 20
	step  = 1 << 30 // of discarding
)

// Card is what is erased. ReadAt reads what the card holds, past the memory of the computer.
type Card interface {
	io.ReaderAt
	io.WriterAt
	Flush() error
	Discard(from, to int64) error
	Size() int64
}

// Result is what was done. All numbers are bytes.
type Result struct {
	Size      int64
	Discarded int64 // the card was told that nobody needs them, and said yes
	Zeroed    int64 // written with zeros
	Unwritten int64 // that could not be
	Read      int64 // read back
	Unread    int64 // that could not be
	Left      int64 // in blocks that are not zero after all
	Search    needles.Result
}

// Whole tells whether everything that can be reached is zero and was seen to be.
func (r *Result) Whole() bool {
	return r.Size > 0 && r.Zeroed == r.Size && r.Read == r.Size && r.Unwritten+r.Unread+r.Left == 0 && r.Search.Found() == 0
}

// errGone ends the work on a card that takes nothing any more.
var errGone = errors.New("erase: the card takes nothing any more; hint: was it pulled out?")

// Run erases a card and looks for the set on it afterwards. progress is told how many of three times the size
// of the card were done. It stops when the context ends, with its error; the result then says how far it came.
// Single blocks that fail are no error: they are in the result.
func Run(ctx context.Context, c Card, s *needles.Set, progress func(bytes int64)) (r Result, err error) {
	r.Size = c.Size()
	for from := int64(0); from < r.Size; from += step {
		if err := ctx.Err(); err != nil {
			return r, fmt.Errorf("erase: stopped: %w", err)
		}
		to := min(from+step, r.Size)
		if err := c.Discard(from, to); err == nil {
			r.Discarded += to - from
		}
		progress(to - from)
	}
	zeros := make([]byte, chunk)
	for off := int64(0); off < r.Size; {
		if err := ctx.Err(); err != nil {
			return r, fmt.Errorf("erase: stopped: %w", err)
		}
		b := zeros[:min(chunk, r.Size-off)]
		bad := write(c, b, off)
		if bad == int64(len(b)) && len(b) == chunk && r.Unwritten >= 4*chunk {
			return r, errGone
		}
		r.Unwritten += bad
		r.Zeroed += int64(len(b)) - bad
		off += int64(len(b))
		progress(int64(len(b)))
	}
	if err := c.Flush(); err != nil {
		return r, fmt.Errorf("erase: %w", err)
	}
	r.Search, err = s.Search(c, r.Size, func(_ int64, b []byte) error {
		for from := 0; from < len(b); from += needles.Block {
			if block := b[from:min(len(b), from+needles.Block)]; !needles.Zeros(block) {
				r.Left += int64(len(block))
			}
		}
		progress(int64(len(b)))
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("erase: stopped while reading back: %w", err)
		}
		return nil
	})
	r.Unread, r.Read = r.Search.Unread, r.Search.Bytes-r.Search.Unread
	return r, err
}

// write writes zeros, block by block where it must, and gives how many bytes could not be written.
func write(c Card, b []byte, off int64) (bad int64) {
	if _, err := c.WriteAt(b, off); err == nil {
		return 0
	}
	for from := 0; from < len(b); from += needles.Block {
		block := b[from:min(len(b), from+needles.Block)]
		if _, err := c.WriteAt(block, off+int64(from)); err != nil {
			bad += int64(len(block))
		}
	}
	return bad
}
