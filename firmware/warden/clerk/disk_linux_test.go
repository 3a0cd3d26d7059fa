package clerk

import (
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/ledger"
)

// full takes all room from the disk below a ledger, until room gives it back: each write fails as on a full
// one. Locks stay, since the file itself stays open.
func full(t *testing.T, l *ledger.Ledger) (room func()) {
	t.Helper()
	f, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no device that is always full: %v", err)
	}
	defer f.Close()
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

// TestFullDisk has no room on the disk for a while: each try fails, nothing of it is taken for stored, and what
// was counted meanwhile is there once there is room.
func TestFullDisk(t *testing.T) {
	d := &diary{device: newDevice(t, "d", nil, key(1))}
	d.now = morning.Add(5 * time.Hour)
	d.boot()
	d.minute(1)
	room := full(t, d.s.Ledger)
	d.book.Changed = true
	for range 2 {
		if err := d.c.Checkpoint(d.stamp()); !errors.Is(err, ErrStore) || !errors.Is(err, ledger.ErrNoRoom) || !d.book.Changed {
			t.Fatalf("%v, changed %v; want no room, and that there is something to keep", err, d.book.Changed)
		}
	}
	if err := d.c.Take([]book.Closed{d.interval(3, 0)}, d.stamp()); !errors.Is(err, ledger.ErrNoRoom) || d.c.Waiting() != 1 || d.c.Told != nil {
		t.Fatalf("%v, %d wait", err, d.c.Waiting())
	}
	room()
	if err := d.c.Take(nil, d.stamp()); err != nil || d.c.Waiting() != 0 || d.book.Changed {
		t.Fatalf("%v, %d wait, changed %v", err, d.c.Waiting(), d.book.Changed)
	}
	d.boot()
	kept, err := book.Counts(d.c.Kept())
	if c := d.c.Carried[0].Forward; err != nil || kept[0].Forward != 1 || c != 3 {
		t.Errorf("%v, %+v kept, %d carried", err, kept[0], c)
	}
}
