// Package measure plays one room under one rule of release from the first day of a campus to the
// last, and measures what came of it: how far from the truth a reader is, what a week says, whether
// each crossing is accounted for, and what an attacker sees who knows everything but one visit. It
// judges nothing, and no part of a device uses it.
package measure

import (
	"fmt"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// Game is one room under one rule from the first day to the last.
type Game struct {
	Lines   []publish.Line    // as they are at the end
	Ledgers []publish.Ledger  // by line, at the end
	Shown   [][]publish.Shown // by line and interval
	Inside  []int32           // the truth at the end of each interval, visits included
	Guess   []int32           // what a reader believes
	Use     Tally
	Weeks   Weeks
	Broken  error // the first moment at which a line did not add up

	room    *world.Room
	rule    publish.Rule
	counted publish.Counted
	at      [][]publish.Line // the lines as they were at 18:00 of each day
}

// Play lets a room live. The secrets of a draw are its own, as the visits are.
func Play(rule publish.Rule, c *world.Campus, r *world.Room, draw int, visits []world.Visit) *Game {
	n := len(r.Inside)
	g := &Game{
		room: r, rule: rule, Lines: rule.Lines(c.Seed<<8+uint64(draw), r), counted: rule.Count(r, visits),
		at: make([][]publish.Line, c.Days), Guess: make([]int32, n), Inside: truth(r, visits),
	}
	g.Shown = make([][]publish.Shown, len(g.Lines))
	for i := range g.Shown {
		g.Shown[i] = make([]publish.Shown, n)
	}
	g.Ledgers = make([]publish.Ledger, len(g.Lines))
	books := make([]book, len(g.Lines))
	reader := publish.NewReader(rule, len(g.Lines))
	for t := range n {
		if t%world.PerDay == attack.Evening {
			g.at[t/world.PerDay] = clone(g.Lines)
		}
		publish.Play(g.Lines, g.counted, t, t+1, func(line, _ int, s publish.Shown) {
			g.Shown[line][t] = s
			reader.Read(line, t, s)
			g.Ledgers[line].Book(g.counted[line].In[t], g.counted[line].Out[t], s)
		})
		g.check(t)
		g.Guess[t] = reader.Inside()
		if publish.Open(t) {
			g.Use.See(r, g.Inside[t], g.Guess[t], used(rule, reader), t)
		}
		for i := range g.Lines {
			g.Weeks = books[i].turn(g.Weeks, &g.Ledgers[i], attack.Weekly(t))
		}
	}
	return g
}

// check notes the first interval after which a line does not add up; whether that matters, its rule
// says.
func (g *Game) check(t int) {
	if g.Broken != nil {
		return
	}
	for i, l := range g.Lines {
		if err := g.Ledgers[i].Broken(l); err != nil {
			g.Broken = fmt.Errorf("measure: room %d, line %d, interval %d: %w", g.room.Number, i, t, err)
		}
	}
}

// truth is how many are inside at the end of each interval, the visits included.
func truth(r *world.Room, visits []world.Visit) []int32 {
	inside := make([]int32, len(r.Inside))
	for t, n := range r.Inside {
		inside[t] = max(0, int32(n))
	}
	for _, v := range visits {
		for _, p := range v.Passes {
			for t := p.In; t < min(p.Out, len(inside)); t++ {
				inside[t]++
			}
		}
	}
	return inside
}

// used says whether a reader would call the room used at this moment.
func used(rule publish.Rule, r *publish.Reader) bool {
	if rule.Steps > 0 && !rule.Apart {
		return r.Level() > 0
	}
	return r.Inside() > 0
}

// Together adds up what the lines of a room show.
func (g *Game) Together() []publish.Shown {
	if len(g.Lines) == 1 {
		return g.Shown[0]
	}
	all := make([]publish.Shown, len(g.Shown[0]))
	for _, line := range g.Shown {
		for t, s := range line {
			all[t].In += s.In
			all[t].Out += s.Out
			all[t].FixIn += s.FixIn
			all[t].FixOut += s.FixOut
			all[t].Level += s.Level
		}
	}
	return all
}

func clone(lines []publish.Line) (all []publish.Line) {
	for _, l := range lines {
		all = append(all, l.Clone())
	}
	return all
}

// Busiest is the most people of the crowd inside at the end of an interval from..to, both included.
func (g *Game) Busiest(from, to int) (most int16) {
	for _, n := range g.room.Inside[from : to+1] {
		most = max(most, n)
	}
	return most
}

// ShownEmpty says whether every line says, in an interval, that nobody is inside.
func (g *Game) ShownEmpty(interval int) bool {
	for _, line := range g.Shown {
		if line[interval].Level != 0 {
			return false
		}
	}
	return true
}
