package states

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"tellijn/boards/card"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/install"
)

// sector is what a card writes whole or not at all, in bytes.
const sector = 512

// State is one card that a power cut could have left.
type State struct {
	// At is how many entries of the journal came before the cut.
	At int
	// Lost are the writes that were not flushed and are not there, and Torn those of which only some sectors are, by
	// their place among the entries.
	Lost []int
	Torn map[int][]bool
	How  string // one of Kinds
}

// Kinds of states.
const (
	Prefix = "everything written is there"
	All    = "nothing unflushed is there"
	Some   = "of the unflushed a part is there"
	Tear   = "the last write is torn"
)

// Kinds are those of states, in the order of a table.
func Kinds() []string { return []string{Prefix, All, Some, Tear} }

// String says where the power was cut and what is not there, in words.
func (s State) String() string {
	return fmt.Sprintf("after entry %d, %s (%d lost, %d torn)", s.At, s.How, len(s.Lost), len(s.Torn))
}

// Risk gives the writes that are not on the card for good at a place.
func (r *Run) Risk(at int) (all []int) {
	for i := at - 1; i >= 0; i-- {
		switch e := r.events[i]; {
		case e.Kind == disk.Flush, e.Kind == disk.Cut:
			slices.Reverse(all)
			return all
		case e.Kind == disk.Write && !e.Forced:
			all = append(all, i)
		}
	}
	slices.Reverse(all)
	return all
}

// Firm is the place behind the last flush before a place: what was written by then is there whatever happens.
func (r *Run) Firm(at int) int {
	for i := at - 1; i >= 0; i-- {
		if k := r.events[i].Kind; k == disk.Flush || k == disk.Cut {
			return i + 1
		}
	}
	return 0
}

// States chooses about n states that differ, spread over the whole run: at each place all that was written is there;
// nothing of what was not flushed; the last write is torn; of the others by chance each is there, lost or torn. The
// same seed chooses the same. Where two would be the same card, the later one is looked at: the collector knows more.
func (r *Run) States(n int, seed uint64) []State {
	var ends, risky []int // places before the next write, and before the next write or flush with something at risk
	for i := range r.events {
		last := i == len(r.events)-1
		switch {
		case !last && r.events[i+1].Kind == disk.Note:
		case last || r.events[i+1].Kind == disk.Write:
			ends = append(ends, i+1)
			fallthrough
		default:
			if len(r.Risk(i+1)) > 0 {
				risky = append(risky, i+1)
			}
		}
	}
	rnd := rand.New(rand.NewPCG(seed, 6))
	chosen := map[string]State{}
	add := func(s State) {
		if old, ok := chosen[r.content(s)]; !ok || old.At < s.At {
			chosen[r.content(s)] = s
		}
	}
	stride := max(float64(len(ends))/float64(max(n/2, 1)), 1)
	for f := 0.0; int(f) < len(ends); f += stride {
		add(State{At: ends[int(f)], How: Prefix})
	}
	if len(risky) > 0 {
		step := max(float64(len(risky))/float64(max(n/3, 1)), 1)
		for f := 0.0; int(f) < len(risky); f += step {
			risk := r.Risk(risky[int(f)])
			add(State{At: risky[int(f)], How: All, Lost: risk})
		}
		for i := 0; len(chosen) < n && i < 4*n; i++ { // a run with few writes has fewer states
			at := risky[rnd.IntN(len(risky))]
			if risk := r.Risk(at); i%2 == 0 && len(risk) > 1 {
				add(r.some(at, risk, rnd))
			} else {
				add(r.tear(at, risk, rnd))
			}
		}
	}
	return slices.SortedFunc(maps.Values(chosen), func(a, b State) int { return cmp.Or(a.At-b.At, cmp.Compare(r.content(a), r.content(b))) })
}

