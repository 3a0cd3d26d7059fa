package forensics

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/forensics/printed"
	"tellijn/tools/proof/forensics/programs"
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
		{Name: "forensics: together", Run: together},
		{Name: "forensics: words", Run: printed.Check},
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

// together searches all programs and what they wrote, and looks at what they have open.
func together(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	const command = "go run ./tools/proof -only forensics"
	memory := claim.Result{Promises: []int{7, 28, 30, 31}, Command: command, Name: "Memory of the other programs",
		Measured: "frames are counted by all programs together; then the memory and registers of each of them are searched; " +
			"as a control the same programs, found in the same way, with an eye that keeps a frame"}
	files := claim.Result{Promises: []int{7, 28, 30}, Command: command, Name: "Files and words that the programs wrote",
		Measured: "every file that the programs wrote is searched, and everything that they said"}
	open := claim.Result{Promises: []int{7, 9, 28, 31, 58}, Command: command, Name: "Connections of the running programs",
		Measured: "all programs count and send to a collector on this machine; what each of them has open (/proc/PID/fd), and the kernel's tables of sockets (/proc/PID/net): " +
			"nobody listens, and only courier and dialer have a connection, to the one address of the configuration; as a control a program that listens"}
	sent := claim.Result{Promises: []int{7, 26}, Command: command, Name: "What the collector has in the end",
		Measured: "records and entries of the log that the collector checked and stored in that time, by their signatures, and those that it refused"}
	closed := claim.Result{Promises: []int{8, 58}, Command: command, Name: "Files of a device that others may read",
		Measured: "every file and folder of a device that counted and sent, its ledger with keys and exact counts, its queue and its certificate among them: what others than its owner may do with them (mode bits); as a control the ledger is opened to all"}
	out := []claim.Result{memory, files, open, sent, closed}
	if why := able(); why != "" {
		for i := range out {
			out[i].Verdict, out[i].Why = claim.NotShown, why
		}
		return out, nil
	}
	s, err := Together(ctx, b)
	if err != nil {
		return nil, err
	}
	out[0].Figure, out[0].Verdict = fmt.Sprintf("%s; %d KB or more of each of %d programs", &s.Memory, s.Least>>10, s.Memory.Searches), claim.Judge(s.clean())
	out[1].Figure, out[1].Verdict = s.Files.String(), claim.Judge(s.Files.clean())
	out[2].Figure, out[2].Verdict = s.open(), claim.Judge(s.closed())
	out[3].Figure, out[3].Verdict = fmt.Sprintf("%d stored, %d refused", s.Stored, s.Refused), claim.Judge(s.Stored >= 5 && s.Refused == 0)
	out[4].Figure, out[4].Verdict = s.Kept.String()+fmt.Sprintf("; control seen: %v", s.Seen), claim.Judge(s.Kept.closed() && s.Seen)
	for i, why := range []string{"no window found in any of five programs, of each of which 1 MB or more was searched, and nine in ten of the frame that was kept", "no window found, and nine in ten of one that was hidden",
		"no socket but those between programs of this machine and connections of courier and dialer to " + s.Address + ", and the one of the control seen", "5 and more stored, none refused", "none, with all of " + strings.Join(expected(), ", ")} {
		if out[i].Verdict == claim.Short {
			out[i].Why = "want " + why
		}
	}
	return out, nil
}

// open is the figure of what is open.
func (s *Shown) open() string {
	strange, courier := s.strange()
	text := fmt.Sprintf("%d strange connections or sockets of a network in %d programs, and %d of the courier to the collector, which the dialer made; "+
		"%d ends of a local socket, between the halves of the warden, and courier and dialer; "+
		"%d programs are in a network of their own; control: %d seen where one was opened",
		len(strange), s.Sockets.Programs, courier, s.Sockets.Local, s.Sockets.Own, len(s.Looker.Open))
	for _, it := range strange {
		text += "; " + it.String()
	}
	return text
}

// strange gives every socket that nobody should have, and how many connections the courier has.
func (s *Shown) strange() (all []programs.Socket, courier int) {
	for _, it := range s.Sockets.Open {
		switch right := it.Kind == "tcp" && it.To == s.Address && it.State != programs.Listens; {
		case right && it.Program == "courier":
			courier++
		case right && it.Program == "dialer":
		default:
			all = append(all, it)
		}
	}
	return append(all, s.Sockets.Listed...), courier
}

// clean tells whether enough of each program was searched, and nothing found but what the control kept.
func (s *Shown) clean() bool {
	return s.Memory.clean() && s.Memory.Searches == all && s.Least >= leastMemory
}

// closed tells whether nobody has a connection but who should, and the courier has one. Each half of the
// warden has one end of the socket between them, which is of the machine itself, and so have courier and
// dialer; the starter keeps both ends of theirs for the next ones. Only starter and dialer are in the
// network of the machine.
func (s *Shown) closed() bool {
	strange, courier := s.strange()
	return s.Sockets.Programs == all && len(strange) == 0 && courier > 0 && s.Sockets.Local <= 6 && s.Sockets.Own == all-2 && len(s.Looker.Open) >= 1
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
