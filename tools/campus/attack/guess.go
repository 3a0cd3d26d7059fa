package attack

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"tellijn/tools/campus/boost"
)

// Threshold is the attacker who compares one published number with a limit. Number, limit and
// direction are those that work best on the other rooms.
func Threshold(e Evenings) (a Advantage) {
	for f := range Folds {
		var best limit
		for feature := range simple {
			l := find(e, feature, func(room int) bool { return fold(room) != f })
			if l.gain > best.gain {
				best = l
			}
		}
		for i, room := range e.Room {
			if fold(room) == f {
				a.judge(e.Visit[i], best.says(float64(e.Table.Row(i)[best.feature])))
			}
		}
	}
	return a
}

// find gives the best limit for one feature on the rooms that are chosen.
func find(e Evenings, feature int, choose func(room int) bool) limit {
	var all []point
	for i, room := range e.Room {
		if choose(room) {
			all = append(all, point{float64(e.Table.Row(i)[feature]), e.Visit[i]})
		}
	}
	l := best(all)
	l.feature = feature
	return l
}

// Boosted is the attacker who learned on some rooms, chose a limit on others, and is tried on yet
// others. It fails if there are too few rooms for that.
func Boosted(e Evenings, o boost.Options) (a Advantage, err error) {
	var crew sync.WaitGroup
	parts, errs := make([]Advantage, Folds), make([]error, Folds)
	for f := range Folds {
		crew.Go(func() { parts[f], errs[f] = boosted(e, f, o) })
	}
	crew.Wait()
	for f := range Folds {
		if errs[f] != nil {
			return a, fmt.Errorf("attack: rooms of group %d: %w", f, errs[f])
		}
		a = a.with(parts[f])
	}
	return a, nil
}

func boosted(e Evenings, test int, o boost.Options) (a Advantage, err error) {
	choose := (test + 1) % Folds
	learn := boost.Table{Width: e.Table.Width}
	var class []bool
	for i, room := range e.Room {
		if g := fold(room); g != test && g != choose {
			learn.Add(e.Table.Row(i))
			class = append(class, e.Visit[i])
		}
	}
	m, err := boost.Train(learn, class, o)
	if err != nil {
		return a, err
	}
	var seen []point
	for i, room := range e.Room {
		if fold(room) == choose {
			seen = append(seen, point{m.Score(e.Table.Row(i)), e.Visit[i]})
		}
	}
	l := best(seen)
	for i, room := range e.Room {
		if fold(room) == test {
			a.judge(e.Visit[i], l.says(m.Score(e.Table.Row(i))))
		}
	}
	return a, nil
}

// point is an evening seen as one number.
type point struct {
	value float64
	visit bool
}

// limit says "visit" above it, or, if below is true, up to it.
type limit struct {
	feature int
	at      float64
	below   bool
	gain    float64 // the advantage where it was found
}

func (l limit) says(v float64) bool { return (v > l.at) != l.below }

// best finds the limit with the largest advantage; without any, one that never says "visit".
func best(all []point) (l limit) {
	if len(all) == 0 {
		return l
	}
	slices.SortFunc(all, func(a, b point) int { return cmp.Compare(a.value, b.value) })
	l.at = all[len(all)-1].value
	var visits, empty float64
	for _, p := range all {
		if p.visit {
			visits++
		} else {
			empty++
		}
	}
	if visits == 0 || empty == 0 {
		return l
	}
	var v, n float64 // up to here
	for i, p := range all {
		if p.visit {
			v++
		} else {
			n++
		}
		if i+1 < len(all) && all[i+1].value == p.value {
			continue
		}
		gain := v/visits - n/empty
		if gain > l.gain {
			l.at, l.below, l.gain = p.value, true, gain
		}
		if -gain > l.gain {
			l.at, l.below, l.gain = p.value, false, -gain
		}
	}
	return l
}
