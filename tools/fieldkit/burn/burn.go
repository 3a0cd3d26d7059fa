// Package burn writes a card so that it is whole or does not boot: the old partition table goes first,
// then everything but the first sector is written and read back, and the first sector, without which no
// board starts, comes last. It knows neither drives nor what is in an image. It is for installers, outside
// the data path.
package burn

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// Sizes in bytes. Head is what comes last; sector 0 is in it, and larger sectors than 512 bytes fit. Chunk is
// what is written and compared at once. Table is how much is emptied at both ends of a card before anything
// else: tables of partitions lie there, and their copies.
const (
	Head  = 4096
	Chunk = 4 << 20
	Table = 1 << 20
)

// Card is what is written to. ReadAt reads what the card holds, not what a computer remembers of it. Flush
// returns when everything written is on it. Writes come in whole blocks of Head bytes.
type Card interface {
	io.ReaderAt
	io.WriterAt
	Flush() error
	Size() int64
}

// Errors that a caller branches on. Whatever the error, the card does not boot, except with ErrHead.
var (
	// ErrDiffers is wrapped when something else is read back than was written.
	ErrDiffers = errors.New("burn: the card does not hold what was written to it")
	// ErrSmall is wrapped when the image does not fit; nothing was written.
	ErrSmall = errors.New("burn: the card is too small")
	// ErrSource is wrapped when the card is not to blame.
	ErrSource = errors.New("burn: the source cannot be read")
	// ErrHead is wrapped when the first sector is written in part and cannot be taken away again.
	ErrHead = errors.New("burn: the card failed at its first sector, and may even start")
)

// Job is one card to write.
type Job struct {
	Card   Card
	Source io.ReaderAt // gives the same bytes each time it is read
	Size   int64       // of the source in bytes, a multiple of Head
	// Check looks at the card when all but the first sector is written; with an error the card stays unbootable.
	// The table of partitions is not on it yet. nil checks nothing.
	Check func(card io.ReaderAt) error
	// Step is told how many bytes were done, of Work in all. nil is told nothing.
	Step func(bytes int64)
}

// Work is the number of bytes that Step is told of in all.
func (j *Job) Work() int64 { return 2 * j.Size }

// Run writes the card. When the context ends it stops between two chunks, with an error that wraps the
// context's.
func (j *Job) Run(ctx context.Context) error {
	if j.Step == nil {
		j.Step = func(int64) {}
	}
	head := make([]byte, Head)
	if _, err := j.Source.ReadAt(head, 0); err != nil {
		return fmt.Errorf("%w: %w", ErrSource, err)
	}
	switch {
	case head[510] != 0x55 || head[511] != 0xAA: // end of every table of partitions
		return fmt.Errorf("%w: no card image, it does not end its first sector with 55 AA", ErrSource)
	case j.Size%Head != 0 || j.Size <= 2*Table:
		return fmt.Errorf("%w: %d bytes, want a multiple of %d", ErrSource, j.Size, Head)
	case j.Card.Size() < j.Size:
		return fmt.Errorf("%w: %d bytes, the image has %d", ErrSmall, j.Card.Size(), j.Size)
	}
	if err := j.erase(); err != nil {
		return err
	}
	sums, err := j.body(ctx)
	if err != nil {
		return err
	}
	if err := j.compare(ctx, sums); err != nil {
		return err
	}
	if j.Check != nil {
		if err := j.Check(j.Card); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("burn: stopped before the end: %w", err)
	}
	if err := j.put(head, 0); err != nil {
		if err2 := j.put(make([]byte, Head), 0); err2 != nil {
			return fmt.Errorf("%w: %w; and then: %w", ErrHead, err, err2)
		}
		return err
	}
	j.Step(Head * 2)
	return nil
}

// erase takes the old table away, at both ends, and sees that it is gone: whatever happens from here on,
// the card does not boot.
func (j *Job) erase() error {
	zeros := make([]byte, Table)
	if err := j.put(zeros, 0); err != nil {
		return err
	}
	end := j.Card.Size() / Head * Head
	return j.put(zeros, max(end-Table, Table))
}

// put writes, flushes, and reads back.
func (j *Job) put(b []byte, off int64) error {
	if _, err := j.Card.WriteAt(b, off); err != nil {
		return fmt.Errorf("burn: %w", err)
	}
	if err := j.Card.Flush(); err != nil {
		return fmt.Errorf("burn: %w", err)
	}
	back := make([]byte, len(b))
	if _, err := j.Card.ReadAt(back, off); err != nil {
		return fmt.Errorf("burn: reading back: %w", err)
	}
	if !bytes.Equal(b, back) {
		return fmt.Errorf("%w: at byte %d", ErrDiffers, off)
	}
	return nil
}

// body writes everything behind the head, and gives the SHA-256 of each chunk as it was in the source.
func (j *Job) body(ctx context.Context) (sums [][32]byte, err error) {
	b := make([]byte, Chunk)
	for from, to := range j.chunks() {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("burn: stopped while writing: %w", err)
		}
		c := b[:to-from]
		if n, err := j.Source.ReadAt(c, from); n < len(c) {
			return nil, fmt.Errorf("%w: at byte %d: %w", ErrSource, from, err)
		}
		sums = append(sums, sha256.Sum256(c))
		if _, err := j.Card.WriteAt(c, from); err != nil {
			return nil, fmt.Errorf("burn: %w", err)
		}
		j.Step(to - from)
	}
	clear(b)
	if err := j.Card.Flush(); err != nil {
		return nil, fmt.Errorf("burn: %w", err)
	}
	return sums, nil
}

// compare reads all that body wrote, and holds it against the sums of the source.
func (j *Job) compare(ctx context.Context, sums [][32]byte) error {
	b := make([]byte, Chunk)
	i := 0
	for from, to := range j.chunks() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("burn: stopped while reading back: %w", err)
		}
		c := b[:to-from]
		if _, err := j.Card.ReadAt(c, from); err != nil {
			return fmt.Errorf("burn: reading back: %w", err)
		}
		if sha256.Sum256(c) != sums[i] {
			return fmt.Errorf("%w: between byte %d and %d", ErrDiffers, from, to)
		}
		i++
		j.Step(to - from)
	}
	clear(b)
	return nil
}

// chunks gives begin and end of each piece behind the head, cut at multiples of Chunk.
func (j *Job) chunks() func(yield func(from, to int64) bool) {
	return func(yield func(from, to int64) bool) {
		for from := int64(Head); from < j.Size; {
			to := min((from/Chunk+1)*Chunk, j.Size)
			if !yield(from, to) {
				return
			}
			from = to
		}
	}
}
