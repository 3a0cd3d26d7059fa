// Package trial is one emulated board at work: an image with a device of its own on it, a network with a
// real collector, a drawn door before the camera, and all that the console says. Nobody real is counted. It is
// for the rig, outside the data path.
package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tellijn/boards"
	"tellijn/tools/fieldkit/inject"
	"tellijn/tools/rig/boot"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/door"
	"tellijn/tools/rig/hear"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/receiver"
	"tellijn/tools/rig/segment"
)

// Options say what to run.
type Options struct {
	Image string // of a card; it is copied
	// Now is when the trial begins for everybody in it; zero means now.
	Now time.Time
	// Boot says how the board is started; Board, Card, Camera, Wire, Clock and Say are filled in. NoCamera
	// leaves the camera out.
	Boot     boot.Options
	NoCamera bool
	// Plan changes the device; Board, Name, Enrol and, unless NoApproval is set, From and Until are filled in.
	Plan       install.Plan
	NoApproval bool
	// Mute is a network that gives nobody an address, NoTime one whose clocks do not answer.
	Mute, NoTime bool
	Reader       bool      // the card is in a reader that can fail: Trial.Disk
	Seed         uint64    // of the people who are drawn
	Log          io.Writer // gets the console; nil for nobody
	Say          func(string)
	Console      func(string) // gets each line of the console; nil for nobody
}

// Trial is a running one. Call End.
type Trial struct {
	*boot.Machine
	Console  *hear.Console
	Receiver *receiver.Receiver
	Segment  *segment.Segment
	Door     *door.Door
	Device   *install.Device
	Disk     *disk.Disk
	Card     string // path of the copy
	Slot     int64  // bytes of the files in the slot
	Began    time.Time

	o   Options
	dir string
}

// Name of the device.
const Name = "rig-door"

// Open prepares everything and starts the board.
func Open(ctx context.Context, o Options) (s *Trial, err error) {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	s = &Trial{o: o, Began: time.Now()}
	if s.dir, err = os.MkdirTemp("", "rig"); err != nil { // short, for paths of sockets
		return nil, fmt.Errorf("trial: %w", err)
	}
	made := s
	defer func() {
		if err != nil {
			made.End()
		}
	}()
	s.Card = filepath.Join(s.dir, "card.img")
	if err := install.Copy(o.Image, s.Card); err != nil {
		return nil, err
	}
	board, err := s.card()
	if err != nil {
		return nil, err
	}
	if s.Receiver, err = receiver.Start(filepath.Join(s.dir, "collector"), segment.Collector+":8443", s.Now, o.Say); err != nil {
		return nil, err
	}
	wire := filepath.Join(s.dir, "wire")
	net := segment.Options{Doors: map[string]string{segment.Collector + ":8443": s.Receiver.Address}, Now: s.Now, Deaf: o.Mute}
	if o.NoTime {
		net.Now = nil
	}
	if s.Segment, err = segment.Lay(wire, net); err != nil {
		return nil, err
	}
	p := o.Plan
	p.Board, p.Name, p.Enrol = board, Name, s.Receiver.Enrol
	if !o.NoApproval && p.Until.IsZero() {
		p.From, p.Until = s.Now().Add(-24*time.Hour), s.Now().Add(30*24*time.Hour)
	}
	if s.Device, err = install.Make(p); err != nil {
		return nil, err
	}
	if err := install.Put(s.Card, s.Device.Files); err != nil {
		return nil, err
	}
	if s.Door, err = door.New(o.Seed, &s.Device.Board.Scene); err != nil {
		return nil, err
	}
	o.Boot.Wire = wire
	if o.Reader {
		path := filepath.Join(s.dir, "reader")
		if s.Disk, err = disk.Serve(s.Card, path); err != nil {
			return nil, err
		}
		o.Boot.Disk = "nbd+unix:///?socket=" + path
	}
	s.o.Boot = o.Boot
	return s, s.Start(ctx)
}

// Start starts the board with the card as it is now. The one before has to have ended.
func (s *Trial) Start(ctx context.Context) (err error) {
	b := s.o.Boot
	b.Board, b.Card, b.Keep, b.Say = s.Device.Board.Name, s.Card, true, s.o.Say
	if b.Clock == "" {
		b.Clock = s.Now().UTC().Format("2006-01-02T15:04:05")
	}
	if !s.o.NoCamera && s.Device.Board.Driver == "v4l2" {
		b.Camera = s.Door.Camera
	}
	if s.Machine, err = boot.Boot(ctx, b); err != nil {
		return err
	}
	s.Console = listen(s.Machine.Lines(), s.o.Log, s.o.Console)
	return nil
}

// listen takes what a machine says until it ends.
func listen(lines <-chan string, out io.Writer, say func(string)) *hear.Console {
	c := hear.New(out, say)
	c.Live(true)
	go func() {
		c.Listen(lines)
		c.Live(false)
	}()
	return c
}

// card reads which board the image is for, and how much its first slot holds.
func (s *Trial) card() (b boards.Board, err error) {
	f, err := os.Open(s.Card)
	if err != nil {
		return b, fmt.Errorf("trial: %w", err)
	}
	defer f.Close()
	if b, err = inject.BoardOf(f); err != nil {
		return b, err
	}
	s.Slot, err = slot(f)
	return b, err
}

// Now is the time of the trial.
func (s *Trial) Now() time.Time {
	if s.o.Now.IsZero() {
		return time.Now()
	}
	return s.o.Now.Add(time.Since(s.Began))
}

// Looked waits for what the first process says of memory and sockets, a minute after its start.
func (s *Trial) Looked(d time.Duration) error {
	_, err := s.Console.Await(context.Background(), 0, socketsLine, d)
	return err
}

// Switch asks the board to switch itself off, by its button or, where it has none, as a power button of the
// machine would, and waits for the end.
func (s *Trial) Switch(d time.Duration) error {
	mark := s.Console.Mark()
	if s.Bench == nil {
		return errors.New("trial: this machine has no button")
	}
	pressed := s.Bench.Press(4 * time.Second) // it fails if the machine is gone before the button is let go
	if _, err := s.Console.Await(context.Background(), mark, `reboot: Power down`, d); err != nil {
		return errors.Join(err, pressed)
	}
	return s.Machine.Wait()
}

// End ends everything and removes the copy.
func (s *Trial) End() {
	if s.Machine != nil {
		s.Machine.End()
	}
	if s.Segment != nil {
		s.Segment.Close()
	}
	if s.Disk != nil {
		s.Disk.Close()
	}
	if s.Receiver != nil {
		s.Receiver.Close()
	}
	os.RemoveAll(s.dir)
}
