package book

import (
	"encoding/binary"
	"fmt"
	"time"

	"tellijn/counting"
)

// keepSize is the size of what Keep gives, in bytes: version, lines, start of the interval, and two
// counts for each line.
const keepSize = 2 + 8 + 8*counting.MaxLines

// keepVersion of that form.
const keepVersion = 1

// Keep gives the exact counts of the open interval, so that a warden that is cut off finds them
// again. Nothing else of the interval is worth the wear. Once it is kept, say so with Changed.
func (b *Book) Keep() []byte {
	out := make([]byte, keepSize)
	out[0], out[1] = keepVersion, byte(len(b.open.lines))
	binary.BigEndian.PutUint64(out[2:], uint64(b.from.Unix()))
	for i, l := range b.open.lines {
		binary.BigEndian.PutUint32(out[10+8*i:], l.Forward)
		binary.BigEndian.PutUint32(out[14+8*i:], l.Backward)
	}
	return out
}

// Resume takes what Keep gave in another boot. If the interval of that time goes on, it goes on;
// otherwise its counts are those of one that ended when it should have. Counts of lines that the
// configuration has no more go to Orphans.
func (b *Book) Resume(kept []byte) error {
	if len(kept) != keepSize || kept[0] != keepVersion || kept[1] > counting.MaxLines {
		return fmt.Errorf("book: kept counts of %d bytes in a form that is not known, want %d of version %d", len(kept), keepSize, keepVersion)
	}
	from := time.Unix(int64(binary.BigEndian.Uint64(kept[2:])), 0).UTC()
	for i := range counting.MaxLines {
		f, w := binary.BigEndian.Uint32(kept[10+8*i:]), binary.BigEndian.Uint32(kept[14+8*i:])
		switch {
		case f > MaxCount || w > MaxCount:
			return fmt.Errorf("book: kept counts of line %d: %d and %d, at most %d", i, f, w, MaxCount)
		case f|w == 0:
		case i >= len(b.open.lines):
			b.Orphans[i] = Line{f, w}
		default:
			b.open.lines[i] = Line{f, w}
		}
	}
	// Whether somebody was counted must make no difference to anything but counts: a record that begins
	// elsewhere, or one more of them, would tell of a single person.
	if !from.After(b.from) {
		b.from, b.restored = from, true
	}
	return nil
}

// Counts reads what Keep gave, without a book.
func Counts(kept []byte) ([]Line, error) {
	b := &Book{s: Setup{Lines: counting.MaxLines}}
	b.clear()
	if kept == nil {
		return b.open.lines, nil
	}
	err := b.Resume(kept)
	return b.open.lines, err
}
