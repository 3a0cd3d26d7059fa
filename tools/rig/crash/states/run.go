// Package states makes of the journal of one real run of a board (tools/rig/disk) every card that a power cut could have
// left: one may have lost any of the writes that were not flushed, or have part of one. It looks into none
// (tools/rig/crash does). It is for the rig, outside the data path.
package states

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tellijn/boards/card"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/disk"
)

// Notes of a journal that say that the collector has something more: they begin so, and come before the device can
// know.
const (
	noteRecord = "record "
	noteEntry  = "log entry "
)

// ErrEmpty is wrapped when a journal holds too little to say anything.
var ErrEmpty = errors.New("states: the journal says too little")

// Run is one recorded run.
type Run struct {
	dir     string
	events  []disk.Entry // those of the data file system, and flushes and notes
	all     []disk.Entry
	place   []int // of each event in all
	base    Blocks
	commits [][]string // of the firmware that are under way before each event, and at the end
	records []record.Record
	entries []devicelog.Entry
}

// Figures say what a run is made of.
type Figures struct {
	Writes, Flushes, Forced, Cuts int
	Bytes                         int64
	// Unflushed is how many writes stood at risk at once, at most, and AtRisk at how many of the places between two
	// entries any did.
	Unflushed, AtRisk int
	Records, Entries  int // that the collector got
}

// Load reads the journal in a folder. records and entries are what the collector got, in the order in which it got
// them.
func Load(dir string, records []record.Record, entries []devicelog.Entry) (*Run, error) {
	r := &Run{dir: dir, records: records, entries: entries, base: Blocks{}}
	f, err := os.Open(filepath.Join(dir, disk.JournalFile))
	if err != nil {
		return nil, fmt.Errorf("states: %w", err)
	}
	defer f.Close()
	if r.all, err = disk.Read(f); err != nil {
		return nil, err
	}
	from, to := card.Data().Start, card.Data().Start+card.DataSize
	for i, e := range r.all {
		if e.Kind == disk.Write {
			end := e.Offset + int64(len(e.Data))
			if e.Offset >= to || end <= from {
				continue
			}
			skip := max(from-e.Offset, 0)
			e.Data = e.Data[skip:min(int64(len(e.Data)), to-e.Offset)]
			e.Offset += skip - from
		}
		r.events = append(r.events, e)
		r.place = append(r.place, i)
	}
	if err := r.read(filepath.Join(dir, disk.BaseFile), from); err != nil {
		return nil, err
	}
	r.follow()
	n := r.Figures()
	if n.Writes == 0 || n.Flushes == 0 {
		return nil, fmt.Errorf("%w: %d writes and %d flushes", ErrEmpty, n.Writes, n.Flushes)
	}
	if n.Records > len(records) || n.Entries > len(entries) {
		return nil, fmt.Errorf("states: the journal knows %d records and %d log entries, the collector %d and %d", n.Records, n.Entries, len(records), len(entries))
	}
	return r, nil
}

// read takes the file system as it was at the start.
func (r *Run) read(path string, from int64) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("states: %w", err)
	}
	defer f.Close()
	b := make([]byte, blockSize)
	for at := int64(0); at < card.DataSize; at += blockSize {
		if _, err := f.ReadAt(b, from+at); err != nil && err != io.EOF {
			return fmt.Errorf("states: %w", err)
		}
		r.base.put(at, b)
	}
	return nil
}

// Super is the first block of the file system as it was at the start.
func (r *Run) Super() []byte {
	if b := r.base[0]; b != nil {
		return b[:]
	}
	return make([]byte, blockSize)
}

// Figures counts.
func (r *Run) Figures() (n Figures) {
	waiting := 0
	for _, e := range r.events {
		switch {
		case e.Kind == disk.Write:
			n.Writes++
			n.Bytes += int64(len(e.Data))
			if e.Forced {
				n.Forced++
			} else {
				waiting++
			}
		case e.Kind == disk.Flush:
			n.Flushes++
			waiting = 0
		case e.Kind == disk.Cut:
			n.Cuts++
			waiting = 0
		case strings.HasPrefix(string(e.Data), noteRecord):
			n.Records++
		case strings.HasPrefix(string(e.Data), noteEntry):
			n.Entries++
		}
		n.Unflushed = max(n.Unflushed, waiting)
		if waiting > 0 {
			n.AtRisk++
		}
	}
	return n
}

// blockSize of what is kept in memory, in bytes.
const blockSize = 4096

// Blocks are a file system, by the offset of each block that is not all zeros.
type Blocks map[int64]*[blockSize]byte

// put writes; a block that is shared with another map is copied first.
func (b Blocks) put(offset int64, data []byte) {
	for len(data) > 0 {
		at, skip := offset/blockSize*blockSize, offset%blockSize
		n := min(int64(len(data)), blockSize-skip)
		var next [blockSize]byte
		if old := b[at]; old != nil {
			next = *old
		}
		copy(next[skip:], data[:n])
		if next == [blockSize]byte{} {
			delete(b, at)
		} else {
			b[at] = &next
		}
		data, offset = data[n:], offset+n
	}
}

// File writes them to a file of that size in bytes, with holes.
func (b Blocks) File(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("states: %w", err)
	}
	defer f.Close()
	for at, data := range b {
		if _, err := f.WriteAt(data[:], at); err != nil {
			return fmt.Errorf("states: %w", err)
		}
	}
	if err := f.Truncate(size); err != nil {
		return fmt.Errorf("states: %w", err)
	}
	return nil
}
