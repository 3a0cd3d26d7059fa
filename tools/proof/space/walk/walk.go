package walk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"tellijn/boards"
	"tellijn/tools/proof/space/values"
)

// Sum is what a walk came to.
type Sum struct {
	Keys, Values           int
	Singles, Pairs, Random int
	Refused, Accepted      int
	// Withheld of the accepted have a rule that is finer than the floor, or out of order: the warden does
	// not start with them.
	Withheld int
	// Uncounted of the accepted will be refused by the eye when it sees the camera's format.
	Uncounted int
	Unclear   []string // refusals that do not say where
	Wrong     []string // accepted ones that break an invariant
	Finest    float64  // mm, the smallest cell
	Record    int      // bytes, the largest record
	Sample    []boards.Board

	mu   sync.Mutex
	seen int
	rng  *rand.Rand
}

// bound keeps lists of faults short.
const bound = 20

// take books one configuration.
func (s *Sum) take(g *Ground, c Config, changed ...string) {
	t := g.Try(c, changed...)
	var j Judged
	if t.Refused == nil {
		j = Judge(&t.Board)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := func(what string) string {
		out := g.Name + ": "
		for _, k := range changed {
			out += fmt.Sprintf("%s = %.60s (%d) ", k, c[k].Text, c[k].Tables)
		}
		return out + ": " + what
	}
	if t.Wrong != "" && len(s.Unclear) < bound {
		s.Unclear = append(s.Unclear, at(fmt.Sprintf("%s: %.200v", t.Wrong, t.Refused)))
	}
	if t.Refused != nil {
		s.Refused++
		return
	}
	s.Accepted++
	for _, w := range j.Wrong {
		if len(s.Wrong) < bound {
			s.Wrong = append(s.Wrong, at(w))
		}
	}
	s.Record = max(s.Record, j.Record)
	if j.Withheld != "" {
		s.Withheld++
		return
	}
	if j.Uncounted != "" {
		s.Uncounted++
		return
	}
	if s.Finest == 0 || j.CellMM < s.Finest {
		s.Finest = j.CellMM
	}
	// A sample of the accepted in which each has the same chance.
	s.seen++
	if len(s.Sample) < cap(s.Sample) {
		s.Sample = append(s.Sample, t.Board)
	} else if i := s.rng.IntN(s.seen); i < cap(s.Sample) {
		s.Sample[i] = t.Board
	}
}

// Walk goes through every value of every key alone and random whole configurations on each ground,
// and every two keys at all their values where the ground says so. It keeps a random sample of the
// accepted ones.
func Walk(ctx context.Context, grounds []Ground, seed uint64, random, sample int) (*Sum, error) {
	s := &Sum{Sample: make([]boards.Board, 0, sample), rng: rand.New(rand.NewPCG(seed, 1))}
	table := values.TOML()
	for i := range grounds {
		g := &grounds[i]
		if t := g.Try(g.Plain); t.Refused != nil {
			return nil, fmt.Errorf("walk: the ordinary configuration of %s is refused: %w", g.Name, t.Refused)
		}
		keys := sorted(g.Plain)
		s.Keys += len(keys)
		for a, key := range keys {
			s.Values += len(table[key])
			for _, v := range table[key] {
				s.Singles++
				s.take(g, g.Plain.With(Config{key: v}), key)
			}
			if !g.Pairs {
				continue
			}
			var wait sync.WaitGroup
			for _, other := range keys[a+1:] {
				if !meet(key, other) {
					continue
				}
				s.Pairs += len(table[key]) * len(table[other])
				wait.Go(func() { s.pairs(ctx, g, key, other) })
			}
			wait.Wait()
		}
		for range random / len(grounds) {
			s.Random++
			c := whole(s.rng, g.Plain)
			s.take(g, c, keys...)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// meet tells whether two keys are walked in pairs: all are, but for those of where counts go and whose
// they are added to, which meet only each other, the rule and the name of the device; and those of the
// computer, which meet their own table and what kind of board it is.
func meet(a, b string) bool {
	if machine(a) || machine(b) {
		table := func(k string) string { t, _, _ := strings.Cut(k, "."); return t }
		return table(a) == table(b) || a == "kind" || b == "kind"
	}
	going := func(k string) bool { return strings.HasPrefix(k, "upload.") || strings.HasPrefix(k, "room.") }
	near := func(k string) bool { return going(k) || strings.HasPrefix(k, "release.") || k == "device" }
	return !going(a) && !going(b) || near(a) && near(b)
}

// machine tells whether a key says what the computer is, what hangs on it and whom it may ask; nothing
// of it reaches the eye or the records.
func machine(k string) bool {
	table, _, _ := strings.Cut(k, ".")
	return slices.Contains([]string{"compatible", "compress", "memory", "parts", "hours", "network", "time", "approval"}, table)
}

// pairs crosses two keys.
func (s *Sum) pairs(ctx context.Context, g *Ground, a, b string) {
	table := values.TOML()
	for _, x := range table[a] {
		if ctx.Err() != nil {
			return
		}
		for _, y := range table[b] {
			s.take(g, g.Plain.With(Config{a: x, b: y}), a, b)
		}
	}
}

// whole is a random configuration: most keys are drawn from what is likely to be accepted, so that
// many whole ones are.
func whole(rng *rand.Rand, plain Config) Config {
	c := Config{}
	for _, key := range sorted(plain) {
		all := values.TOML()[key]
		switch {
		case rng.IntN(10) > 0:
			c[key] = likely(rng, key, plain[key])
		default:
			c[key] = all[rng.IntN(len(all))]
		}
	}
	return c
}

// likely draws a value between the limits of a key.
func likely(rng *rand.Rand, key string, plain values.Value) values.Value {
	number := func(format string, v any) values.Value { return literal(fmt.Sprintf(format, v)) }
	place := func() string { return fmt.Sprintf("[%.4f, %.4f]", rng.Float64(), rng.Float64()) }
	pick := func(all ...string) values.Value { return literal(all[rng.IntN(len(all))]) }
	switch key {
	case "interval":
		return pick(`"15m"`, `"20m"`, `"30m"`, `"60m"`, `"1h"`)
	case "release.k":
		return number("%d", 1+rng.IntN(40))
	case "release.open", "release.close":
		at := 7*60 + rng.IntN(16*60)
		return number(`"%s"`, fmt.Sprintf("%02d:%02d", at/60, at%60))
	case "release.zone":
		return pick(`"Europe/Amsterdam"`, `"UTC"`, `"Asia/Kathmandu"`, `"Pacific/Chatham"`)
	case "room.door":
		return values.Value{Tables: 2 + rng.IntN(7)}
	case "compress":
		return literal("1")
	case "beat":
		return number(`"%dms"`, 100+rng.IntN(9901))
	case "camera.format":
		return pick(`"YUYV"`, `"UYVY"`, `"NV12"`, `"YU12"`, `"GREY"`, `"MJPG"`, `""`)
	case "camera.width", "camera.height":
		return number("%d", 8<<rng.IntN(9)+rng.IntN(1024))
	case "camera.fps":
		return number("%.3f", 1+239*rng.Float64())
	case "scene.person_area":
		return number("%.6f", 0.0005+0.3*rng.Float64()*rng.Float64())
	case "scene.line":
		return values.Value{Tables: 1 + rng.IntN(8)}
	case "scene.zone":
		return values.Value{Tables: rng.IntN(9)}
	case "scene.line.from", "scene.line.to":
		return literal(place())
	case "scene.zone.corners":
		all := []string{place(), place(), place()}
		for range rng.IntN(10) {
			all = append(all, place())
		}
		slices.Sort(all)
		return literal("[" + joined(all) + "]")
	}
	return plain
}

func joined(all []string) (out string) {
	for i, a := range all {
		if i > 0 {
			out += ", "
		}
		out += a
	}
	return out
}
