// Package tell brings lines of the machine's programs to the kernel's log, which is the console of a
// board: one line a write, cleaned, cut and bounded in number, so that a program that has gone mad neither
// forges a line of the kernel nor wears out whoever reads. It keeps nothing and knows no meaning.
package tell

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Longest line in bytes, behind its head; the kernel cuts records at about a thousand.
// (Linux, kernel/printk/printk.c, PRINTKRB_RECORD_MAX)
const Longest = 400

// How many lines of one source pass at once, and how long each of the next waits for its turn.
const (
	Burst = 60
	Every = time.Second
)

// Teller writes lines. Any goroutine may use it.
type Teller struct {
	mu    sync.Mutex
	out   io.Writer
	since func() time.Duration
}

// New makes one that writes to out, such as an open /dev/kmsg; since is a clock that never goes back.
// What cannot be written is lost: there is no other place to say it.
func New(out io.Writer, since func() time.Duration) *Teller { return &Teller{out: out, since: since} }

// Source is one who speaks, with a bound of its own. One goroutine uses it at a time.
type Source struct {
	to      *Teller
	name    string
	left    int
	refill  time.Duration
	dropped int
}

// Source makes a source whose lines begin with "tellijn: " and the name.
func (t *Teller) Source(name string) *Source {
	return &Source{to: t, name: name, left: Burst, refill: t.since()}
}

// Say writes one line, or drops and counts it when there were too many.
func (s *Source) Say(line string) {
	now := s.to.since()
	if n := int((now - s.refill) / Every); n > 0 {
		s.left, s.refill = min(Burst, s.left+n), s.refill+time.Duration(n)*Every
	}
	if s.left == 0 {
		s.dropped++
		return
	}
	s.left--
	if s.dropped > 0 && s.left > 0 {
		s.left--
		s.to.write(fmt.Sprintf("%s%d lines are not shown: more than one a second", s.head(), s.dropped))
		s.dropped = 0
	}
	s.to.write(s.head() + Clean(line))
}

func (s *Source) head() string {
	if s.name == "" {
		return ""
	}
	return s.name + ": "
}

// write writes one record of the log: a notice, <5>, since a quiet kernel shows those and keeps its own
// information, <6>, to itself.
func (t *Teller) write(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.out, "<5>tellijn: "+line+"\n")
}

// Follow says each line that comes from r, until that ends.
func (s *Source) Follow(r io.Reader) {
	in := bufio.NewReaderSize(r, 4*Longest)
	for {
		line, whole, err := in.ReadLine()
		if len(line) > 0 {
			s.Say(string(line))
		}
		for whole && err == nil { // the rest of a line that is far too long
			_, whole, err = in.ReadLine()
		}
		if err != nil {
			return
		}
	}
}

// Clean makes a line of at most Longest bytes of printable ASCII; everything else in it becomes a
// question mark.
func Clean(line string) string {
	line = strings.Map(func(c rune) rune {
		switch {
		case c == '\t':
			return ' '
		case c < ' ' || c > '~':
			return '?'
		}
		return c
	}, strings.TrimRight(line, " \t\r\n"))
	if len(line) > Longest {
		line = line[:Longest-3] + "..."
	}
	return line
}
