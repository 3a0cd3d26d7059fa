// Try starts the whole counter on this computer, without hardware, rights or network: it builds the
// programs, runs them on the simulated board, and shows them on a page that answers this computer
// only. Records go into a local queue, as on a device.
//
//	go run ./tools/try
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"tellijn/firmware/view"
	"tellijn/tools/try/page"
	"tellijn/tools/try/player"
	"tellijn/tools/try/programs"
)

func main() {
	o, err := parse(os.Args[1:])
	if err == nil {
		err = try(o)
	}
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "try:", err)
		os.Exit(1)
	}
}

func try(o *options) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	var clip *player.Clip
	var err error
	if o.clip != "" {
		if clip, err = player.Open(o.clip, o.speed); err != nil {
			return err
		}
	}
	board, text, err := o.plan(clip)
	if err != nil {
		return err
	}
	listener, err := page.Listen(o.addr, !o.addrGiven)
	if err != nil {
		return err
	}
	defer listener.Close()
	work, err := os.MkdirTemp("", "tellijn-try-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	t := newTerminal(os.Stdout)
	if err := programs.Build(ctx, work, t.say); err != nil {
		if ctx.Err() != nil {
			return nil // Ctrl-C while building
		}
		return err
	}
	conf := filepath.Join(work, "device.toml")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return err
	}
	w, err := programs.Start(work, []string{"-board", board.Name, "-config", conf, "-dir", o.dir,
		"-seed", strconv.FormatUint(o.seed, 10), "-speed", strconv.Itoa(o.speed)}, clip != nil, t.say)
	if err != nil {
		return err
	}
	hub := page.NewHub()
	handler, err := page.Handler(hub, page.NewScreen(board.Title, o.words(), &board.Scene, board.Wanted))
	if err != nil {
		return err
	}
	// Ctrl-C ends the pages, which would otherwise stay open for ever.
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	defer server.Close()
	t.say("Page     http://" + listener.Addr().String() + "  (this computer only; Ctrl-C ends)")
	return watch(ctx, o, w, hub, clip, t)
}

// watch passes on what the warden shows until it has ended.
func watch(ctx context.Context, o *options, w *programs.Warden, hub *page.Hub, clip *player.Clip, t *terminal) error {
	played := make(chan error, 1)
	if clip != nil {
		t.say(fmt.Sprintf("Playing  %s, %v at ordinary speed", o.clip, clip.Length().Round(100*time.Millisecond)))
		go func() { played <- clip.Play(w.Feed) }()
	}
	shown := make(chan error, 1)
	go func() { shown <- follow(w.View, hub, t) }()
	if o.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.duration)
		defer cancel()
	}
	stop := ctx.Done()
	for ended := false; !ended; {
		select {
		case <-stop:
			stop = nil
			w.Stop()
		case err := <-played:
			if err != nil {
				t.say("Clip     " + err.Error())
			}
		case <-w.Done():
			ended = true
		}
	}
	err := errors.Join(w.Err(), <-shown)
	hub.End()
	t.end()
	if err == nil && clip != nil && !o.quit && ctx.Err() == nil {
		t.say("The clip has ended. The page stays until Ctrl-C.")
		<-ctx.Done()
	}
	t.say("The queue is " + filepath.Join(o.dir, "queue.db") + " and stays there.")
	if err != nil {
		return fmt.Errorf("the warden ended badly: %w", err)
	}
	return nil
}

// follow hands the warden's messages to page and terminal.
func follow(r io.Reader, hub *page.Hub, t *terminal) error {
	for {
		m, err := view.Read(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		hub.Take(m, time.Now())
		if m.Record != nil {
			if err := t.walls(m.Record); err != nil {
				return err
			}
		}
		t.show(hub.State())
	}
}

// words say what kind of camera this is.
func (o *options) words() string {
	switch {
	case o.clip != "":
		return "The camera is a clip from a file. Every record says that it is simulated."
	case o.device != "":
		return "The camera is real: " + o.device + ". This computer is no approved counter, so every record says that it is simulated."
	}
	return "This camera is simulated: the computer draws it. Nobody real is counted, and every record says so."
}
