package main

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/parts"
	"tellijn/firmware/warden/starter"
	"tellijn/firmware/warden/watch"
	"tellijn/hal/clock"
	"tellijn/privacy/approval"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

// core is the half that does the work.
func core(o *options) error {
	// Ctrl-C reaches every program of the terminal; the starter says when to end.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	port, err := child.Open(starter.LineFd)
	if err != nil {
		return err
	}
	// The kernel calls it "exe", after the path by which it was started.
	_ = os.WriteFile("/proc/self/comm", []byte("warden-core"), 0)
	b, err := board(o)
	if err != nil {
		return err
	}
	s := watch.Setup{Board: b, Port: port, Stop: port.Asked(), Dir: o.dir, Say: printer(), Play: play(o, &b), Factor: o.factor(&b)}
	if s.Clock, err = clock.Open(b.Speed, b.Kind.Pretended()); err != nil {
		return err
	}
	if s.Feed, s.View, s.World, err = pipes(o, &b); err != nil {
		return err
	}
	if _, err := rand.Read(s.Boot[:]); err != nil {
		return err
	}
	if s.Self, s.Configured, err = hashes(o); err != nil {
		return err
	}
	book, err := open(&s)
	if err != nil {
		return err
	}
	defer book.Close()
	if s.Gate, err = door(o, &b, s.Say); err != nil {
		return err
	}
	s.Say(fmt.Sprintf("Loaded   board: %s", b.Title))
	set := parts.Open(&b, parts.Machine(), s.Clock.Since, s.Say)
	defer set.Close() // or the watchdog would start the machine anew
	s.Power, s.Parts = set.Power, set.Parts
	w, err := watch.New(s)
	if err != nil {
		return err
	}
	held, err := hold(&s, int(book.Fd()), set.Devices)
	if err != nil {
		return err
	}
	w.Confined(held)
	s.Say(fmt.Sprintf("Loaded   small-count rule: net in steps of %d, every %v, from %s to %s, %s", s.Clerk.Desk.Policy.K, b.Interval,
		clockTime(s.Clerk.Desk.Policy.Open), clockTime(s.Clerk.Desk.Policy.Close), s.Place))
	if b.Upload.Kind == "" {
		s.Say("Skipped  upload: the configuration names no collector, so records stay in the queue")
	}
	return w.Run()
}

// hold is where the core gives up what it does not need any more: everything is open by now, and
// from here on it only makes pipes and timers and talks to the starter.
func hold(s *watch.Setup, ledger int, devices []sandbox.Device) (layers.Layers, error) {
	held, err := confine.Enter(sandbox.Warden(starter.LineFd, ledger, os.Getpid(), devices...))
	if err != nil {
		return 0, err
	}
	if s.Port.Own.Got != 0 {
		held |= layers.Spaces
	}
	// Its memory has no frames in it and it has no camera, so the layers for those are not missing.
	missing := (held | layers.Locked | layers.Secret | layers.Room).Missing()
	if held&layers.Needed != layers.Needed && !s.Board.Kind.Pretended() {
		return 0, fmt.Errorf("this kernel does not hold the warden in: no %s", strings.Join(missing, ", no "))
	}
	s.Say(fmt.Sprintf("Loaded   confinement of the warden: %s", held))
	if len(missing) > 0 {
		s.Say(fmt.Sprintf("Skipped  confinement of the warden: no %s", strings.Join(missing, ", no ")))
	}
	return held, nil
}

// door makes the gate of this device. Without an approval that can be read it stays closed, which is no reason
// not to run: records that wait still leave, and the log tells. A board that pretends has one for tests.
func door(o *options, b *boards.Board, say func(string)) (*gate.Gate, error) {
	signed := boards.Approval(b.Name)
	if o.approval != "" {
		signed = nil
		f, err := os.Open(o.approval)
		if err == nil {
			signed, err = io.ReadAll(io.LimitReader(f, approval.MaxSize+1)) // longer is none
			f.Close()
		}
		if err != nil {
			say(fmt.Sprintf("Failed   approval: %v", err))
		}
	}
	s, err := gate.Of(b, signed)
	if err != nil {
		return nil, err
	}
	return gate.New(s), nil
}

// hashes are those of this program and of its configuration, for the log of the device.
func hashes(o *options) (own, configured [32]byte, err error) {
	for _, p := range []struct {
		path string
		to   *[32]byte
	}{{self(), &own}, {o.config, &configured}} {
		if p.path == "" {
			*p.to = sha256.Sum256([]byte(o.board)) // the board as it is
			continue
		}
		f, err := os.Open(p.path)
		if err != nil {
			return own, configured, err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return own, configured, err
		}
		copy(p.to[:], h.Sum(nil))
	}
	return own, configured, nil
}

// board is the board with the configuration and the flags laid over it.
func board(o *options) (boards.Board, error) {
	b, err := boards.Lookup(o.board)
	if err == nil {
		err = o.check(&b)
	}
	if err != nil {
		return b, err
	}
	if o.config != "" {
		if err := config.Load(o.config, &b); err != nil {
			return b, err
		}
	}
	switch o.driver {
	case "":
	case "v4l2", "sim", "clip":
		b.Driver, b.Path = o.driver, ""
	default:
		return b, fmt.Errorf("-driver %q, want v4l2, sim or clip", o.driver)
	}
	if o.device != "" {
		b.Path = o.device
	}
	if o.speed != 0 {
		b.Speed = o.speed
	}
	return b, nil
}

// play is what a drawn camera shows.
func play(o *options, b *boards.Board) orders.Scripted {
	if b.Driver != "sim" {
		return orders.Scripted{}
	}
	return orders.Scripted{Seed: o.seed, Seconds: uint32(o.seconds)}
}

// pipes takes over the descriptors that the caller handed down.
func pipes(o *options, b *boards.Board) (feed, view, world *os.File, err error) {
	if (b.Driver == "clip") != (o.feed != 0) {
		return nil, nil, nil, fmt.Errorf("-driver clip and -feed go together; go run ./tools/try -clip FILE does it")
	}
	for _, p := range []struct {
		fd   int
		name string
		to   **os.File
	}{{o.feed, "feed", &feed}, {o.view, "view", &view}, {o.world, "world", &world}} {
		if p.fd != 0 {
			syscall.CloseOnExec(p.fd)
			*p.to = os.NewFile(uintptr(p.fd), p.name)
		}
	}
	return feed, view, world, nil
}

// printer prints whole lines from any goroutine, and a line that only repeats itself once.
func printer() func(string) {
	var mu sync.Mutex
	last := ""
	return func(line string) {
		mu.Lock()
		defer mu.Unlock()
		if line != last {
			fmt.Println(line)
		}
		last = line
	}
}
