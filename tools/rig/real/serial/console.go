// Package serial is the console of a real board: a serial port of this computer, raw and at one speed, and all the
// lines that came in by it, over all lives of the board. It only listens and never writes to the board: the wire
// that would carry that stays off. It is for the rig, outside the data path.
package serial

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// most bytes of a line: what is longer is cut, since a wrong speed makes lines without an end.
const most = 4096

// Console keeps what a board says. It is safe for use by many goroutines.
type Console struct {
	out   io.Writer
	say   func(string)
	begin time.Time
	done  chan struct{}

	mu      sync.Mutex
	part    []byte    // of a line that has no end yet
	heard   time.Time // when something came last
	lines   []string
	bad     []int // lines so far that nobody can read, by line
	more    chan struct{}
	reading error // why nothing more will come
}

// Listen takes lines from a port until it is closed. Each goes to out behind the seconds of this computer, and to say;
// both may be nil.
func Listen(port io.Reader, out io.Writer, say func(string)) *Console {
	if out == nil {
		out = io.Discard
	}
	if say == nil {
		say = func(string) {}
	}
	c := &Console{out: out, say: say, begin: time.Now(), done: make(chan struct{}), more: make(chan struct{}), bad: []int{0}}
	go c.read(port)
	return c
}

func (c *Console) read(port io.Reader) {
	defer close(c.done)
	b := make([]byte, 1024)
	for {
		n, err := port.Read(b)
		c.take(b[:n])
		if err != nil {
			c.Cut(0)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.reading = err
			close(c.more)
			return
		}
	}
}

// take splits what came into lines.
func (c *Console) take(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = time.Now()
	for _, one := range b {
		switch {
		case one == '\n':
			c.end()
		case len(c.part) == most:
			c.end()
			c.part = append(c.part, one)
		default:
			c.part = append(c.part, one)
		}
	}
}

// end makes a line of what is there. c.mu is held.
func (c *Console) end() {
	raw := strings.TrimRight(strings.ReplaceAll(string(c.part), "\x00", ""), "\r") // a board that loses its power sends zeros
	c.part = c.part[:0]
	line := clean(raw)
	bad := c.bad[len(c.bad)-1]
	if garbled(raw) {
		bad++
	}
	c.lines, c.bad = append(c.lines, line), append(c.bad, bad)
	fmt.Fprintf(c.out, "%8.3f %s\n", time.Since(c.begin).Seconds(), line)
	c.say(line)
	close(c.more)
	c.more = make(chan struct{})
}

// clean puts a dot where there is no letter, so that a report stays a text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\t' {
			return '.'
		}
		return r
	}, s)
}

// garbled tells whether more than a quarter of a line is no text, as at a wrong speed.
func garbled(s string) bool {
	odd := 0
	for _, r := range s {
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\x1b' {
			odd++
		}
	}
	return odd*4 > len(s)
}

// Cut ends a line that the board did not end, as when its power goes, once nothing came for so long: adapters keep what
// they hear for some milliseconds.
func (c *Console) Cut(quiet time.Duration) {
	for began := time.Now(); ; {
		c.mu.Lock()
		wait := quiet - min(time.Since(c.heard), time.Since(began))
		if wait <= 0 && len(c.part) > 0 {
			c.end()
		}
		c.mu.Unlock()
		if wait <= 0 {
			return
		}
		time.Sleep(wait)
	}
}

// Mark gives a place behind all lines so far.
func (c *Console) Mark() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.lines)
}

// Lines gives those behind mark.
func (c *Console) Lines(mark int) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.lines[min(max(mark, 0), len(c.lines)):]...)
}

// Await waits for a line behind mark that fits the pattern, at most so long, and gives it.
func (c *Console) Await(ctx context.Context, mark int, pattern string, d time.Duration) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("serial: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	begin := max(mark, 0)
	for at := begin; ; {
		c.mu.Lock()
		for ; at < len(c.lines); at++ {
			if re.MatchString(c.lines[at]) {
				defer c.mu.Unlock()
				return c.lines[at], nil
			}
		}
		more, ended, hint := c.more, c.reading, c.hint(begin)
		c.mu.Unlock()
		if ended != nil {
			return "", fmt.Errorf("serial: the port ended before the board said %q: %w; hint: is its adapter still plugged in?", pattern, ended)
		}
		select {
		case <-more:
		case <-ctx.Done():
			return "", fmt.Errorf("serial: the board did not say %q within %v%s: %w", pattern, d, hint, ctx.Err())
		}
	}
}

// hint tells what is likely wrong, from the lines behind mark. c.mu is held.
func (c *Console) hint(mark int) string {
	switch n := len(c.lines) - mark; {
	case n <= 0:
		return ", and nothing else either; hint: is pin 8 of the board at RXD of the adapter, and ground at ground?"
	case (c.bad[len(c.lines)]-c.bad[mark])*2 > n:
		return "; hint: what it says cannot be read, which is how a wrong baud looks"
	}
	return ""
}

// Done is closed once the port has ended.
func (c *Console) Done() <-chan struct{} { return c.done }
