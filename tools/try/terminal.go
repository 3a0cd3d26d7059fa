package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"tellijn/privacy/record"
	"tellijn/tools/try/page"
)

// terminal prints lines, and below them one that changes while people are counted.
type terminal struct {
	mu   sync.Mutex
	out  io.Writer
	live bool // a terminal, where a line can be written over
	last string
	done bool              // nothing changes any more
	held map[string]string // what was last said to hold an eye in, by door
	at   time.Time
}

func newTerminal(f *os.File) *terminal {
	info, err := f.Stat()
	return &terminal{out: f, live: err == nil && info.Mode()&os.ModeCharDevice != 0, held: map[string]string{}}
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

// about prints a line about somebody or something.
func (t *terminal) about(who, line string) { t.say(fmt.Sprintf("%-10s  %s", who, line)) }

// walls says what held the eye of a door in during a record, if that is news.
func (t *terminal) walls(door string, r *record.Record) {
	line, _ := page.HeldIn(r)
	t.mu.Lock()
	// An interval without a frame, as there are many when days are short, says nothing else than before.
	news := t.held[door] != line && (r.Coverage > 0 || t.held[door] == "")
	if news {
		t.held[door] = line
	}
	t.mu.Unlock()
	if news {
		t.about(door, "Record   "+line)
	}
}

// Time between two prints of the changing line. Where lines cannot be written over, such as a log,
// they are few.
const (
	liveEvery = 200 * time.Millisecond
	logEvery  = 10 * time.Second
)

// show prints how everything is now.
func (t *terminal) show(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	every := logEvery
	if t.live {
		every = liveEvery
	}
	if t.done || line == "" || line == t.last || time.Since(t.at) < every {
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
	t.last, t.done = "", true
}