// content tells which writes are there, and of which what.
func (r *Run) content(s State) string {
	lost := slices.Clone(s.Lost)
	at := s.At
	for at > 0 && (r.events[at-1].Kind != disk.Write || slices.Contains(lost, at-1)) {
		at-- // what follows changes nothing
	}
	lost = slices.DeleteFunc(lost, func(i int) bool { return i >= at })
	text := fmt.Sprint(at, lost)
	for _, i := range slices.Sorted(maps.Keys(s.Torn)) {
		text += fmt.Sprint(" ", i, s.Torn[i])
	}
	return text
}

// some loses a part of what is at risk, by chance.
func (r *Run) some(at int, risk []int, rnd *rand.Rand) State {
	s := State{At: at, How: Some, Torn: map[int][]bool{}}
	for _, i := range risk {
		switch rnd.IntN(5) {
		case 0, 1:
			s.Lost = append(s.Lost, i)
		case 2:
			s.Torn[i] = r.torn(i, rnd)
		}
	}
	if len(s.Lost)+len(s.Torn) == 0 {
		s.Lost = risk[:1]
	}
	return s
}

// tear leaves some sectors of the last write, and all of the others or none.
func (r *Run) tear(at int, risk []int, rnd *rand.Rand) State {
	last := risk[len(risk)-1]
	s := State{At: at, How: Tear, Torn: map[int][]bool{last: r.torn(last, rnd)}}
	if rnd.IntN(2) == 0 {
		s.Lost = risk[:len(risk)-1]
	}
	return s
}

// torn chooses sectors of a write: the first ones, or any.
func (r *Run) torn(i int, rnd *rand.Rand) []bool {
	there := make([]bool, (len(r.events[i].Data)+sector-1)/sector)
	first := rnd.IntN(len(there))
	for n, any := range there[:first] {
		there[n] = !any
	}
	if rnd.IntN(2) == 0 {
		rnd.Shuffle(len(there), func(a, b int) { there[a], there[b] = there[b], there[a] })
	}
	return there
}

// Builder gives a new one.
func (r *Run) Builder() *Builder { return &Builder{r: r} }

// Builder makes one state after the other; it is quick where they rise. It is used from one goroutine.
type Builder struct {
	r    *Run
	at   int
	firm Blocks // what is there behind entry at, with nothing lost
}

// Build gives the file system of a state. Its blocks may not be changed.
func (b *Builder) Build(s State) Blocks {
	firm := b.r.Firm(s.At)
	if b.firm == nil || firm < b.at {
		b.at, b.firm = 0, maps.Clone(b.r.base)
	}
	b.apply(b.firm, b.at, firm, State{})
	b.at = firm
	now := maps.Clone(b.firm)
	b.apply(now, firm, s.At, s)
	return now
}

func (b *Builder) apply(to Blocks, from, at int, s State) {
	for i := from; i < at; i++ {
		e := b.r.events[i]
		if e.Kind != disk.Write || slices.Contains(s.Lost, i) {
			continue
		}
		there, torn := s.Torn[i]
		if !torn {
			to.put(e.Offset, e.Data)
			continue
		}
		for n, ok := range there {
			if ok {
				to.put(e.Offset+int64(n*sector), e.Data[n*sector:min((n+1)*sector, len(e.Data))])
			}
		}
	}
}

// Card writes the whole card of a state to a new file.
func (r *Run) Card(s State, path string) error {
	if err := install.Copy(filepath.Join(r.dir, disk.BaseFile), path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("states: %w", err)
	}
	defer f.Close()
	end := len(r.all)
	if s.At < len(r.place) {
		end = r.place[s.At]
	}
	for _, e := range r.all[:end] { // the partitions that the data file system is not in
		if e.Kind == disk.Write {
			if _, err := f.WriteAt(e.Data, e.Offset); err != nil {
				return fmt.Errorf("states: %w", err)
			}
		}
	}
	b := Builder{r: r}
	now := b.Build(s)
	var zeros [blockSize]byte
	for at := int64(0); at < card.DataSize; at += blockSize {
		data := now[at]
		if data == nil {
			data = &zeros
		}
		if _, err := f.WriteAt(data[:], card.Data().Start+at); err != nil {
			return fmt.Errorf("states: %w", err)
		}
	}
	return nil
}
