// Package hear keeps everything that a board says, of all its lives, and waits for what it will say. It is the one
// place for that: emulated machines give their lines to it, and so does the port of a real board. It never says
// anything to a board. It is for the rig, outside the data path.
package hear

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"
)

// ErrSilent is wrapped when the board did not say what was waited for.
var ErrSilent = errors.New("hear: the board did not say it")

// Console is what a board says. Make it with New. One goroutine has it hear; any number may ask it.
type Console struct {
	out   io.Writer
	say   []func(string)
	begin time.Time

	mu    sync.Mutex
	lines []string
	lives bool          // somebody may still say something
	more  chan struct{} // closed when something changes
}

// New makes one; out gets each line behind the seconds since then, and each of say the line itself. A nil is nobody.
func New(out io.Writer, say ...func(string)) *Console {
	if out == nil {
		out = io.Discard
	}
	return &Console{out: out, say: say, begin: time.Now(), more: make(chan struct{})}
}

// Listen takes the lines of one life until it ends.
func (c *Console) Listen(lines <-chan string) {
	for line := range lines {
		c.Hear(line)
	}
}

// Hear takes one line.
func (c *Console) Hear(line string) {
	line = strings.TrimRight(line, "\r")
	fmt.Fprintf(c.out, "%8.3f %s\n", time.Since(c.begin).Seconds(), line)
	for _, say := range c.say {
		if say != nil {
			say(line)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, line)
	c.change()
}

// Live says whether somebody may still say something.
func (c *Console) Live(lives bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lives = lives
	c.change()
}

// change wakes who waits. c.mu is held.
func (c *Console) change() {
	close(c.more)
	c.more = make(chan struct{})
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

// Find gives the first and the last line that fit the pattern, which has to be one; "" if none does.
func (c *Console) Find(pattern string) (first, last string) {
	re := regexp.MustCompile(pattern)
	for _, line := range c.Lines(0) {
		if re.MatchString(line) {
			if first == "" {
				first = line
			}
			last = line
		}
	}
	return first, last
}

// Await waits for a line behind mark that fits the pattern, at most so long, and gives it. A board that is off says
// nothing any more. Errors wrap ErrSilent, unless the pattern is none.
func (c *Console) Await(ctx context.Context, mark int, pattern string, d time.Duration) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("hear: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	for mark = max(mark, 0); ; {
		c.mu.Lock()
		for ; mark < len(c.lines); mark++ {
			if re.MatchString(c.lines[mark]) {
				defer c.mu.Unlock()
				return c.lines[mark], nil
			}
		}
		more, lives := c.more, c.lives
		c.mu.Unlock()
		if !lives {
			return "", fmt.Errorf("%w: %q, and it is off", ErrSilent, pattern)
		}
		select {
		case <-more:
		case <-ctx.Done():
			return "", fmt.Errorf("%w: %q within %v: %w", ErrSilent, pattern, d, ctx.Err())
		}
	}
}
