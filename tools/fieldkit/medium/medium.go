// Package medium opens a whole card, for this program alone, and reads and writes it past the memory in
// which a computer keeps copies of what it has written. So what is read is what the card holds. It knows
// nothing of what is on a card. It is for installers, outside the data path.
package medium

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Errors that a caller branches on.
var (
	// ErrAbsent is wrapped where this system cannot open whole cards.
	ErrAbsent = errors.New("medium: cards are opened on Linux only")
	// ErrBusy is wrapped when the system or another program uses the card.
	ErrBusy = errors.New("medium: in use")
)

// Block is what offsets and lengths of writing are multiples of, in bytes.
const Block = 4096

// piece is how much goes to the card in one call, in bytes.
const piece = 1 << 20

// Medium is an open card, or a file in its place. One call runs at a time.
type Medium struct {
	mu     sync.Mutex
	f      *os.File
	size   int64
	buffer []byte // begins on a page, as reading past the cache demands
	direct bool
	whole  bool // it is a card and no file
}

// Size in bytes.
func (m *Medium) Size() int64 { return m.size }

// Way says how reading gets past the copies that the computer keeps.
func (m *Medium) Way() string {
	if m.direct {
		return "read past the memory of the computer (O_DIRECT)"
	}
	return "read after the computer was told to forget its copies (fsync, posix_fadvise)"
}

// ReadAt reads what the card holds.
func (m *Medium) ReadAt(b []byte, off int64) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if off < 0 {
		return 0, fmt.Errorf("medium: offset %d", off)
	}
	for n < len(b) && off < m.size {
		start := off - off%Block
		want := min((off+int64(len(b)-n)-start+Block-1)/Block*Block, piece, m.size-start)
		got, err := m.f.ReadAt(m.buffer[:want], start)
		if got <= int(off-start) {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the card says it is longer
			}
			return n, fmt.Errorf("medium: reading at byte %d: %w", off, err)
		}
		c := copy(b[n:], m.buffer[off-start:got])
		n, off = n+c, off+int64(c)
	}
	clear(m.buffer)
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes whole blocks. They are safe after Flush.
func (m *Medium) WriteAt(b []byte, off int64) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if off%Block != 0 || len(b)%Block != 0 && off+int64(len(b)) != m.size {
		return 0, fmt.Errorf("medium: %d bytes at %d, want whole blocks of %d", len(b), off, Block)
	}
	defer clear(m.buffer) // secrets of a device go through it
	for n < len(b) {
		c := copy(m.buffer, b[n:])
		got, err := m.f.WriteAt(m.buffer[:c], off)
		n, off = n+got, off+int64(got)
		if err != nil {
			return n, fmt.Errorf("medium: writing at byte %d: %w", off, err)
		}
	}
	return n, nil
}

// Create makes a file of that size in bytes in place of a card, which nobody else may read. It fails when
// there is one.
func Create(path string, size int64) (*Medium, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("medium: %w", err)
	}
	if err := f.Truncate(size); err != nil {
		f.Close()
		return nil, fmt.Errorf("medium: %w", err)
	}
	return &Medium{f: f, size: size, buffer: make([]byte, piece)}, nil
}

// Close gives the card back to the computer.
func (m *Medium) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.close(); err != nil {
		return fmt.Errorf("medium: %w", err)
	}
	return nil
}
