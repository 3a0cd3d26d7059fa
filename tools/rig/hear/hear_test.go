package hear_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/hear"
)

var _ bench.Console = (*hear.Console)(nil)

const soon = 5 * time.Second

func TestLives(t *testing.T) {
	var out strings.Builder
	var said []string
	c := hear.New(&out, nil, func(line string) { said = append(said, line) })
	c.Live(true)
	first := make(chan string, 4)
	first <- "one\r"
	first <- "two"
	close(first)
	c.Listen(first)
	if l, err := c.Await(t.Context(), 0, "^one$", soon); l != "one" || err != nil {
		t.Errorf("%q, %v", l, err)
	}
	mark := c.Mark()
	if _, err := c.Await(t.Context(), mark, "one|two", 20*time.Millisecond); !errors.Is(err, hear.ErrSilent) {
		t.Errorf("before the mark: %v", err)
	}
	second := make(chan string)
	go func() {
		second <- "one again"
		close(second)
	}()
	go c.Listen(second)
	if l, err := c.Await(t.Context(), mark, "one", soon); l != "one again" || err != nil {
		t.Errorf("of the second life: %q, %v", l, err)
	}
	if all := c.Lines(1); len(all) != 2 || all[0] != "two" || all[1] != "one again" {
		t.Errorf("%q", all)
	}
	if all := c.Lines(99); len(all) != 0 {
		t.Errorf("behind everything: %q", all)
	}
	if l, err := c.Await(t.Context(), -1, "two", soon); l != "two" || err != nil {
		t.Errorf("before everything: %q, %v", l, err)
	}
	if strings.Join(said, "|") != "one|two|one again" {
		t.Errorf("%q were told", said)
	}
	if n := strings.Count(out.String(), "\n"); n != 3 || !strings.Contains(out.String(), " one\n") {
		t.Errorf("%d lines: %q", n, out.String())
	}
}

func TestFind(t *testing.T) {
	c := hear.New(nil)
	for _, line := range []string{"[    2.350000] Run /init as init process\r", "something else", "Run again"} {
		c.Hear(line)
	}
	if first, last := c.Find(`Run`); first != "[    2.350000] Run /init as init process" || last != "Run again" {
		t.Errorf("%q %q", first, last)
	}
	if first, last := c.Find(`never`); first != "" || last != "" {
		t.Errorf("%q %q", first, last)
	}
}

// TestOff waits for a board that is switched off meanwhile, which does not take as long as was allowed.
func TestOff(t *testing.T) {
	c := hear.New(nil)
	c.Live(true)
	went := time.Now()
	go func() {
		time.Sleep(20 * time.Millisecond)
		c.Live(false)
	}()
	if _, err := c.Await(t.Context(), 0, "x", time.Minute); !errors.Is(err, hear.ErrSilent) || time.Since(went) > 30*time.Second {
		t.Errorf("%v", err)
	}
	c.Live(true)
	if _, err := c.Await(t.Context(), 0, "x", 20*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "within 20ms") {
		t.Errorf("%v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := c.Await(ctx, 0, "x", time.Minute); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if _, err := c.Await(t.Context(), 0, "(", 0); err == nil || errors.Is(err, hear.ErrSilent) {
		t.Errorf("no pattern: %v", err)
	}
}
