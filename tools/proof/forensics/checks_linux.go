package forensics

import (
	"context"
	"fmt"
	"time"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// tick is between two frames.
const tick = 40 * time.Millisecond

// How much is done: cycles that are each searched, of each format, and cycles under garbage.
const (
	searched = 12
	many     = 10_000
)

// Checks are the searches.
func Checks() []claim.Check {
	return []claim.Check{
		{Name: "forensics: cycles", Run: cycles},
		{Name: "forensics: garbage", Run: garbage},
		{Name: "forensics: disk", Run: disk},
	}
}

// cycles searches after each cycle, for each format, with secret memory and without.
func cycles(ctx context.Context, b *bench.Bench) (out []claim.Result, err error) {
	for _, f := range formats() {
		for _, readable := range []bool{false, true} {
			r := claim.Result{Promises: []int{5, 28, 30, 82}, Command: "go run ./tools/proof -only forensics",
				Name: fmt.Sprintf("Memory of the eye after each frame, %s", f.Pixel),
				Measured: fmt.Sprintf("%d frames of %dx%d %s; after each, all memory and registers of the eye are searched for 8 bytes of any of them",
					searched, f.Width, f.Height, f.Pixel)}
			if readable {
				r.Name += ", all readable"
				r.Measured += "; secret memory is denied to it, so that all can be read"
			}
			r, err = judged(r, func() (Tally, error) { return AfterEachCycle(ctx, b, f, searched, readable) })
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// garbage searches an eye that counts long and has garbage collected.
func garbage(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	r, err := judged(claim.Result{Promises: []int{5, 28, 30, 82}, Command: "go run ./tools/proof -only forensics",
		Name:     "Memory of a busy eye after 10,000 frames",
		Measured: fmt.Sprintf("%d frames while garbage is made and collected at least a thousand times (such an eye needs some system calls more); all memory and registers are searched eleven times", many)},
		func() (Tally, error) { return UnderGarbage(ctx, b, many) })
	return []claim.Result{r}, err
}

// disk searches the other programs and what they wrote.
func disk(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	memory := claim.Result{Promises: []int{7, 28, 30, 31}, Command: "go run ./tools/proof -only forensics", Name: "Memory of the other programs",
		Measured: "frames are counted by all programs together; then the memory and registers of warden and courier are searched"}
	files := claim.Result{Promises: []int{7, 28, 30}, Command: "go run ./tools/proof -only forensics", Name: "Files and words that the programs wrote",
		Measured: "every file that the programs wrote is searched, and everything that they said"}
	if why := able(); why != "" {
		memory.Verdict, memory.Why, files.Verdict, files.Why = claim.NotShown, why, claim.NotShown, why
		return []claim.Result{memory, files}, nil
	}
	t, d, err := Together(ctx, b)
	if err != nil {
		return nil, err
	}
	memory.Figure, memory.Verdict = t.String(), claim.Judge(t.clean())
	files.Figure, files.Verdict = d.String(), claim.Judge(d.clean())
	return []claim.Result{memory, files}, nil
}

// judged runs one case, where this machine can.
func judged(r claim.Result, run func() (Tally, error)) (claim.Result, error) {
	if r.Why = able(); r.Why != "" {
		r.Verdict = claim.NotShown
		return r, nil
	}
	t, err := run()
	if err != nil {
		return r, err
	}
	r.Figure, r.Verdict = t.String(), claim.Judge(t.clean())
	if r.Verdict == claim.Short {
		r.Why = "want 0 windows found, and nine in ten of the frame that was kept"
	}
	return r, nil
}
