// Package hear keeps everything that a board says, of all its lives, and waits for what it will say. It is for the
// rig, outside the data path.
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

// Console is what a board says. Make it with New.
type Console struct {
	out   io.Writer
	begin time.Time

	mu    sync.Mutex
	lines []string
	lives bool          // somebody may still say something
	more  chan struct{} // closed when something changes
}

// New makes one; out gets each line behind the seconds since then.
func New(out io.Writer) *Console {
	return &Console{out: out, begin: time.Now(), more: make(chan struct{})}
}

// Listen takes the lines of one life until it ends.
func (c *Console) Listen(lines <-chan string) {
	for line := range lines {
		line = strings.TrimRight(line, "\r")
		fmt.Fprintf(c.out, "%8.3f %s\n", time.Since(c.begin).Seconds(), line)
		c.mu.Lock()
		c.lines = append(c.lines, line)
		c.change()
		c.mu.Unlock()
	}
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

// Await waits for a line behind mark that fits, at most so long. A board that is off says nothing any more.
func (c *Console) Await(ctx context.Context, mark int, pattern string, d time.Duration) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("hear: %w", err)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
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
		case <-timer.C:
			return "", fmt.Errorf("%w: %q within %v", ErrSilent, pattern, d)
		case <-ctx.Done():
			return "", fmt.Errorf("%w: %q: %w", ErrSilent, pattern, ctx.Err())
		}
	}
}
