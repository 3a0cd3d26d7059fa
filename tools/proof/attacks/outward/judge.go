package outward

import (
	"fmt"
	"strings"

	"tellijn/tools/proof/claim"
)

// Outcome is what became of one attack.
type Outcome struct {
	Attack
	Fired  bool // where nothing held it, it came as far as the kernel
	Worked bool // there it even did what it wanted
	Held   bool // confined, it was stopped; a control was not
	Free   string
	How    string // how it went confined, in words
}

// least is how many attacks there must be of each program.
const least = 36

// Judge sums up the attacks of one program.
func Judge(all []Outcome, program, command string) claim.Result {
	n, fired, worked, held, controls, live := 0, 0, 0, 0, 0, 0
	var open, loose []string
	for _, o := range all {
		switch {
		case o.Program != program:
			continue
		case o.Control:
			controls++
			live += count(o.Held)
			if strings.Contains(o.Words, "nothing stops") {
				loose = append(loose, o.Words)
			}
		default:
			n++
			fired += count(o.Fired)
			worked += count(o.Worked)
			held += count(o.Held)
		}
		if !o.Held || !o.Fired {
			open = append(open, fmt.Sprintf("%s (free: %s; confined: %s)", o.Words, o.Free, o.How))
		}
	}
	r := claim.Result{Promises: []int{28, 31, 64}, Command: command, Name: "A " + program + " that was taken over",
		Measured: "it holds what an honest " + program + " holds, is confined as that is, and tries what it may not: other connections, other files, other programs",
		Figure: fmt.Sprintf("%d of %d stopped; %d were made, and %d do what they want where nothing holds them; %d of %d that are allowed passed",
			held, n, fired, worked, live, controls),
		Verdict: claim.Judge(held == n && fired == n && n >= least && worked*2 >= n && live == controls && controls > 0)}
	if len(loose) > 0 {
		r.Figure += "; it can " + strings.Join(loose, ", and ")
	}
	if r.Verdict == claim.Short {
		r.Why = fmt.Sprintf("want all stopped, all made, at least %d of them, and what is allowed not stopped; not so: %s", least, strings.Join(open, "; "))
	}
	return r
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
