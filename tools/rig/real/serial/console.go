// Package serial is the console of a real board: a serial port of this computer, raw and at one speed, and what came in
// by it, as lines for tools/rig/hear, over all lives of the board. It only listens and never writes to the board: the wire
// that would carry that stays off. It is for the rig, outside the data path.
package serial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tellijn/tools/rig/hear"
)

// most bytes of a line: what is longer is cut, since a wrong speed makes lines without an end.
const most = 4096

// Console keeps what a board says. It is safe for use by many goroutines.
type Console struct {
	says *hear.Console
	done chan struct{}

	mu      sync.Mutex
	part    []byte    // of a line that has no end yet
	heard   time.Time // when something came last
	bad     []int     // lines so far that nobody can read, by line
	reading error     // why nothing more will come
}

// Listen takes lines from a port until it is closed. Each goes to out behind the seconds of this computer, and to say;
// both may be nil.
func Listen(port io.Reader, out io.Writer, say func(string)) *Console {
	c := &Console{says: hear.New(out, say), done: make(chan struct{}), bad: []int{0}}
	c.says.Live(true)
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
			c.reading = err // before those who wait get to know
			c.mu.Unlock()
			c.says.Live(false)
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
	bad := c.bad[len(c.bad)-1]
	if garbled(raw) {
		bad++
	}
	c.bad = append(c.bad, bad)
	c.says.Hear(clean(raw))
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
func (c *Console) Mark() int { return c.says.Mark() }

// Lines gives those behind mark.
func (c *Console) Lines(mark int) []string { return c.says.Lines(mark) }

// Await waits for a line behind mark that fits the pattern, at most so long, and gives it. The error says what is likely
// wrong with the port.
func (c *Console) Await(ctx context.Context, mark int, pattern string, d time.Duration) (string, error) {
	line, err := c.says.Await(ctx, mark, pattern, d)
	if !errors.Is(err, hear.ErrSilent) {
		return line, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading != nil {
		return "", fmt.Errorf("serial: the port ended before the board said %q: %w; hint: is its adapter still plugged in?", pattern, c.reading)
	}
	return "", fmt.Errorf("serial: %w%s", err, c.hint(max(mark, 0)))
}

// hint tells what is likely wrong, from the lines behind mark. c.mu is held.
func (c *Console) hint(mark int) string {
	switch n := len(c.bad) - 1 - mark; {
	case n <= 0:
		return ", and nothing else either; hint: is pin 8 of the board at RXD of the adapter, and ground at ground?"
	case (c.bad[len(c.bad)-1]-c.bad[mark])*2 > n:
		return "; hint: what it says cannot be read, which is how a wrong baud looks"
	}
	return ""
}

// Done is closed once the port has ended.
func (c *Console) Done() <-chan struct{} { return c.done }
