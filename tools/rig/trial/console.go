package trial

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Console keeps what a machine says.
type Console struct {
	mu    sync.Mutex
	lines []string
	ended bool
	more  chan struct{} // closed when something comes
	begin time.Time
}

// listen takes lines until the machine ends; each goes to out behind the seconds of this computer, and to say.
func listen(lines <-chan string, out io.Writer, say func(string)) *Console {
	c := &Console{more: make(chan struct{}), begin: time.Now()}
	go func() {
		for line := range lines {
			line = strings.TrimRight(line, "\r")
			fmt.Fprintf(out, "%8.3f %s\n", time.Since(c.begin).Seconds(), line)
			say(line)
			c.mu.Lock()
			c.lines = append(c.lines, line)
			close(c.more)
			c.more = make(chan struct{})
			c.mu.Unlock()
		}
		c.mu.Lock()
		c.ended = true
		close(c.more)
		c.mu.Unlock()
	}()
	return c
}

// Mark gives a place behind all lines so far.
func (c *Console) Mark() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.lines)
}

// Await waits for a line behind mark that fits, at most so long.
func (c *Console) Await(mark int, pattern string, d time.Duration) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("trial: %w", err)
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
		more, ended := c.more, c.ended
		c.mu.Unlock()
		if ended {
			return "", fmt.Errorf("trial: the machine ended before it said %q", pattern)
		}
		select {
		case <-more:
		case <-timer.C:
			return "", fmt.Errorf("trial: the machine did not say %q within %v", pattern, d)
		}
	}
}

// Find gives the first and the last line that fit, "" if none does.
func (c *Console) Find(pattern string) (first, last string) {
	re := regexp.MustCompile(pattern)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, line := range c.lines {
		if re.MatchString(line) {
			if first == "" {
				first = line
			}
			last = line
		}
	}
	return first, last
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
