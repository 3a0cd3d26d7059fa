package forensics

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tellijn/privacy/privacytest/canary"
	"tellijn/privacy/privacytest/search"
	"tellijn/privacy/privacytest/search/stopped"
	"tellijn/tools/proof/attacks"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/forensics/programs"
)

// all is how many programs there are: the two halves of the warden, eye, courier and dialer. Each has at
// least leastMemory bytes that can be searched, its program among them.
const (
	all         = 5
	leastMemory = 1 << 20
)

// Shown is what came of letting all programs run together.
type Shown struct {
	Memory, Files Tally
	Least         int64            // bytes that were searched of the program of which the fewest were
	Sockets       programs.Sockets // of all of them
	Looker        programs.Sockets // the control: this program, while it listens
	Address       string           // of the collector
	Stored        uint64           // items that the collector has in the end
	Refused       uint64           // and those that it refused
	Kept          Kept
	Seen          bool // the control: a file of it that was opened to all
}

// Together lets all programs count canary frames, searches the memory of all of them, looks at what they
// have open, and then searches every file and every word that came out. The control does the same with
// an eye that keeps a frame, found by the same way.
func Together(ctx context.Context, b *bench.Bench) (s Shown, err error) {
	var seed canary.Seed
	if _, err = rand.Read(seed[:]); err != nil {
		return
	}
	f := formats()[0]
	frames, set, err := canary.New(f, 8, seed)
	if err != nil {
		return
	}
	s.Memory.Windows, s.Files.Windows = set.Windows(), set.Windows()
	s.Memory.Wanted = len(frames[0].Data) - 7
	eye, err := b.Program(ctx, "firmware/eye", "", "sim")
	if err != nil {
		return
	}
	to, err := programs.Serve(ctx, b, filepath.Join(b.Dir, "together-collector"))
	if err != nil {
		return
	}
	defer to.Kill()
	s.Address = to.Address
	r, err := programs.Start(ctx, b, eye, filepath.Join(b.Dir, "together"), f, len(frames[0].Data), to)
	if err != nil {
		return
	}
	defer r.Kill()
	pids, err := counted(r, frames, 200, all)
	if err != nil {
		return
	}
	for _, pid := range pids {
		var found search.Found
		if found, err = search.All(pid, set); err != nil {
			return
		}
		if s.Memory.add(found); s.Least == 0 || found.Bytes < s.Least {
			s.Least = found.Bytes
		}
	}
	if s.Sockets, err = connected(pids); err != nil {
		return
	}
	if s.Looker, err = listening(); err != nil {
		return
	}
	if err = r.End(); err != nil {
		return
	}
	to.Kill()
	if s.Stored, s.Refused, err = to.Stored(); err != nil {
		return
	}
	if s.Kept, err = kept(r.Dir); err != nil {
		return
	}
	if s.Seen, err = s.Kept.control(r.Dir); err != nil {
		return
	}
	if err = s.Files.onDisk(r.Dir, r.Words()+to.Words(), frames[0], set); err != nil {
		return
	}
	s.Memory.Control, err = keeping(ctx, b, frames, set)
	return
}

// connected looks at the programs, again and again until the courier has a connection or the time is over.
func connected(pids []int) (s programs.Sockets, err error) {
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if s, err = programs.Look(pids); err != nil || time.Now().After(end) {
			return s, err
		}
		if slices.ContainsFunc(s.Open, func(o programs.Socket) bool { return o.Program == "courier" }) {
			return s, nil
		}
	}
}

// counted feeds frames until they are counted, and gives the programs that did it.
func counted(r *programs.Running, frames []canary.Frame, n uint32, want int) ([]int, error) {
	for i := range n {
		if err := r.Feed(frames[i%uint32(len(frames))].Data, i); err != nil {
			return nil, err
		}
	}
	time.Sleep(300 * time.Millisecond) // the last frames are counted, and a record is on its way
	pids := r.Pids()
	if len(pids) != want {
		return nil, fmt.Errorf("forensics: %d programs run, want %d; they said %s", len(pids), want, r.Words())
	}
	return pids, nil
}

// keeping searches the same programs, but for the dialer, with an eye that keeps one frame, and gives the
// windows of it that were found.
func keeping(ctx context.Context, b *bench.Bench, frames []canary.Frame, set *canary.Set) (hits int, err error) {
	hostile, err := b.Program(ctx, attacks.Hostile, "", attacks.Tags)
	if err != nil {
		return 0, err
	}
	keeps := filepath.Join(b.Dir, "together.keep") // the starter hands no arguments down
	if err := os.Link(hostile, keeps); err != nil && !errors.Is(err, os.ErrExist) {
		return 0, err
	}
	r, err := programs.Start(ctx, b, keeps, filepath.Join(b.Dir, "together-keep"), formats()[0], len(frames[0].Data), nil)
	if err != nil {
		return 0, err
	}
	defer r.Kill()
	pids, err := counted(r, frames, 20, all-1)
	if err != nil {
		return 0, err
	}
	for _, pid := range pids {
		found, err := search.All(pid, set)
		if err != nil && !errors.Is(err, stopped.ErrGone) {
			return 0, err
		}
		hits += found.Hits
	}
	return hits, nil
}

// listening looks at this program while it has a socket of the network open, which must be seen.
func listening() (programs.Sockets, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return programs.Sockets{}, err
	}
	defer l.Close()
	return programs.Look([]int{os.Getpid()})
}

// onDisk searches a folder and words, and for the control the same folder with a frame hidden in it.
func (t *Tally) onDisk(dir, words string, frame canary.Frame, set *canary.Set) error {
	found, err := search.Tree(dir, set)
	if err != nil {
		return err
	}
	if found.Bytes == 0 || len(words) == 0 {
		return fmt.Errorf("forensics: nothing was written to %s or nothing was said, so nothing is shown", dir)
	}
	t.add(found)
	if found, err = search.Reader(strings.NewReader(words), set); err != nil {
		return err
	}
	t.add(found)
	hidden := filepath.Join(dir, "hidden")
	if err := os.WriteFile(hidden, append([]byte("x"), frame.Data...), 0o600); err != nil {
		return err
	}
	defer os.Remove(hidden)
	t.Wanted = len(frame.Data) - 7
	found, err = search.Tree(dir, set)
	t.Control = found.Hits
	return err
}
