package canary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"sort"
)

// Window is how many bytes in a row are looked for: fewer would be found by chance in any memory.
const Window = 8

// word and step are what the filter looks at; see there.
const (
	word = 5
	step = Window - word + 1
)

// MaxBytes bounds all frames of a set together. A set takes at most 11 bytes for each byte of its
// frames: one for the byte, six for the table, up to four for the filter. 16 frames of 640x480 YUYV
// take 102 MB, the largest set takes 738 MB, so that 2 GB of memory are enough for any.
const MaxBytes = 64 << 20

// ErrSize is returned for frames that are too many or too few for a set.
var ErrSize = errors.New("canary: size")

// Multipliers that spread windows over a table: the golden ratio, and the finaliser of MurmurHash3.
const (
	golden = 0x9E3779B97F4A7C15
	finish = 0xFF51AFD7ED558CCD
)

// Set holds every 8-byte window of some frames, and finds them in any memory. It is not changed once
// it is made, so that many may search with it at once.
type Set struct {
	data   []byte // all frames, one after the other
	starts []int  // of each frame in data
	// table is open-addressed with linear probing; an element is 1 + the place of a window in data.
	table []uint32
	// filter tells most memory that is no window, by a look at every fourth place: any 8 bytes hold the 5
	// bytes at one place that can be divided by 4. It has three bits, all in one element, for each 5 bytes
	// in a row (a blocked Bloom filter).
	filter  []uint64
	shift   uint // of a hash to the index in filter
	windows int
	repeats int
}

// NewSet takes all windows that lie wholly in the pixels of the frames, except those that also occur in
// known, which is memory that is no pixels, such as the headers of a compressed format. A window of
// eight zeros is never taken: wiped memory is full of them. The frames are copied. The error wraps
// ErrSize.
func NewSet(frames []Frame, known ...[]byte) (*Set, error) {
	s := &Set{}
	total, count := 0, 0
	for i, f := range frames {
		if f.Head < 0 || f.Tail < 0 || f.Head+f.Tail > len(f.Data) {
			return nil, fmt.Errorf("%w: frame %d has %d bytes, %d before its pixels and %d behind", ErrSize, i, len(f.Data), f.Head, f.Tail)
		}
		total += len(f.Data)
		count += max(0, len(f.Data)-f.Head-f.Tail-Window+1)
	}
	if count == 0 || total > MaxBytes {
		return nil, fmt.Errorf("%w: %d frames of %d bytes with %d windows, want at least 1 window in at most %d bytes",
			ErrSize, len(frames), total, count, MaxBytes)
	}
	skip := map[uint64]bool{0: true}
	for _, k := range known {
		for ; len(k) >= Window; k = k[1:] {
			skip[binary.LittleEndian.Uint64(k)] = true
		}
	}
	s.data = make([]byte, 0, total)
	s.table = make([]uint32, count+count/2+1)
	// 16 to 32 bits for each window: about one in 100 words that are none passes.
	s.shift = uint(64 - bits.Len(uint(max(8, count)-1)/4))
	s.filter = make([]uint64, 1<<(64-s.shift))
	for _, f := range frames {
		at := len(s.data)
		s.starts = append(s.starts, at)
		s.data = append(s.data, f.Data...)
		for i := at + f.Head; i+Window <= len(s.data)-f.Tail; i++ {
			if w := binary.LittleEndian.Uint64(s.data[i:]); !skip[w] {
				s.add(w, i)
			}
		}
	}
	return s, nil
}

// add enters the window w, which is at data[at:].
func (s *Set) add(w uint64, at int) {
	slot := s.slot(w)
	for s.table[slot] != 0 {
		if binary.LittleEndian.Uint64(s.data[s.table[slot]-1:]) == w {
			s.repeats++
			return
		}
		if slot++; slot == len(s.table) {
			slot = 0
		}
	}
	s.table[slot] = uint32(at + 1)
	for range step {
		i, m := mark(w, s.shift)
		s.filter[i] |= m
		w >>= 8
	}
	s.windows++
}

// mark is the element of the filter for the lowest 5 bytes of w, and their bits in it.
func mark(w uint64, shift uint) (index, mask uint64) {
	h := w << (64 - 8*word) * golden
	r := h >> ((shift - 18) & 63)
	return h >> (shift & 63), 1<<(r&63) | 1<<(r>>6&63) | 1<<(r>>12&63)
}

// slot is where the search for w in the table begins.
func (s *Set) slot(w uint64) int {
	w = (w ^ w>>33) * finish
	high, _ := bits.Mul64(w^w>>29, uint64(len(s.table)))
	return int(high)
}

// find gives the place of w in data, or -1.
func (s *Set) find(w uint64) int {
	slot := s.slot(w)
	for s.table[slot] != 0 {
		if at := int(s.table[slot] - 1); binary.LittleEndian.Uint64(s.data[at:]) == w {
			return at
		}
		if slot++; slot == len(s.table) {
			slot = 0
		}
	}
	return -1
}

// Search calls found for each window of the set that lies in b, at every byte offset: with the offset,
// and the number of the frame, from 0, that it comes from (the first one, if it is in several).
func (s *Set) Search(b []byte, found func(at, frame int)) {
	filter, shift, last := s.filter, s.shift, len(b)-Window
	if last < 0 {
		return
	}
	for i := 0; i < last+step; i += step {
		var w uint64
		if i <= last {
			w = binary.LittleEndian.Uint64(b[i:])
		} else {
			w = binary.LittleEndian.Uint64(b[last:]) >> (8 * (i - last))
		}
		if index, mask := mark(w, shift); filter[index]&mask == mask {
			for at := max(0, i-step+1); at <= min(i, last); at++ {
				if place := s.find(binary.LittleEndian.Uint64(b[at:])); place >= 0 {
					found(at, s.frame(place))
				}
			}
		}
		// Most of an idle memory is zeros. These 72 hold windows of zeros only, which are in no set,
		// and those that begin before i have been looked for.
		for i+72 <= len(b) && w == 0 && zeros(b[i+8:i+72]) {
			i += 64
		}
	}
}

// zeros tells whether 64 bytes are zero.
func zeros(b []byte) bool {
	var all uint64
	for ; len(b) >= 8; b = b[8:] {
		all |= binary.LittleEndian.Uint64(b)
	}
	return all == 0
}

// frame is the number of the frame that data[at] belongs to.
func (s *Set) frame(at int) int {
	return sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > at }) - 1
}

// Windows is how many different windows the set holds.
func (s *Set) Windows() int { return s.windows }

// Repeats is how many windows were met again while the set was made.
func (s *Set) Repeats() int { return s.repeats }

// Frames is how many frames the set was made of.
func (s *Set) Frames() int { return len(s.starts) }

// Memory is how many bytes the set takes.
func (s *Set) Memory() int { return cap(s.data) + 4*len(s.table) + 8*len(s.filter) + 8*len(s.starts) }
