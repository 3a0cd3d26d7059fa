package states

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tellijn/boards/card"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/disk"
)

// reel is a journal that is made up: w writes, W is forced, f flushes, r and l are notes, c is a cut. The n-th write is
// filled with n and goes to a place of its own, or over the one before if two share a letter.
func reel(t *testing.T, script string) *Run {
	t.Helper()
	r := &Run{dir: t.TempDir(), base: Blocks{}}
	image := filepath.Join(r.dir, disk.BaseFile)
	if err := os.WriteFile(image, []byte("card"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, card.Size); err != nil {
		t.Fatal(err)
	}
	r.base.put(0, bytes.Repeat([]byte{0xEE}, blockSize))
	n := byte(0)
	for i, c := range script {
		e := disk.Entry{Kind: disk.Write}
		switch c {
		case 'w', 'W', 'o':
			n++
			e.Offset, e.Data, e.Forced = int64(n)*1024, bytes.Repeat([]byte{n}, 1536), c == 'W'
			if c == 'o' {
				e.Offset -= 1024
			}
			r.events = append(r.events, e)
			e.Offset += card.Data().Start
		case 'f':
			e.Kind = disk.Flush
			r.events = append(r.events, e)
		case 'c':
			e.Kind = disk.Cut
			r.events = append(r.events, e)
		case 'r':
			e.Kind, e.Data = disk.Note, []byte("record 1 of d")
			r.records = append(r.records, record.Record{Sequence: uint32(len(r.records))})
			r.events = append(r.events, e)
		case 'l':
			e.Kind, e.Data = disk.Note, []byte("log entry 1: x")
			r.entries = append(r.entries, devicelog.Entry{Number: uint32(len(r.entries) + 1)})
			r.events = append(r.events, e)
		}
		r.all, r.place = append(r.all, e), append(r.place, i)
	}
	r.follow()
	return r
}

// TestRisk: what is at risk at each place, and what nothing goes behind.
func TestRisk(t *testing.T) {
	r := reel(t, "wwfwWrwcw")
	want := [][]int{{}, {0}, {0, 1}, {}, {3}, {3}, {3}, {3, 6}, {}, {8}}
	firm := []int{0, 0, 0, 3, 3, 3, 3, 3, 8, 8}
	for at := range want {
		if got := r.Risk(at); !slices.Equal(got, want[at]) || r.Firm(at) != firm[at] {
			t.Errorf("before entry %d: %v at risk, behind %d; want %v and %d", at, got, r.Firm(at), want[at], firm[at])
		}
	}
	if n := r.Figures(); n.Writes != 6 || n.Flushes != 1 || n.Forced != 1 || n.Cuts != 1 || n.Records != 1 || n.Unflushed != 2 {
		t.Errorf("%+v", n)
	}
}

// naive is a card as a state says, one byte after the other.
func naive(r *Run, s State) []byte {
	b := make([]byte, 64*1024) // all that a reel writes to
	for at, data := range r.base {
		copy(b[at:], data[:])
	}
	for i, e := range r.events[:s.At] {
		if e.Kind != disk.Write || slices.Contains(s.Lost, i) {
			continue
		}
		for n := range e.Data {
			if there, torn := s.Torn[i]; !torn || there[n/sector] {
				b[e.Offset+int64(n)] = e.Data[n]
			}
		}
	}
	return b
}

// TestStates: states differ, lose only what was at risk, and are built as they say, in whatever order.
func TestStates(t *testing.T) {
	rapid.Check(t, func(p *rapid.T) {
		script := "w" + rapid.StringMatching(`[wwwoWfrlc]{1,24}`).Draw(p, "script")
		r := reel(t, script)
		n := rapid.IntRange(1, 40).Draw(p, "n")
		all := r.States(n, 7)
		if len(all) == 0 {
			p.Fatal("no states")
		}
		order := rapid.Permutation(all).Draw(p, "order")
		b, seen := r.Builder(), map[string]State{}
		for _, s := range order {
			risk := r.Risk(s.At)
			for _, i := range s.Lost {
				if !slices.Contains(risk, i) {
					p.Fatalf("%s: %v loses %d, at risk are %v", script, s, i, risk)
				}
			}
			for i, there := range s.Torn {
				if !slices.Contains(risk, i) || !slices.Contains(there, false) {
					p.Fatalf("%s: %v tears %d: %v, at risk are %v", script, s, i, there, risk)
				}
			}
			key := r.content(s)
			if old, ok := seen[key]; ok {
				p.Fatalf("%s: %v and %v are the same card", script, s, old)
			}
			seen[key] = s
			now, want := b.Build(s), naive(r, s)
			for at := int64(0); at < 64*1024; at += blockSize {
				got := now[at]
				if got == nil {
					got = new([blockSize]byte)
				}
				if !bytes.Equal(got[:], want[at:at+blockSize]) {
					p.Fatalf("%s: %v is another card at %d", script, s, at)
				}
			}
		}
	})
}

// TestChosen: every way of losing something is among the states of a run that has them, the same each time.
func TestChosen(t *testing.T) {
	r := reel(t, "wwwfwrwwflwwwwfcwf")
	all, again, how := r.States(200, 1), r.States(200, 1), map[string]int{}
	for i, s := range all {
		how[s.How]++
		if s.String() != again[i].String() || r.content(s) != r.content(again[i]) {
			t.Fatalf("%v, and then %v", s, again[i])
		}
	}
	for _, kind := range Kinds() {
		if how[kind] == 0 { // one that could be called two things is called what knows more
			t.Errorf("%q: %d states", kind, how[kind])
		}
	}
	if len(all) < 100 || len(all) > 200 {
		t.Errorf("%d states", len(all))
	}
	if few := r.States(5, 1); len(few) > 12 {
		t.Errorf("%d states, want about 5", len(few))
	}
}

// TestKnown: what the collector had, in its order.
func TestKnown(t *testing.T) {
	r := reel(t, "wlrwfrw")
	for at, want := range [][2]int{{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 1}, {1, 1}, {2, 1}, {2, 1}} {
		if records, entries := r.Known(at); len(records) != want[0] || len(entries) != want[1] {
			t.Errorf("before entry %d: %d and %d, want %v", at, len(records), len(entries), want)
		}
	}
	if got := r.Arrived(7); !slices.Equal(got, []bool{false, true, true}) {
		t.Error(got)
	}
}

// TestCard writes a whole card: what lies beside the data file system is there too.
func TestCard(t *testing.T) {
	r := reel(t, "wfww")
	r.all = slices.Insert(r.all, 2, disk.Entry{Kind: disk.Write, Offset: 8, Data: []byte("start")})
	r.place = []int{0, 1, 3, 4}
	s := State{At: 4, Lost: []int{3}, How: All}
	path := filepath.Join(t.TempDir(), "card.img")
	if err := r.Card(s, path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head, data := make([]byte, 13), make([]byte, 64*1024)
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != "card\x00\x00\x00\x00start" {
		t.Errorf("%q, %v", head, err)
	}
	if _, err := f.ReadAt(data, card.Data().Start); err != nil || !bytes.Equal(data, naive(r, s)[:len(data)]) {
		t.Errorf("another file system, %v", err)
	}
}

// TestLoad reads what a card reader has written, and refuses what says too little.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	image, journal := filepath.Join(dir, "card"), filepath.Join(dir, "j")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, card.Size); err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(short)
	d, err := disk.Serve(image, filepath.Join(short, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Record(journal); err != nil {
		t.Fatal(err)
	}
	d.Note("record 5 of d")
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(journal, nil, nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("nothing was written: %v", err)
	}
	if _, err := Load(dir, nil, nil); err == nil {
		t.Error("no journal")
	}
}
