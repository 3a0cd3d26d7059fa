// Package search looks for what is left of canary frames: in all memory and the registers of another
// process, in streams such as the memory of an emulated board, and in every file below a folder. It
// never changes what it searches, starts nothing, and passes on no byte of what it found: a report is
// counts and names. It stands outside the data path, for tests and tools/proof.
//
// A hit is 8 bytes in a row, at any offset, that are a window of the set. See privacy/privacytest/canary
// for what the chance of a false one is, and for what is not found.
//
// A process stands still while it is searched, so no byte moves from where the search has not been yet
// to where it was. What nobody can read is counted, with its name, never passed over: memfd_secret,
// device memory without pages. Not searched are pages of private memory that the process never touched;
// the kernel (socket, pipe and USB buffers, a frame that is on its way); and pages that were given back.
// The memory of an emulated board, as one stream, holds those too.
package search

import (
	"fmt"
	"sort"
	"strings"

	"tellijn/privacy/privacytest/canary"
)

// chunk is how much is read at a time, in bytes.
const chunk = 1 << 20

// Place is a part of what was searched: a mapping, a file, a set of registers. Mappings of one name
// are one place.
type Place struct {
	Name       string
	Apart      bool  // named by the caller
	Hits       int   // windows found
	Bytes      int64 // searched
	Unreadable int64 // bytes that could not be read
}

// Found is what a search found.
type Found struct {
	Hits       int   // windows found, those in places set apart not counted
	Apart      int   // windows found in places that the caller set apart
	Frames     []int // numbers of the frames that Hits are of, each once, rising
	Bytes      int64 // searched
	Unreadable int64 // bytes that could not be read
	Untouched  int64 // bytes of private memory that the process never touched, so that there is nothing to read
	Threads    int   // whose registers were searched
	// Places are those with a hit or with unreadable bytes, by name.
	Places []Place
}

// String is one line for people.
func (f Found) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d hits of %d frames in %d bytes", f.Hits, len(f.Frames), f.Bytes)
	if f.Threads > 0 {
		fmt.Fprintf(&b, " and the registers of %d threads", f.Threads)
	}
	fmt.Fprintf(&b, "; %d hits set apart; %d bytes unreadable", f.Apart, f.Unreadable)
	for _, p := range f.Places {
		fmt.Fprintf(&b, "; %s: %d hits, %d bytes unreadable", p.Name, p.Hits, p.Unreadable)
	}
	return b.String()
}

// finder gathers what is found.
type finder struct {
	set    *canary.Set
	apart  []string
	found  Found
	places map[string]*Place
	seen   []bool // by frame
	// buf holds the last keep bytes of what was read before, so that a window over the border of two
	// reads is found once, and room for a chunk.
	buf  []byte
	keep int
}

func newFinder(set *canary.Set, apart []string) *finder {
	return &finder{set: set, apart: apart, places: map[string]*Place{}, seen: make([]bool, set.Frames()),
		buf: make([]byte, canary.Window-1+chunk)}
}

// place gives the place of a name.
func (f *finder) place(name string) *Place {
	p := f.places[name]
	if p == nil {
		p = &Place{Name: name}
		for _, a := range f.apart {
			p.Apart = p.Apart || name == a || name == a+" (deleted)"
		}
		f.places[name] = p
	}
	return p
}

// parted says that what comes next does not follow what came before.
func (f *finder) parted() { f.keep = 0 }

// room is where the next bytes, chunk at most, are to be read to.
func (f *finder) room() []byte { return f.buf[f.keep:][:chunk] }

// take searches n bytes that were read to room. A window over a border counts for the place in which it
// ends.
func (f *finder) take(n int, at *Place) {
	f.look(f.buf[:f.keep+n], n, at)
	rest := f.buf[:f.keep+n]
	rest = rest[max(0, len(rest)-canary.Window+1):]
	f.keep = copy(f.buf, rest)
}

// look searches b, of which n bytes are new.
func (f *finder) look(b []byte, n int, at *Place) {
	at.Bytes += int64(n)
	f.set.Search(b, func(_, frame int) {
		at.Hits++
		f.seen[frame] = f.seen[frame] || !at.Apart
	})
}

// done gives the report, and forgets what was read.
func (f *finder) done() Found {
	clear(f.buf)
	r := f.found
	for _, p := range f.places {
		r.Bytes += p.Bytes
		r.Unreadable += p.Unreadable
		if p.Apart {
			r.Apart += p.Hits
		} else {
			r.Hits += p.Hits
		}
		if p.Hits > 0 || p.Unreadable > 0 {
			r.Places = append(r.Places, *p)
		}
	}
	sort.Slice(r.Places, func(i, j int) bool { return r.Places[i].Name < r.Places[j].Name })
	for i, seen := range f.seen {
		if seen {
			r.Frames = append(r.Frames, i)
		}
	}
	return r
}
