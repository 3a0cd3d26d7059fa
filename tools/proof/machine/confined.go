package machine

import (
	"fmt"
	"slices"
	"strings"

	"tellijn/tools/proof/claim"
)

// stages are those of an eye, each with a filter of its own over the ones before.
const stages = 3

// weakest is what the kernel says of the thread of an eye that is held least.
type weakest struct {
	threads, seccomp, filters, locked int
	rights                            uint64
}

// parse reads the answer of the guest.
func parse(answer string) (w weakest, err error) {
	if _, err := fmt.Sscanf(answer, "status threads=%d seccomp=%d filters=%d nonewprivs=%d rights=0x%x",
		&w.threads, &w.seccomp, &w.filters, &w.locked, &w.rights); err != nil {
		return w, fmt.Errorf("machine: the guest answered %q: %w", answer, err)
	}
	return w, nil
}

// held tells whether it is held as it must be.
func (w weakest) held() bool {
	return w.threads > 1 && w.seccomp == 2 && w.filters >= stages && w.locked == 1 && w.rights == 0
}

// confined reads what the kernel says of the running eye.
func (s *session) confined() (claim.Result, error) {
	answer, err := s.tell("status")
	if err != nil {
		return claim.Result{}, err
	}
	w, err := parse(answer)
	if err != nil {
		return claim.Result{}, err
	}
	return claim.Result{Promises: promises(nameConfined), Name: nameConfined,
		Measured: "what the arm64 kernel says of every thread of the eye while it counts (/proc/PID/task/*/status)",
		Figure: fmt.Sprintf("the weakest of %d threads has call filter %d (2 is on), %d filters one over the other, no new rights %d (1 is on), capabilities %#x (0 is none)",
			w.threads, w.seccomp, w.filters, w.locked, w.rights),
		Verdict: claim.Judge(w.held()),
		Why:     fmt.Sprintf("Seccomp 2 (a filter), %d filters, NoNewPrivs 1, no capability, in every thread", stages)}, nil
}

// attacks runs each attack of the hostile eye; each must end with SIGSYS. Then it searches
// once more: some of them, such as a panic, end the eye with frames in its hands.
func (s *session) attacks(h Hostile) ([]claim.Result, error) {
	if h.Folder == "" {
		return nil, nil
	}
	all, blocked, others := 0, 0, ""
	for _, kind := range []struct {
		word  string
		names []string
	}{{"drawn", h.Drawn}, {"camera", h.Camera}} {
		for _, name := range kind.names {
			answer, err := s.tell("attack " + kind.word + " " + name)
			if err != nil {
				return nil, err
			}
			all++
			if how := strings.TrimPrefix(answer, "attacked "); strings.HasPrefix(how, fmt.Sprintf("signal %d ", sigSys)) {
				blocked++
			} else {
				others += "; " + name + ": " + how
			}
		}
	}
	f, err := s.search()
	if err != nil {
		return nil, err
	}
	s.none(nameAttacks, "", f) // for what left says
	r := claim.Result{Promises: promises(nameAttacks), Name: nameAttacks,
		Measured: "an eye that was taken over tries, on an arm64 kernel: " + strings.Join(slices.Concat(h.Drawn, h.Camera), ", "),
		Figure:   fmt.Sprintf("%d of %d ended by the kernel (SIGSYS)%s; afterwards %s", blocked, all, others, f),
		Verdict:  claim.Judge(all > 0 && blocked == all), Why: "each ended by the kernel with signal 31"}
	return []claim.Result{r}, nil
}
