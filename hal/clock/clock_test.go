package clock

import (
	"errors"
	"testing"
	"time"
)

func TestSpeedNeedsAPretendedBoard(t *testing.T) {
	for _, tc := range []struct {
		speed     int
		pretended bool
		ok        bool
	}{{1, false, true}, {1, true, true}, {2, false, false}, {2, true, true}, {0, true, false}, {1001, true, false}} {
		if _, err := Open(tc.speed, tc.pretended); (err == nil) != tc.ok || err != nil && !errors.Is(err, ErrSpeed) {
			t.Errorf("speed %d, pretended %v: %v", tc.speed, tc.pretended, err)
		}
	}
}

func TestRunsFaster(t *testing.T) {
	c, err := Open(1000, true)
	if err != nil {
		t.Fatal(err)
	}
	from, began := c.Since(), time.Now()
	time.Sleep(c.World(2 * time.Second))
	// The world may hold the test up, so the bound is what the world's clock saw.
	got, most := c.Since()-from, 1000*time.Since(began)
	if got < 2*time.Second || got > most+time.Second {
		t.Errorf("%v passed, want 2 s to %v", got, most)
	}
	if ahead := c.Now().Sub(time.Now()); ahead < time.Second {
		t.Errorf("the clock is %v ahead of the world, want seconds", ahead)
	}
}

func TestOrdinary(t *testing.T) {
	c, err := Open(1, false)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Until(c.Now()); d > time.Second || d < -10*time.Second {
		t.Errorf("%v off", d)
	}
}

func TestPause(t *testing.T) {
	for _, d := range []time.Duration{-time.Second, 0, 20 * time.Millisecond} {
		began := time.Now()
		Pause(d)
		if took := time.Since(began); took < d || took > d+5*time.Second {
			t.Errorf("%v took %v", d, took)
		}
	}
}

func TestBoot(t *testing.T) {
	c, err := Open(1000, true)
	if err != nil {
		t.Fatal(err)
	}
	from, began := c.Boot(), time.Now()
	time.Sleep(20 * time.Millisecond)
	if got, most := c.Boot()-from, time.Since(began); got < 20*time.Millisecond || got > most+time.Second {
		t.Errorf("%v passed, want 20 ms to %v: it runs at the speed of the world", got, most)
	}
}
