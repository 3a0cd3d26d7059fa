package disk

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Kinds of entries of a journal.
const (
	Write = 'w'
	Flush = 'f' // everything written before is on the card for good
	Note  = 'n' // something happened outside; Data is what
	Cut   = 'c' // the power went
)

// Files of a journal in its folder: what the card was at the start, and what was written since.
const (
	BaseFile    = "base.img"
	JournalFile = "journal"
	magic       = "tellijn card journal 1\n"
	headSize    = 1 + 1 + 8 + 8 + 4
)

// Entry is one thing that happened to a card.
type Entry struct {
	Kind   byte
	Forced bool // of a write: it is on the card for good (FUA)
	Offset int64
	Data   []byte
	At     time.Duration // since the reader began to serve
}

func entry(kind byte, offset int64, data []byte) Entry {
	return Entry{Kind: kind, Offset: offset, Data: data}
}

// journal is one that is written.
type journal struct {
	f     *os.File
	w     *bufio.Writer
	began time.Time
	err   error // the first
}

// Record keeps a journal from now on, in a folder that is made. Call it before a machine has the card.
func (d *Disk) Record(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.journal != nil {
		return errors.New("disk: there is a journal already")
	}
	if err := sparse(d.f, d.size, filepath.Join(dir, BaseFile)); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, JournalFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	d.journal = &journal{f: f, w: bufio.NewWriterSize(f, 1<<20), began: d.began}
	_, d.journal.err = d.journal.w.WriteString(magic)
	return nil
}

// Sync makes the journal's file whole up to now, so that it can be read.
func (d *Disk) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.journal == nil {
		return errors.New("disk: there is no journal; ask for one before the board has power")
	}
	if d.journal.err == nil {
		d.journal.err = d.journal.w.Flush()
	}
	return d.journal.err
}

func (j *journal) put(e Entry) {
	if j.err != nil {
		return
	}
	var head [headSize]byte
	head[0] = e.Kind
	if e.Forced {
		head[1] = 1
	}
	binary.BigEndian.PutUint64(head[2:], uint64(e.Offset))
	binary.BigEndian.PutUint64(head[10:], uint64(time.Since(j.began)))
	binary.BigEndian.PutUint32(head[18:], uint32(len(e.Data)))
	if _, j.err = j.w.Write(head[:]); j.err == nil {
		_, j.err = j.w.Write(e.Data)
	}
}

func (j *journal) close() {
	j.w.Flush()
	j.f.Close()
}

// ErrJournal is wrapped when a file is no journal, or was cut off in the middle of an entry.
var ErrJournal = errors.New("disk: not a whole journal")

// Read reads a journal.
func Read(r io.Reader) (all []Entry, err error) {
	in := bufio.NewReaderSize(r, 1<<20)
	first := make([]byte, len(magic))
	if _, err := io.ReadFull(in, first); err != nil || string(first) != magic {
		return nil, fmt.Errorf("%w: it begins with %q", ErrJournal, first)
	}
	for {
		var head [headSize]byte
		if _, err := io.ReadFull(in, head[:]); err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, fmt.Errorf("%w: entry %d: %w", ErrJournal, len(all), err)
		}
		e := Entry{Kind: head[0], Forced: head[1] == 1, Offset: int64(binary.BigEndian.Uint64(head[2:])),
			At: time.Duration(binary.BigEndian.Uint64(head[10:]))}
		n := binary.BigEndian.Uint32(head[18:])
		known := e.Kind == Write || e.Kind == Flush || e.Kind == Note || e.Kind == Cut
		if !known || head[1] > 1 || e.Offset < 0 || e.At < 0 || n > mostBytes || e.Kind == Flush && n > 0 {
			return all, fmt.Errorf("%w: entry %d of kind %q, %d bytes", ErrJournal, len(all), e.Kind, n)
		}
		data, err := io.ReadAll(io.LimitReader(in, int64(n))) // no more memory than there are bytes
		if err == nil && len(data) < int(n) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return all, fmt.Errorf("%w: entry %d: %w", ErrJournal, len(all), err)
		}
		e.Data = data
		all = append(all, e)
	}
}

// sparse copies a card to a new file, with holes where it has zeros.
func sparse(from io.ReaderAt, size int64, path string) error {
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	defer to.Close()
	b, zeros := make([]byte, 1<<16), string(make([]byte, 1<<16))
	for at := int64(0); at < size; at += int64(len(b)) {
		n, err := from.ReadAt(b, at)
		if err != nil && err != io.EOF {
			return fmt.Errorf("disk: %w", err)
		}
		if string(b[:n]) == zeros[:n] {
			continue
		}
		if _, err := to.WriteAt(b[:n], at); err != nil {
			return fmt.Errorf("disk: %w", err)
		}
	}
	if err := to.Truncate(size); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	return nil
}
