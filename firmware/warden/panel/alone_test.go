package panel

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/warden/signs"
)

// blinker counts how often it is lit anew, and asks for the end after some looks.
type blinker struct {
	asked chan os.Signal
	looks int
	lit   bool
	times int
	fault error
}

func (b *blinker) Set(lit bool) error {
	if lit && !b.lit {
		b.times++
	}
	b.lit, b.looks = lit, b.looks+1
	if b.looks == 100 {
		b.asked <- syscall.SIGTERM
	}
	return b.fault
}

func (*blinker) Close() error { return nil }

func TestAlone(t *testing.T) {
	b := &blinker{asked: make(chan os.Signal, 1)}
	// Time goes on with looks: 100 of them are one round of six flashes, 4.5 s, and a tenth of the next.
	if err := Alone(b, signs.Six, func() time.Duration { return time.Duration(b.looks) * 50 * time.Millisecond }, b.asked); err != nil {
		t.Fatal(err)
	}
	if b.times != 7 || b.lit || b.looks > 102 {
		t.Errorf("lit %d times in %d looks, lit at the end: %v", b.times, b.looks, b.lit)
	}
	broken := errors.New("broken")
	if err := Alone(&blinker{fault: broken}, signs.Three, func() time.Duration { return 0 }, nil); !errors.Is(err, broken) {
		t.Error(err)
	}
}
