package machine

import (
	"fmt"

	"tellijn/tools/proof/claim"
)

// counting looks while the eye runs, and after it was stopped in order.
func (s *session) counting() ([]claim.Result, error) {
	if _, err := s.tell("eye"); err != nil {
		return nil, err
	}
	confined, err := s.confined()
	if err != nil {
		return nil, err
	}
	f, err := s.search()
	if err != nil {
		return nil, err
	}
	oldest := 0
	for _, n := range f.frames {
		oldest = max(oldest, (int(f.last)-n+pool)%pool)
	}
	running := claim.Result{Promises: promises(nameRunning), Name: nameRunning,
		Measured: "all memory of the board, kernel included, at a moment while the eye counts: frames in flight in the USB driver, a risk that remains",
		Figure: fmt.Sprintf("%s, %.2f frames' worth, the oldest %d frames before the newest",
			f, float64(f.rowHits)/frameBytes, oldest),
		Verdict: claim.Judge(f.rowHits <= inFlight && oldest <= maxAge && s.control),
		Why: fmt.Sprintf("at most %d windows in rows: %d buffers of the driver and %d transfers of %d bytes; none more than %d frames old",
			inFlight, buffers, transfers, transferBytes, maxAge)}
	stopped, err := s.end(nameStopped, "the eye was told to stop (SIGTERM)", sigTerm)
	return []claim.Result{confined, running, stopped}, err
}

// ended starts an eye, ends it with a signal, and searches.
func (s *session) ended(name, measured string, signal int) ([]claim.Result, error) {
	if _, err := s.tell("eye"); err != nil {
		return nil, err
	}
	r, err := s.end(name, measured, signal)
	return []claim.Result{r}, err
}

// leastCycles is how many frames an eye must have counted before its end shows anything.
const leastCycles = 10

// end ends the running eye with a signal, and searches once nothing of it is left.
func (s *session) end(name, measured string, signal int) (claim.Result, error) {
	answer, err := s.tell(fmt.Sprint("signal ", signal))
	if err != nil {
		return claim.Result{}, err
	}
	f, err := s.search()
	if err != nil {
		return claim.Result{}, err
	}
	var how ending
	if _, err := fmt.Sscanf(answer, "ended %s %d after %d frames", &how.word, &how.code, &how.cycles); err != nil {
		return claim.Result{}, fmt.Errorf("machine: the guest answered %q: %w", answer, err)
	}
	r := s.none(name, measured, f)
	r.Figure += fmt.Sprintf("; the eye ended with %s %d after %d frames", how.word, how.code, how.cycles)
	if why := how.wrong(signal); why != "" {
		r.Verdict, r.Why, s.wrong = claim.Short, why, why
	}
	return r, nil
}

// ending is how an eye ended: by "code" or by "signal".
type ending struct {
	word         string
	code, cycles int
}

// wrong tells why an end does not show what it should, or "".
func (e ending) wrong(signal int) string {
	switch {
	case e.cycles < leastCycles:
		return fmt.Sprintf("an eye that counted at least %d frames before its end", leastCycles)
	case signal == sigTerm && (e.word != "code" || e.code != 0):
		return "an end in order, with code 0"
	case signal == sigKill && (e.word != "signal" || e.code != sigKill):
		return "an end by signal 9"
	case signal == sigAbort && e.word == "code" && e.code == 0:
		return "an end that is none in order"
	}
	return ""
}
