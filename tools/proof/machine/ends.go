package machine

import (
	"fmt"
	"time"

	"tellijn/tools/proof/claim"
	"tellijn/tools/rig/forensics/pieces"
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
	f, err := s.fewest()
	if err != nil {
		return nil, err
	}
	stale, oldest := f.older()
	running := claim.Result{Promises: promises(nameRunning), Name: nameRunning,
		Measured: fmt.Sprintf("all memory of the board, kernel included, at up to %d moments while the eye counts, the best of them: the frame that "+
			"the USB driver is just filling, a risk that remains", looks),
		Figure: fmt.Sprintf("%d windows of frames that are over; %s, %.2f frames' worth, the oldest %d frames before the newest",
			stale, f, float64(f.RowHits)/frameBytes, oldest),
		Verdict: claim.Judge(stale <= pieces.InFlight && f.RowHits-stale <= frameBytes+pieces.InFlight && oldest <= pieces.MaxAge && s.control),
		Why: fmt.Sprintf("at most %d windows of frames that are over, which is what lies in transfers of the USB driver, at some moment; "+
			"none more than %d frames old", pieces.InFlight, pieces.MaxAge)}
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

// looks is how often the memory of a counting eye is looked at. At a bad moment a frame is in the hands
// of the eye, or several wait for it, while the driver fills another; it is not so always.
const looks = 4

// fewest searches until nothing is there of frames that are over, and gives the search that found the
// least of them.
func (s *session) fewest() (least found, err error) {
	for i := range looks {
		f, err := s.search()
		if err != nil {
			return f, err
		}
		stale, _ := f.older()
		if before, _ := least.older(); i == 0 || stale < before {
			least = f
		}
		if stale <= pieces.InFlight {
			break
		}
		time.Sleep(300 * time.Millisecond)
	}
	return least, nil
}

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
