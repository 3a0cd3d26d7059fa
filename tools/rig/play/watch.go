package play

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/protocol"
)

// run is one scenario under way.
type run struct {
	o       Options
	parent  context.Context // ends when somebody interrupts
	ctx     context.Context // and when it takes too long
	steps   []protocol.Bound
	scene   *bench.Scene
	began   time.Time
	folder  string
	scratch string

	mu     sync.Mutex
	result Result
	files  []File // Path is not relative yet
	seen   struct{ changes, records int }
}

// now is in seconds since the start.
func (r *run) now() float64 { return r.at(time.Now()) }

func (r *run) at(t time.Time) float64 {
	return float64(t.Sub(r.began).Round(time.Millisecond)) / float64(time.Second)
}

// say puts something on the timeline and tells it.
func (r *run) say(text string) {
	at := r.now()
	r.o.Say(fmt.Sprintf("%7.1f  %s", at, text))
	if strings.HasPrefix(text, "> ") || strings.HasPrefix(text, "  ") { // of steps, which have their own place
		return
	}
	kind := KindSaid
	if rest, ok := strings.CutPrefix(text, bench.Fault); ok {
		kind, text = KindFault, rest
	}
	if text == bench.Powered || text == bench.Dark {
		kind = KindPower
	}
	r.event(Event{At: at, Kind: kind, Text: text, High: text == bench.Powered})
}

func (r *run) event(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Timeline = append(r.result.Timeline, e)
}

func (r *run) point(curve string, t, y float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Curves[curve] = append(r.result.Curves[curve], Point{t, y})
}

// file gives the path of a new file that stays with the report.
func (r *run) file(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	path := filepath.Join(r.folder, fmt.Sprintf("%d-%s", len(r.files)+1, strings.ReplaceAll(filepath.Base(name), " ", "-")))
	r.files = append(r.files, File{Name: name, Path: path})
	return path
}

// errPanic is a fault of the rig.
var errPanic = errors.New("play: the rig has a fault")

// guard does something that may hang or panic. Once the time is up it waits a little longer, and then no more.
func (r *run) guard(what string, do func() (string, error)) (string, error) {
	type outcome struct {
		saw string
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- outcome{"", fmt.Errorf("%w: %v\n%s", errPanic, p, debug.Stack())}
			}
		}()
		saw, err := do()
		done <- outcome{saw, err}
	}()
	late := r.ctx.Done()
	var patience <-chan time.Time
	for {
		select {
		case o := <-done:
			return o.saw, o.err
		case <-late:
			late, patience = nil, time.After(r.o.Grace)
		case <-patience:
			return "", fmt.Errorf("%w: %s", ErrStuck, what)
		}
	}
}

// How often the rig is looked at: often enough for records and lines, which have their own moments where it matters.
const (
	lookEvery  = 250 * time.Millisecond
	frameEvery = 2 * time.Second
)

// watch follows lines, records and frames until the function that it gives is called.
func (r *run) watch(rig bench.Rig) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	look := func(frames bool) {
		defer func() { _ = recover() }() // of a part that the bench lacks
		r.look(rig, frames)
	}
	go func() {
		defer close(done)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-tick.C:
				look(n%int(frameEvery/lookEvery) == 0)
			case <-ctx.Done():
				look(true)
				return
			}
		}
	}()
	return func() { cancel(); <-done }
}

func (r *run) look(rig bench.Rig, frames bool) {
	if p := rig.Parts(); p != nil {
		changes := p.Changes()
		for _, c := range changes[min(r.seen.changes, len(changes)):] {
			kind := map[string]string{"lamp": KindLamp, "camera_power": KindCamera}[c.Part]
			if kind != "" {
				r.event(Event{At: r.at(c.At), Kind: kind, High: c.High})
			}
		}
		r.seen.changes = len(changes)
	}
	if c := rig.Collector(); c != nil {
		records := c.Records()
		for _, rec := range records[min(r.seen.records, len(records)):] {
			out := Record{At: r.now(), Sequence: rec.Sequence, From: rec.From, To: rec.To, Coverage: rec.Coverage, Quality: rec.Quality,
				Lifetime: [2]int{int(rec.Lifetime.Worst), int(rec.Lifetime.P999)}}
			for _, l := range rec.Lines {
				out.Lines = append(out.Lines, [2]int64{int64(l.TotalForward), int64(l.TotalBackward)})
			}
			r.mu.Lock()
			r.result.Records = append(r.result.Records, out)
			r.mu.Unlock()
			r.event(Event{At: r.now(), Kind: KindRecord, Text: fmt.Sprintf("record %d", rec.Sequence)})
		}
		r.seen.records = len(records)
	}
	if c := rig.Camera(); frames && c != nil {
		r.point("frames", r.now(), float64(c.Played()))
	}
}

// listener takes the console.
type listener struct {
	run   *run
	file  *os.File
	stamp *regexp.Regexp
	mu    sync.Mutex
	part  []byte
}

// stamp is what a bench may put before a line: seconds of its own.
const stamp = `^ *\d+\.\d{3} `

func (l *listener) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, b...)
	for {
		line, rest, ok := bytes.Cut(l.part, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		l.line(string(line))
		l.part = rest
	}
}

func (l *listener) line(text string) {
	text = strings.ToValidUTF8(strings.TrimRight(l.stamp.ReplaceAllString(text, ""), "\r"), "?")
	at := l.run.now()
	fmt.Fprintf(l.file, "%8.3f %s\n", at, text)
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	l.run.result.Console = append(l.run.result.Console, Said{at, text})
}

// rest takes what has no end of line.
func (l *listener) rest() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.part) > 0 {
		l.line(string(l.part))
		l.part = nil
	}
}
