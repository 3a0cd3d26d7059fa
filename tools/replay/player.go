package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"time"

	"tellijn/tools/replay/play"
	"tellijn/tools/replay/term"
	"tellijn/tools/replay/truth"
)

// runPlay shows a clip, at its own speed on a terminal and as fast as it goes elsewhere.
func (o *options) runPlay(out, _ *os.File) error {
	sc, err := truth.Scene(o.line, o.area)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	live := term.Is(out)
	var wait func(time.Duration) error
	if live {
		start := time.Now()
		wait = func(due time.Duration) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Until(start.Add(due))):
				return nil
			}
		}
	}
	src, err := play.Open(o.play, wait)
	if err != nil {
		return err
	}
	if err := play.Show(ctx, out, live, src, sc); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
