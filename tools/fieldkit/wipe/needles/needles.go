// Package needles searches a whole card for known secrets: for any 16 bytes of them, at every offset. It keeps
// hashes of what it looks for and nothing else, and says how many pieces it found, never which. It is for the end of a
// device, outside the data path.
package needles

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"sync"
)

// Window is how many bytes in a row are a find. Fewer come by chance on a large card.
const Window = 16

// fewest different bytes of a window: runs of blanks or zeros are on every card.
const fewest = 5

// piece is what is read at once, in bytes.
const piece = 4 << 20

// filter has one bit for each value of the first eight bytes, mixed to 22 bits.
const filterBits = 22

// Set is what is looked for.
type Set struct {
	names  []string
	counts []int
	all    map[uint64]uint16 // hash of a window, its group
	filter []uint64
	seed   maphash.Seed
}

// New makes an empty set.
func New() *Set {
	return &Set{all: map[uint64]uint16{}, filter: make([]uint64, 1<<filterBits/64), seed: maphash.MakeSeed()}
}

// Add adds all windows of a secret under the name of a group. What is shorter than a window cannot be looked
// for, and neither are windows of a few different bytes; windows of an earlier group stay that group's.
func (s *Set) Add(group string, secret []byte) {
	g := -1
	for i, n := range s.names {
		if n == group {
			g = i
		}
	}
	if g < 0 {
		g = len(s.names)
		s.names, s.counts = append(s.names, group), append(s.counts, 0)
	}
	for i := 0; i+Window <= len(secret); i++ {
		w := secret[i : i+Window]
		h := maphash.Bytes(s.seed, w)
		if _, there := s.all[h]; there || !telling(w) {
			continue
		}
		s.all[h] = uint16(g)
		s.counts[g]++
		bit := mix(binary.LittleEndian.Uint64(w))
		s.filter[bit/64] |= 1 << (bit % 64)
	}
}

// telling tells whether a window has enough different bytes to be of a secret.
func telling(w []byte) bool {
	var seen [256]bool
	n := 0
	for _, c := range w {
		if !seen[c] {
			seen[c] = true
			n++
		}
	}
	return n >= fewest
}

func mix(v uint64) uint64 { return v * 0x9E3779B97F4A7C15 >> (64 - filterBits) }

// Group is what was found of one group.
type Group struct {
	Name   string
	Pieces int // different windows that are looked for
	Found  int // of them
}

// Result is what a search gave.
type Result struct {
	Groups []Group
	Bytes  int64 // that were searched
	Unread int64 // bytes that could not be read, and so may hold anything
}

// Found is how many different pieces of all groups were found.
func (r *Result) Found() (n int) {
	for _, g := range r.Groups {
		n += g.Found
	}
	return n
}

// Pieces is how many were looked for.
func (r *Result) Pieces() (n int) {
	for _, g := range r.Groups {
		n += g.Pieces
	}
	return n
}

// String says it in a line.
func (r *Result) String() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d of %d pieces of %d bytes found in %d bytes", r.Found(), r.Pieces(), Window, r.Bytes)
	for i, g := range r.Groups {
		fmt.Fprintf(&b, "%s%s %d of %d", map[bool]string{true: ": ", false: ", "}[i == 0], g.Name, g.Found, g.Pieces)
	}
	if r.Unread > 0 {
		fmt.Fprintf(&b, "; %d bytes could not be read", r.Unread)
	}
	return b.String()
}

// Search looks through size bytes. Each piece is handed to look, which may be nil, before the next is
// read; its error ends the search. What cannot be read is passed over in blocks and counted.
func (s *Set) Search(r io.ReaderAt, size int64, look func(off int64, b []byte) error) (Result, error) {
	res := Result{}
	for i, n := range s.names {
		res.Groups = append(res.Groups, Group{Name: n, Pieces: s.counts[i]})
	}
	found := map[uint64]bool{}
	buf := make([]byte, Window-1+piece)
	have := 0 // bytes of the piece before, so that none is missed between two
	for off := int64(0); off < size; {
		want := int(min(piece, size-off))
		b := buf[have : have+want]
		res.Unread += Read(r, b, off)
		s.look(buf[:have+want], found, res.Groups)
		if look != nil {
			if err := look(off, b); err != nil {
				return res, err
			}
		}
		off += int64(want)
		res.Bytes += int64(want)
		all := buf[:have+want]
		have = copy(buf, all[max(0, len(all)-Window+1):])
	}
	clear(buf)
	return res, nil
}

// look looks through memory, with several hands.
func (s *Set) look(b []byte, found map[uint64]bool, groups []Group) {
	const share = 256 << 10
	var mu sync.Mutex
	var all sync.WaitGroup
	hands := make(chan struct{}, 4)
	for from := 0; from+Window <= len(b); from += share {
		part := b[from:min(len(b), from+share+Window-1)]
		if Zeros(part) {
			continue
		}
		hands <- struct{}{}
		all.Go(func() {
			for i := 0; i+Window <= len(part); i++ {
				bit := mix(binary.LittleEndian.Uint64(part[i:]))
				if s.filter[bit/64]>>(bit%64)&1 == 0 {
					continue
				}
				h := maphash.Bytes(s.seed, part[i:i+Window])
				if g, ok := s.all[h]; ok {
					mu.Lock()
					if !found[h] {
						found[h] = true
						groups[g].Found++
					}
					mu.Unlock()
				}
			}
			<-hands
		})
	}
	all.Wait()
}

// Block is what is given up at once where a card cannot be read, in bytes.
const Block = 4096

// Read fills b from off, block by block where it must, with zeros where it cannot, and gives how many bytes
// those are.
func Read(r io.ReaderAt, b []byte, off int64) (unread int64) {
	if whole(r, b, off) {
		return 0
	}
	for from := 0; from < len(b); from += Block {
		c := b[from:min(len(b), from+Block)]
		if !whole(r, c, off+int64(from)) {
			clear(c)
			unread += int64(len(c))
		}
	}
	return unread
}

// whole tells whether all of b could be read.
func whole(r io.ReaderAt, b []byte, off int64) bool {
	n, err := r.ReadAt(b, off)
	return n == len(b) && (err == nil || errors.Is(err, io.EOF))
}

// Zeros tells whether all bytes are zero.
func Zeros(b []byte) bool {
	return len(b) == 0 || b[0] == 0 && bytes.Equal(b[1:], b[:len(b)-1])
}
