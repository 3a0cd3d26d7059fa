package attributes

import (
	"context"
	"fmt"

	"tellijn/tools/proof/attributes/link"
	"tellijn/tools/proof/attributes/pairs"
	"tellijn/tools/proof/claim"
)

// wanted says the tolerance of pairs.
func wanted() string {
	return fmt.Sprintf("at least %.0f %% of crossings the same, and less than %.0f points between the two sides; "+
		"counting errs in about 2 of 100 crossings whatever people wear", pairs.LeastSame, pairs.MostBias)
}

// checkPairs plays n scenes and compares every kind of change.
func checkPairs(ctx context.Context, n int, say func(string)) ([]claim.Result, error) {
	p, err := pairs.Play(ctx, n, say)
	if err != nil {
		return nil, err
	}
	var all []claim.Result
	for _, k := range pairs.Kinds() {
		o, err := p.Kind(k)
		if err != nil {
			return nil, err
		}
		all = append(all, judgePair(k, &o))
	}
	same, err := pairs.Same(ctx, n/25+1)
	if err != nil {
		return nil, err
	}
	other, err := p.OtherPaths()
	if err != nil {
		return nil, err
	}
	return append(all, judgeControls(same, n/25+1, &other)), nil
}

// judgePair judges one kind of change.
func judgePair(k pairs.Kind, o *pairs.Outcome) claim.Result {
	return claim.Result{
		Promises: []int{59, 61}, Name: "Same people, " + k.Name,
		Measured: fmt.Sprintf("the same walkers, in %s and in %s, in %d drawn scenes: crossings of the same direction within %d frames", k.A, k.B, o.Pairs, pairs.Reach),
		Figure:   o.Figure(k), Verdict: claim.Judge(o.Within()), Why: wanted(), Command: command(namePairs),
	}
}

// judgeControls judges whether the comparison can tell same from other.
func judgeControls(same, of int, other *pairs.Outcome) claim.Result {
	return claim.Result{
		Promises: []int{61}, Name: "Control: comparing looks can fail",
		Measured: "the same walkers in the same looks played twice, and other walkers in each scene",
		Figure: fmt.Sprintf("%d of %d the same to the last bit; with other walkers %d of %d crossings the same (%.1f %%)",
			same, of, other.Same, other.Counted, other.Share()),
		Verdict: claim.Judge(of > 0 && same == of && other.Counted > 0 && !other.Within()),
		Why:     "every repeat the same, and other walkers out of tolerance", Command: command(namePairs),
	}
}

// linked is what came of the runs with two devices.
type linked struct {
	runs, runsDiffer       int
	records, differ, bytes int
	guess, control         link.Guesses
}

// checkLink plays runs of walkers at two devices and lets an attacker guess.
func checkLink(ctx context.Context, n int) ([]claim.Result, error) {
	runs, err := link.Play(ctx, n)
	if err != nil {
		return nil, err
	}
	l := linked{runs: n}
	var plain, leaky []link.Lineup
	for i := range runs {
		r := &runs[i]
		records, differ, count, err := r.Differ()
		if err != nil {
			return nil, err
		}
		l.records, l.differ, l.bytes = l.records+records, l.differ+differ, l.bytes+count
		if differ > 0 {
			l.runsDiffer++
		}
		a, err := r.Lineup(nil)
		if err != nil {
			return nil, err
		}
		b, err := r.Lineup(link.Marked)
		if err != nil {
			return nil, err
		}
		plain, leaky = append(plain, a), append(leaky, b)
	}
	l.guess, l.control = link.Guess(plain), link.Guess(leaky)
	return l.judge(), nil
}

// judge judges bytes, guesses and the control.
func (l *linked) judge() []claim.Result {
	low, high := pairs.Wilson(l.guess.Right, l.guess.Walkers)
	least, _ := pairs.Wilson(l.control.Right, l.control.Walkers)
	chance := func(g link.Guesses) float64 { return 100 * g.Chance / float64(max(g.Walkers, 1)) }
	alike := 100 * float64(l.records-l.differ) / float64(max(l.records, 1))
	return []claim.Result{
		{
			Promises: []int{25}, Name: "Finding a person again at a second camera",
			Measured: fmt.Sprintf("%d walkers pass two drawn devices in %d runs, each alone in a record of each; who knows all records and times, and has learnt from half of the runs, finds them again by anything but time",
				l.guess.Walkers, l.runs),
			Figure: fmt.Sprintf("%d of %d found, %.1f %% (95 %%: %.1f to %.1f); blind guessing finds %.1f %%; control, with one more field that names the walker: %d of %d",
				l.guess.Right, l.guess.Walkers, 100*float64(l.guess.Right)/float64(max(l.guess.Walkers, 1)), low, high, chance(l.guess),
				l.control.Right, l.control.Walkers),
			Verdict: claim.Judge(l.guess.Walkers > 0 && low <= chance(l.guess) && least > chance(l.control)),
			Why:     "no better than chance within the interval, and the control far better", Command: command(nameLink),
		}, {
			Promises: []int{25, 61}, Name: "Records after looks were exchanged",
			Measured: fmt.Sprintf("records of the second device, with the same paths and times, after its walkers exchanged clothes, skin, stripes and symbols; aside from %s", none(link.Named())),
			Figure: fmt.Sprintf("%d of %d records the same to the byte (%.1f %%); %d bytes differ in the others, in %d of %d runs",
				l.records-l.differ, l.records, alike, l.bytes, l.runsDiffer, l.runs),
			Verdict: claim.Judge(l.records > 0 && alike >= pairs.LeastSame),
			Why: fmt.Sprintf("at least %.0f %% of records the same to the byte, as of crossings: a record differs when counting errs for one look and not for another",
				pairs.LeastSame),
			Command: command(nameLink),
		},
	}
}
