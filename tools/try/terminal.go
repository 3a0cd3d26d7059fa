package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"tellijn/firmware/view"
	"tellijn/tools/try/page"
)

// terminal prints lines, and below them one that changes while people are counted.
type terminal struct {
	mu   sync.Mutex
	out  io.Writer
	live bool // a terminal, where a line can be written over
	last string
	held string // what was last said to hold the eye in
	at   time.Time
}

func newTerminal(f *os.File) *terminal {
	info, err := f.Stat()
	return &terminal{out: f, live: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// say prints a line that stays.
func (t *terminal) say(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live && t.last != "" {
		fmt.Fprint(t.out, "\r\x1b[K")
	}
	fmt.Fprintln(t.out, line)
	if t.live && t.last != "" {
		fmt.Fprint(t.out, t.last)
	}
}

// walls says what held the eye in during a record, if that is news.
func (t *terminal) walls(record []byte) error {
	line, _, err := page.HeldIn(record)
	if err != nil || line == t.held {
		return err
	}
	t.held = line
	t.say("Record   " + line)
	return nil
}

// Time between two prints of the changing line. Where lines cannot be written over, such as a log,
// they are few.
const (
	liveEvery = 200 * time.Millisecond
	logEvery  = 10 * time.Second
)

// show prints what is counted now.
func (t *terminal) show(s *view.State, records int) {
	if s == nil {
		return
	}
	line := summary(s, records)
	t.mu.Lock()
	defer t.mu.Unlock()
	every := logEvery
	if t.live {
		every = liveEvery
	}
	if line == t.last || time.Since(t.at) < every {
		return
	}
	t.last, t.at = line, time.Now()
	if t.live {
		fmt.Fprint(t.out, "\r\x1b[K"+line)
	} else {
		fmt.Fprintln(t.out, line)
	}
}

// end leaves the changing line behind.
func (t *terminal) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live && t.last != "" {
		fmt.Fprintln(t.out)
	}
	t.last = ""
}

// summary says in one line what a state means.
func summary(s *view.State, records int) string {
	var parts []string
	for i, l := range s.Lines {
		name := ""
		if len(s.Lines) > 1 {
			name = fmt.Sprintf("line %d: ", i+1)
		}
		parts = append(parts, fmt.Sprintf("%sforward %d, backward %d", name, l.Forward, l.Backward))
	}
	for i, n := range s.Zones {
		name := "zone"
		if len(s.Zones) > 1 {
			name = fmt.Sprintf("zone %d", i+1)
		}
		parts = append(parts, fmt.Sprintf("%d in %s", n, name))
	}
	state := "Counting "
	if !s.Counting {
		state = "Stopped  "
	}
	return state + strings.Join(parts, " | ") + fmt.Sprintf(" | records %d", records)
}
