package devicelog

import (
	"cmp"
	"fmt"
	"slices"

	"tellijn/privacy/sign"
)

// What is wrong with a log.
type What uint8

// Each is what was most likely done to the log to make it look so.
const (
	Edited     What = 1 // not signed by the device as it stands, or no entry at all
	Foreign    What = 2 // of another device
	Removed    What = 3 // entries are missing before this one
	Reordered  What = 4 // it stands elsewhere than where it was written
	Duplicated What = 5 // it stands here a second time
	Inserted   What = 6 // signed, but another entry has its number, or it does not follow the one before
	Truncated  What = 7 // the log ends before an entry that a record has seen
	Exchanged  What = 8 // a record has seen another entry with this number
)

// Fault is one thing that is wrong with a log.
type Fault struct {
	What   What
	Index  int    // of the entry in what was given, from 0; the number of entries for what is missing at the end
	Number uint32 // of the entry, or of the first that is missing; 0 where it cannot be read
	Text   string // in plain words
}

// String says what is wrong and where.
func (f Fault) String() string { return fmt.Sprintf("log entry %d here: %s", f.Index+1, f.Text) }

// Verify holds a log against itself and against what records have seen of it (their field log), and gives
// everything that is wrong, in the order of the entries. from is the number that the first entry should
// have: 1 for a whole log. One entry that was changed can be more than one fault. A log that was cut off at its end can only be told from what a record has seen.
func Verify(entries [][]byte, key sign.Public, device string, from uint32, seen ...State) []Fault {
	v := verifier{entries: entries, read: make([]*Entry, len(entries)), first: map[uint32]int{}, seen: map[uint32]Hash{}}
	for _, s := range seen {
		if was, ok := v.seen[s.Number]; ok && was != s.Head {
			v.fault(Exchanged, 0, s.Number, "records have seen two different entries %d", s.Number)
		}
		v.seen[s.Number] = s.Head
		v.last = max(v.last, s.Number)
	}
	for i, b := range entries {
		e, err := Open(key, b)
		switch {
		case err != nil:
			v.fault(Edited, i, 0, "it is not as the device signed it, or was never signed by it (%v)", err)
		case e.Device != device:
			v.fault(Foreign, i, e.Number, "it is of device %q, not of %q", e.Device, device)
		default:
			v.read[i] = &e
			if _, ok := v.first[e.Number]; !ok {
				v.first[e.Number] = i
			}
		}
	}
	v.walk(from)
	slices.SortStableFunc(v.faults, func(a, b Fault) int { return cmp.Compare(a.Index, b.Index) })
	return v.faults
}

type verifier struct {
	entries [][]byte
	read    []*Entry       // nil for what is none
	first   map[uint32]int // where each number stands first
	seen    map[uint32]Hash
	last    uint32 // that a record has seen
	faults  []Fault
}

func (v *verifier) fault(w What, index int, number uint32, format string, args ...any) {
	v.faults = append(v.faults, Fault{w, index, number, fmt.Sprintf(format, args...)})
}

// walk follows the numbers and hashes. An entry that cannot be read may have had the next number, or none.
func (v *verifier) walk(from uint32) {
	want, unread := max(from, 1), uint32(0)
	head, known := v.seen[want-1]
	known = known || want == 1
	for i, e := range v.read {
		if e == nil {
			unread++
			continue
		}
		hash := HashOf(v.entries[i])
		if was, ok := v.seen[e.Number]; ok && was != hash {
			v.fault(Exchanged, i, e.Number, "a record has seen another entry %d", e.Number)
		}
		switch first := v.first[e.Number]; {
		case first < i && HashOf(v.entries[first]) == hash:
			v.fault(Duplicated, i, e.Number, "entry %d stands here again, after place %d", e.Number, first+1)
			continue
		case first < i:
			v.fault(Inserted, i, e.Number, "entry %d is signed, but so is another entry %d at place %d", e.Number, e.Number, first+1)
			continue
		case e.Number < want:
			v.fault(Reordered, i, e.Number, "entry %d stands behind entry %d", e.Number, want-1)
			continue
		case e.Number-want > unread:
			v.gap(i, want+unread, e.Number-1)
		case e.Number == want && known && e.Previous != head:
			v.fault(Inserted, i, e.Number, "entry %d does not follow the entry %d before it; one of the two is not the one that the device wrote here", e.Number, e.Number-1)
		}
		want, unread, head, known = e.Number+1, 0, hash, true
	}
	if v.last >= want && v.last-want >= unread {
		v.gap(len(v.read), want+unread, v.last)
	}
}

// gap says what became of the numbers from low to high, which should stand before place i.
func (v *verifier) gap(i int, low, high uint32) {
	missing := high - low + 1
	for n := range v.first {
		if n >= low && n <= high {
			missing-- // its own fault says where it stands
		}
	}
	switch {
	case missing == 0:
	case i == len(v.read):
		v.fault(Truncated, i, low, "the log ends before entry %d, but a record has seen entry %d: cut off at the end: %d", low, high, missing)
	default:
		v.fault(Removed, i, low, "entry %d stands here, but not the entries from %d to %d: missing: %d", high+1, low, high, missing)
	}
}
