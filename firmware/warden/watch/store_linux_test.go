package watch

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/boards"
	"tellijn/counting/tally"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/ledger"
	"tellijn/hal/camera"
	"tellijn/hal/power"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/layers"
	"tellijn/privacy/wire"
)

// count has the warden hear that this many came, in as long as an interval, so that one is closed.
func (r *rig) count(forward uint32) {
	r.t.Helper()
	m := &wire.Message{Stream: wire.Stream{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond, Held: layers.All}}
	m.Tally = tally.Tally{To: 250, Cycles: 250}
	m.Tally.Lines[0].Forward = forward
	r.when.Eye()
	r.when.Tally(m)
	at := r.stamp()
	closed, err := r.book.Add(m, at.Now)
	if err != nil || len(closed) == 0 {
		r.t.Fatal(err, len(closed))
	}
	r.take(closed, at)
}

// somebody is counted in the open interval.
func (r *rig) somebody() {
	r.t.Helper()
	m := &wire.Message{Stream: wire.Stream{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond, Held: layers.All}}
	m.Tally.Lines[0].Forward = 1
	if _, err := r.book.Add(m, r.when.Now.Now); err != nil {
		r.t.Fatal(err)
	}
}

// kept is what a power cut would leave of the open interval.
func (r *rig) kept() uint32 {
	r.t.Helper()
	lines, err := book.Counts(r.clerk.Kept())
	if err != nil {
		r.t.Fatal(err)
	}
	return lines[0].Forward
}

// instead has all writes to the ledger go to another file, until mend.
func instead(t *testing.T, l *ledger.Ledger, path string, mode int) (mend func()) {
	t.Helper()
	for _, size := range []int{ledger.MaxState, 0} { // so that no write needs a longer file
		if err := l.Update(func(tx *ledger.Tx) (err error) {
			for i := range 8 {
				err = tx.Put("ballast"+string(rune('a'+i)), make([]byte, size))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(path, mode, 0)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	fd := int(l.Fd())
	keep, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.Dup3(int(f.Fd()), fd, unix.O_CLOEXEC)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := unix.Dup3(keep, fd, unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		unix.Close(keep)
	}
}

// TestFirstInterval: the first interval of all is kept before anybody is counted, and a wrong clock may still
// be set right in it.
func TestFirstInterval(t *testing.T) {
	r := begin(t, counts, power.None{})
	first := r.book.From()
	if r.clerk.Kept() == nil || !clerk.Floor(r.file).IsZero() {
		t.Fatalf("nothing kept, or a floor of the clock, %v", clerk.Floor(r.file))
	}
	if again := on(t, r.file, counts, power.None{}); !again.book.From().Equal(first) {
		t.Errorf("after a power cut it begins at %v, want %v", again.book.From(), first)
	}
}

// TestKeepsOpen: somebody who was counted is on the disk when keepEvery is over, and not before, for the wear.
func TestKeepsOpen(t *testing.T) {
	r := begin(t, counts, power.None{})
	r.somebody()
	r.take(nil, r.stamp())
	if n := r.kept(); n != 0 {
		t.Errorf("%d kept at once", n)
	}
	r.Warden.kept -= keepEvery
	r.take(nil, r.stamp())
	if n := r.kept(); n != 1 || r.book.Changed {
		t.Errorf("%d kept of one, changed %v", n, r.book.Changed)
	}
}

// TestNoRoom has a full disk as the open interval is to be kept. That nothing was lost is said once it is
// kept, and not because there was nothing to store in between.
func TestNoRoom(t *testing.T) {
	r := begin(t, counts, power.None{})
	r.somebody()
	r.Warden.kept -= keepEvery
	mend := instead(t, r.file, "/dev/full", os.O_RDWR)
	const failed, again = "what is counted waits in memory", "there is room again, and nothing was lost"
	for range 3 {
		r.take(nil, r.stamp())
		if said := r.told.said(); strings.Count(said, failed) != 1 || strings.Contains(said, again) || !r.book.Changed {
			t.Fatalf("changed %v\n%s", r.book.Changed, said)
		}
		r.retry = 0
	}
	mend()
	r.take(nil, r.stamp())
	if n := r.kept(); n != 1 || !strings.HasSuffix(r.told.said(), again) || r.ending {
		t.Errorf("%d kept of one\n%s", n, r.told.said())
	}
}

// TestBroken has a disk that fails. Whoever keeps the warden running hears of it: it ends with an error.
func TestBroken(t *testing.T) {
	r := begin(t, counts, power.None{})
	mend := instead(t, r.file, os.DevNull, os.O_RDONLY)
	err := r.run(func(*notes) bool { return false })
	mend()
	if !errors.Is(err, ledger.ErrBroken) || !strings.HasSuffix(err.Error(), "start it again") {
		t.Errorf("%v, want ErrBroken\n%s", err, r.told.said())
	}
}

// TestCarried: the clock of the machine goes back by an hour after a record, and time stands instead.
func TestCarried(t *testing.T) {
	r := begin(t, counts, power.None{})
	r.count(0)
	before := r.when.Now.Now
	r.shift(-time.Hour)
	if after := r.stamp().Now; after.Before(before) || r.told.kinds()[0] != devicelog.ClockStep {
		t.Errorf("from %v to %v behind a record; %v", before, after, r.told.kinds())
	}
}

// TestUnmade: an interval without a record is said.
func TestUnmade(t *testing.T) {
	r := begin(t, counts, power.None{})
	at := r.stamp()
	r.take([]book.Closed{{From: at.Now.Add(-15 * time.Minute), To: at.Now, Lines: []book.Line{{Forward: 3}}, Inside: []uint16{0}}}, at)
	if !strings.Contains(r.told.said(), "Failed   no record can be made of an interval: ") || r.clerk.Carried[0].Forward != 3 {
		t.Errorf("%+v carried\n%s", r.clerk.Carried, r.told.said())
	}
}

// TestLineNoMore: counts of a line that is not in the configuration any more are carried until it is.
func TestLineNoMore(t *testing.T) {
	r := begin(t, counts, power.None{})
	two, err := book.New(book.Setup{Interval: 15 * time.Minute, Location: time.UTC, Lines: 2, Factor: 1}, r.book.From())
	if err != nil {
		t.Fatal(err)
	}
	kept := two.Keep()
	kept[len(kept)-1-6*8] = 5 // backward of the second line
	if err := r.file.Update(func(tx *ledger.Tx) error { return tx.Put("open", kept) }); err != nil {
		t.Fatal(err)
	}
	r = on(t, r.file, counts, power.None{})
	r.closeBook()
	s := r.s.Clerk
	s.Desk.Lines = 2
	c, _, err := clerk.New(s)
	if err != nil || c.Carried[1] != (book.Line{Backward: 5}) {
		t.Errorf("%v, carried %+v", err, c.Carried)
	}
}

// TestSummary: exact counts of real people are not for a terminal.
func TestSummary(t *testing.T) {
	r := begin(t, counts, power.None{})
	r.s.Board.Kind = boards.Real
	r.count(3)
	r.summary()
	if said := r.told.said(); strings.Contains(said, "Counted") || strings.Contains(said, "Carried") || strings.Contains(said, " 3 ") {
		t.Errorf("on a real board: %s", said)
	}
	r.s.Board.Kind = boards.Simulated
	r.summary()
	if !strings.Contains(r.told.said(), "Counted  line 1: 3 forward, 0 backward") {
		t.Errorf("on a simulated one: %s", r.told.said())
	}
}
