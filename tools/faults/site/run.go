package site

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"tellijn/firmware/view"
)

// Counts are crossings each way.
type Counts struct{ Forward, Backward uint64 }

// Run is one life of a device's warden, from its start to its end, and what it said.
type Run struct {
	Pid   int
	cmd   *exec.Cmd
	done  chan struct{}
	world *os.File

	mu       sync.Mutex
	words    []string
	counting bool
	shown    Counts // totals as shown last
	kept     Counts // totals as shown before the newest record: that record's transaction has them
	keptAt   time.Time
	records  [][]byte
	final    *Counts // as the summary of an orderly end says
}

func (d *Device) start() (*Run, error) {
	s := d.site
	look, show, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	defer show.Close()
	shifts, world, err := os.Pipe()
	if err != nil {
		look.Close()
		return nil, fmt.Errorf("site: %w", err)
	}
	defer shifts.Close()
	own := func(name string) string { return filepath.Join(s.Programs, name) }
	r := &Run{done: make(chan struct{}), world: world, keptAt: time.Now()}
	r.cmd = exec.Command(own("warden"), "-board", "sim", "-config", d.config(), "-dir", d.Dir, "-eye", own("eye"), "-courier", own("courier"),
		"-dialer", own("dialer"), "-seed", strconv.FormatUint(d.seed, 10), "-speed", strconv.Itoa(s.Speed), "-compress", strconv.Itoa(s.Compress),
		"-view", "3", "-world", "4")
	out, in := io.Pipe()
	r.cmd.Stdout, r.cmd.Stderr, r.cmd.ExtraFiles = in, in, []*os.File{show, shifts}
	if err := r.cmd.Start(); err != nil {
		look.Close()
		world.Close()
		return nil, fmt.Errorf("site: %w", err)
	}
	r.Pid = r.cmd.Process.Pid
	var ends sync.WaitGroup
	ends.Go(func() { r.listen(out) })
	ends.Go(func() { r.look(look); look.Close() })
	go func() {
		_ = r.cmd.Wait()
		in.Close()
		ends.Wait()
		world.Close()
		close(r.done)
	}()
	return r, nil
}

// listen hears what it prints.
func (r *Run) listen(in io.Reader) {
	summary := regexp.MustCompile(`^Counted  line 1: (\d+) forward, (\d+) backward$`)
	for sc := bufio.NewScanner(in); sc.Scan(); {
		r.mu.Lock()
		r.words = append(r.words, sc.Text())
		if m := summary.FindStringSubmatch(sc.Text()); m != nil {
			f, _ := strconv.ParseUint(m[1], 10, 64)
			b, _ := strconv.ParseUint(m[2], 10, 64)
			r.final = &Counts{f, b}
		}
		r.mu.Unlock()
	}
}

// look sees what it shows.
func (r *Run) look(in io.Reader) {
	for {
		m, err := view.Read(in)
		if err != nil {
			return
		}
		r.mu.Lock()
		if m.State != nil {
			r.counting = m.State.Counting
			if len(m.State.Lines) > 0 {
				r.shown = Counts{uint64(m.State.Lines[0].Forward), uint64(m.State.Lines[0].Backward)}
			}
		} else {
			r.records = append(r.records, m.Record)
			r.kept, r.keptAt = r.shown, time.Now()
		}
		r.mu.Unlock()
	}
}

// Ended tells whether the warden is gone and all that it said was heard.
func (r *Run) Ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// Wait waits for that.
func (r *Run) Wait() error { return until("the end of a warden", r.Ended) }

// Counting tells whether it counts now.
func (r *Run) Counting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counting
}

// Totals gives what was counted: as shown last, as it certainly is on disk and since when, and as the
// summary of an orderly end says; nil without one.
func (r *Run) Totals() (shown, kept Counts, at time.Time, final *Counts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.shown, r.kept, r.keptAt, r.final
}

// Records gives the signed records that it showed.
func (r *Run) Records() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([][]byte(nil), r.records...)
}

// Words counts the lines that it has printed so far, for Heard.
func (r *Run) Words() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.words)
}

// Heard tells whether it printed some text since it had printed so many lines.
func (r *Run) Heard(since int, text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.words[min(since, len(r.words)):] {
		if strings.Contains(w, text) {
			return true
		}
	}
	return false
}

// Tail gives the last lines that it printed.
func (r *Run) Tail(n int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.words[max(0, len(r.words)-n):], " | ")
}

// Shift moves its calendar.
func (r *Run) Shift(by time.Duration) error {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(int64(by/time.Second)))
	_, err := r.world.Write(b[:])
	return err
}

// children finds the processes that its starter has started, by name.
func (r *Run) children() map[string]int {
	out := map[string]int{}
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		var pid, parent int
		var comm, state string
		if n, _ := fmt.Sscanf(string(b), "%d %s %s %d", &pid, &comm, &state, &parent); n == 4 && parent == r.Pid && state != "Z" {
			out[strings.Trim(comm, "()")] = pid
		}
	}
	return out
}

// Children finds them.
func (r *Run) Children() map[string]int { return r.children() }
