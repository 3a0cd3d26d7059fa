package space

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"tellijn/boards"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/space/noise"
	"tellijn/tools/proof/space/walk"
)

// cycles of each run on frames, and the largest frame in pixels that most runs have.
const (
	cycles = 12
	large  = 1 << 20
)

// ran is what the runs on frames came to.
type ran struct {
	mu                         sync.Mutex
	boards, runs, messages     int
	kept, looked, odd          int
	same, moved                int
	names                      [wire.Size]string
	fields                     map[string]int // most bits of a field that differed
	leaks                      []string
	counts, frames, time, free float64
	freeFields                 map[string]int
	errs                       []error
}

// frames runs accepted configurations on noise and on blank frames.
func (s *shared) frames(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	sum, err := s.walk(ctx, b)
	if err != nil {
		return nil, err
	}
	r := &ran{names: noise.Layout(), fields: map[string]int{}, freeFields: map[string]int{}}
	todo, wait := make(chan int), sync.WaitGroup{}
	for range 2 {
		wait.Go(func() {
			for i := range todo {
				if err := r.board(&sum.Sample[i], rand.New(rand.NewPCG(s.seed, uint64(i)))); err != nil {
					r.mu.Lock()
					r.errs = append(r.errs, err)
					r.mu.Unlock()
				}
			}
		})
	}
	huge := 0
	for i := range sum.Sample {
		if f := sum.Sample[i].Wanted; f.Width*f.Height > large {
			if huge++; huge > 6 {
				continue
			}
		}
		if ctx.Err() == nil {
			todo <- i
		}
	}
	close(todo)
	wait.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(r.errs) > 0 {
		return nil, r.errs[0]
	}
	return r.results(s.seed), nil
}

// board runs one configuration on every kind of frames.
func (r *ran) board(b *boards.Board, rng *rand.Rand) error {
	f := walk.Format(b)
	plain, err := noise.Run(b, f, noise.Blank, cycles, rng)
	if err != nil {
		return err
	}
	outs := []*noise.Out{plain}
	for _, k := range noise.Kinds() {
		out, err := noise.Run(b, f, k, cycles, rng)
		if err != nil {
			return err
		}
		outs = append(outs, out)
	}
	m := walk.Fullest(b, f)
	m.Tally.Dropped = 0
	for i := range m.Tally.Lines {
		m.Tally.Lines[i].Forward = 0
	}
	for i := range m.Tally.Zones {
		m.Tally.Zones[i].Inside = 0
	}
	free, bound := noise.Free(&m, noise.Terms(b)), noise.Bound(b, f)
	length := noise.Refuses(&m, noise.Terms(b))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.boards++
	if !length {
		r.odd++
	}
	for i, out := range outs {
		r.runs++
		r.kept += out.Kept
		r.looked += out.Looked
		r.compare(plain, out, i)
	}
	r.counts, r.frames, r.time = math.Max(r.counts, bound.Counts), math.Max(r.frames, bound.Frames), math.Max(r.time, bound.Time)
	all := 0
	for name, n := range free {
		all += n
		r.freeFields[name] = max(r.freeFields[name], n)
	}
	r.free = math.Max(r.free, float64(all))
	return nil
}

// compare holds the messages of a run against those of blank frames.
func (r *ran) compare(plain, out *noise.Out, kind int) {
	if len(out.Messages) != len(plain.Messages) {
		r.leaks = append(r.leaks, fmt.Sprintf("%d messages instead of %d", len(out.Messages), len(plain.Messages)))
		return
	}
	for i := range out.Messages {
		r.messages++
		if out.Writes[i] != wire.Size {
			r.odd++
		}
		moved := noise.Moved(&plain.Messages[i], &out.Messages[i], &r.names)
		delete(moved, "checksum") // follows from the others
		for name, n := range moved {
			r.fields[name] = max(r.fields[name], n)
			if !slices.Contains([]string{"Tally.Quality", "Tally.Dropped", "Tally.Cycles", "Tally.Damaged", "Tally.Lines", "Tally.Zones"}, name) && len(r.leaks) < 20 {
				r.leaks = append(r.leaks, fmt.Sprintf("kind %d moves %s by %d bits", kind, name, n))
			}
		}
		if moved["Tally.Lines"]+moved["Tally.Zones"] > 0 {
			r.moved++
		} else if kind > 0 {
			r.same++
		}
	}
}

// results are the sentences of the runs.
func (r *ran) results(seed uint64) []claim.Result {
	what := fmt.Sprintf("%d accepted configurations, drawn from all (seed %d), each on blank frames, still noise, fresh noise, blocks of noise and broken frames", r.boards, seed)
	return []claim.Result{
		result("Size of messages, whatever the frames show", what+": bytes of each write of the eye, and whether the warden refuses a message that is a byte shorter or longer",
			fmt.Sprintf("%d messages of %d bytes, %d of another size", r.messages, wire.Size, r.odd), r.odd == 0 && r.messages > 1000, "one size", promises(1, 7, 31)...),
		result("Parts of a message that frames can change", "bits in which a message on noise differs from that on blank frames, by field; the frame's lifetime is held equal",
			fmt.Sprintf("%d fields beside counts, quality, drops and damaged frames; most bits of each that is free to move: %s; in %d messages people and crossings were the same, in %d noise was taken for people",
				len(r.leaks), list(r.fields), r.same, r.moved),
			len(r.leaks) == 0 && r.same > 1000, first(r.leaks), promises(1, 31, 59)...),
		result("Most that one honest message can say", "the whole channel: logarithm of the number of different tallies that the warden takes in one beat, for the configuration that has most; \"coarse\" comes from the configuration",
			fmt.Sprintf("at most %.1f bits are counts; beside them frames can move %.1f bits (quality 4, drops, damaged frames) and the clock %.1f bits (lifetimes)", r.counts, r.frames, r.time),
			r.frames > 0 && r.frames < 64, "under 64 bits beside counts", promises(28, 31)...),
		result("Most that a message of a lying eye can say", "bits of a first message that can be changed one at a time without the warden refusing it, by field",
			fmt.Sprintf("at most %.0f of %d bits in one configuration; by field %s", r.free, 8*wire.Size, list(r.freeFields)), r.free > 0 && r.free < 8*wire.Size/2 && r.freeFields["head"]+r.freeFields["Tally.Number"]+r.freeFields["checksum"] == 0,
			"less than half of the message, and nothing of its frame", promises(31)...),
		result("What a frame leaves in working memory", what+": after each cycle scratch is compared with that of a counter which only ever saw blank frames",
			fmt.Sprintf("%d of %d cycles leave something", r.kept, r.looked), r.kept == 0 && r.looked > 1000, "0", promises(5, 30)...),
	}
}

// list writes numbers by name.
func list(m map[string]int) (out string) {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%s %d", n, m[n])
	}
	if out == "" {
		out = "no field moves"
	}
	return out
}
