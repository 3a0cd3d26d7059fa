package machine

import (
	"fmt"
	"slices"
	"strings"

	"tellijn/tools/proof/claim"
)

// confined reads what the kernel says of the running eye.
func (s *session) confined() (claim.Result, error) {
	answer, err := s.tell("status")
	if err != nil {
		return claim.Result{}, err
	}
	var threads, seccomp, locked int
	var rights uint64
	if _, err := fmt.Sscanf(answer, "status threads=%d seccomp=%d nonewprivs=%d rights=0x%x", &threads, &seccomp, &locked, &rights); err != nil {
		return claim.Result{}, fmt.Errorf("machine: the guest answered %q: %w", answer, err)
	}
	return claim.Result{Promises: promises(nameConfined), Name: nameConfined,
		Measured: "what the arm64 kernel says of every thread of the eye while it counts (/proc/PID/task/*/status)",
		Figure:   fmt.Sprintf("the weakest of %d threads has call filter %d (2 is on), no new rights %d (1 is on), capabilities %#x (0 is none)", threads, seccomp, locked, rights),
		Verdict:  claim.Judge(threads > 0 && seccomp == 2 && locked == 1 && rights == 0),
		Why:      "Seccomp 2 (a filter), NoNewPrivs 1, no capability, in every thread"}, nil
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
