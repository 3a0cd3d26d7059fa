package virtual

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/hear"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/outside"
)

// limit bounds one life of a board; a scenario ends much earlier.
const limit = 2 * time.Hour

// rig is one emulated board with all that is around it.
type rig struct {
	ctx   context.Context // of the scenario: it ends every machine
	s     bench.Setup
	say   func(string)
	sum   string // of the image
	dir   string
	card  string // path of the copy
	plug  string // what the machine has for a card
	began atomic.Int64

	says    *hear.Console
	device  *install.Device
	outside *outside.Outside
	reader  *disk.Disk
	film    played

	turn sync.Mutex // of the power switch
	on   bool
	mu   sync.Mutex // of what follows
	life *life      // the running one
	past []bench.Change
	lamp map[string]bool // lines that are high, of lives that are over
	bite int             // of watchdogs, in lives that are over
	want state
}

var _ bench.Rig = (*rig)(nil)

func (r *rig) journal() string { return filepath.Join(r.dir, "journal") }

// arrived tells what the collector got: a journal of the card has it in the order of what was written.
func (r *rig) arrived(line string) {
	if r.reader != nil {
		r.reader.Note(line)
	}
	r.say(line)
}

// install puts a device on the card.
func (r *rig) install() error {
	f, err := os.Open(r.card)
	if err != nil {
		return fmt.Errorf("virtual: %w", err)
	}
	defer f.Close()
	p, err := install.For(f, &r.s, r.outside.Receiver.Enrol)
	if err != nil {
		return err
	}
	if err := r.load(&p); err != nil {
		return err
	}
	if r.device, err = install.Make(p); err != nil {
		return err
	}
	return install.Put(r.card, r.device.Files)
}

// Image is the SHA-256 of the card's image, before the device was put on it.
func (r *rig) Image() string { return r.sum }

// Now is the time of everybody on the bench. It stands still until the board gets power for the first time.
func (r *rig) Now() time.Time { return r.s.Now.Add(r.since()) }

func (r *rig) since() time.Duration {
	if began := r.began.Load(); began != 0 {
		return time.Since(time.Unix(0, began))
	}
	return 0
}

// chip is what the board's own clock says while its battery lasts.
func (r *rig) chip() time.Time {
	if r.s.Clock.IsZero() {
		return r.Now()
	}
	return r.s.Clock.Add(r.since())
}

// End ends everything and removes the card.
func (r *rig) End() error {
	err := r.Power(false)
	if r.reader != nil {
		r.reader.Close()
	}
	if r.outside != nil {
		err = errors.Join(err, r.outside.Close())
	}
	if c, ok := r.film.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	return errors.Join(err, os.RemoveAll(r.dir))
}

// dark says that something needs a board without power.
func (r *rig) dark() error {
	if r.now() != nil {
		return errors.New("virtual: the board has power; switch it off first")
	}
	return nil
}

// now gives the running life, nil if there is none.
func (r *rig) now() *life {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.life
}
