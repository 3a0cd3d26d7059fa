package trial

import (
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/fat"
)

// slot adds up the files of the first slot.
func slot(r io.ReaderAt) (n int64, err error) {
	v, err := fat.Open(r, card.SlotA().Start)
	if err != nil {
		return 0, err
	}
	err = fs.WalkDir(v, ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		st, err := d.Info()
		if err == nil {
			n += st.Size()
		}
		return err
	})
	return n, err
}

// Figures are what a trial measured.
type Figures struct {
	Init     time.Duration // from the kernel's start to its first program
	Counts   time.Duration // from the kernel's start to the first completed cycle; 0 if there was none
	Slot     int64         // bytes
	Memory   string        // of each program, as the first process says
	KiB      int           // of all together; 0 if it was not said
	Sockets  int           // that wait for somebody; -1 if it was not said
	Records  int
	Drawn    int            // frames
	Passed   [2]uint32      // drawn people over the first line, forward and backward
	Said     [2]uint32      // released of them
	Sent     map[string]int // packets by destination
	Coverage []uint8        // of each record
}

// What the first process says of memory and sockets.
const (
	memoryLine  = `memory: (.*) = (\d+) KiB`
	socketsLine = `sockets: (\d+) listening`
)

// Figures gives what was measured so far.
func (s *Trial) Figures() Figures {
	f := Figures{Slot: s.Slot, Sockets: -1, Sent: s.Segment.Sent()}
	stamp := func(pattern string) time.Duration {
		first, _ := s.Console.Find(pattern)
		d, _ := Stamp(first)
		return d
	}
	f.Init, f.Counts = stamp(`Run /init as init process`), stamp(firstCycle)
	_, line := s.Console.Find(memoryLine)
	if m := regexp.MustCompile(memoryLine).FindStringSubmatch(line); m != nil {
		f.Memory = m[1]
		f.KiB, _ = strconv.Atoi(m[2])
	}
	_, line = s.Console.Find(socketsLine)
	if m := regexp.MustCompile(socketsLine).FindStringSubmatch(line); m != nil {
		f.Sockets, _ = strconv.Atoi(m[1])
	}
	f.Passed[0], f.Passed[1], f.Drawn = s.Door.Passed(0)
	for _, r := range s.Receiver.Records() {
		f.Records++
		f.Coverage = append(f.Coverage, r.Coverage)
		if len(r.Lines) > 0 {
			f.Said = [2]uint32{r.Lines[0].TotalForward, r.Lines[0].TotalBackward}
		}
	}
	return f
}

// Stamp gives the time that the kernel put before a line, from its own start.
func Stamp(line string) (time.Duration, bool) {
	_, rest, ok := strings.Cut(line, "[")
	text, _, closed := strings.Cut(rest, "]")
	s, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if !ok || !closed || err != nil {
		return 0, false
	}
	return time.Duration(s * float64(time.Second)), true
}

// firstCycle is what the warden says when the first tally of an eye came.
const firstCycle = `Loaded +camera: `

// String is a table for people.
func (f Figures) String() string {
	out := ""
	row := func(name, format string, args ...any) {
		out += fmt.Sprintf("  %-34s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("kernel start to first program", "%.1f s", f.Init.Seconds())
	if f.Counts > 0 {
		row("kernel start to first cycle", "%.1f s", f.Counts.Seconds())
	} else {
		row("kernel start to first cycle", "none")
	}
	row("slot", "%.1f MiB", float64(f.Slot)/(1<<20))
	row("resident memory", "%.1f MiB (%s KiB)", float64(f.KiB)/1024, f.Memory)
	row("ports that wait for somebody", "%d", f.Sockets)
	row("records", "%d, coverage %v %%", f.Records, f.Coverage)
	if f.Drawn > 0 {
		row("people drawn before the camera", "%d forward, %d backward in %d frames", f.Passed[0], f.Passed[1], f.Drawn)
	}
	row("released so far", "%d forward, %d backward", f.Said[0], f.Said[1])
	row("packets sent", "%v", f.Sent)
	return out
}
