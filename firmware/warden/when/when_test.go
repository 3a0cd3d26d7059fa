package when

import (
	"encoding/binary"
	"os"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/warden/calendar"
	"tellijn/hal/clock"
	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

func begin(t *testing.T, factor int, byFrames bool) When {
	t.Helper()
	c, err := clock.Open(1, true)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Compress(factor, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), true)
	if err != nil {
		t.Fatal(err)
	}
	return New(c, cal, calendar.New(time.Time{}, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)), byFrames, true)
}

func tallied(to uint32) *wire.Message {
	return &wire.Message{Stream: wire.Stream{Interval: 40 * time.Millisecond}, Tally: tally.Tally{To: to}}
}

// By frames, time stands until frames come, and goes on with the next eye where the last one ended.
func TestByFrames(t *testing.T) {
	w := begin(t, 90, true)
	first, step := w.Read()
	if step != nil || first.Clock != record.ClockKnown || first.Now.Hour() != 12 {
		t.Fatalf("%+v, %+v", first, step)
	}
	w.Tally(tallied(250)) // ten seconds
	at, _ := w.Read()
	if d := at.Now.Sub(first.Now); d != 15*time.Minute || at.Uptime != d {
		t.Fatalf("%v passed, uptime %v", d, at.Uptime)
	}
	w.Eye()
	w.Tally(tallied(25))
	if at, _ = w.Read(); at.Now.Sub(first.Now) != 15*time.Minute+90*time.Second {
		t.Fatalf("%v with the second eye", at.Now.Sub(first.Now))
	}
	if w.Age() != at.Now.Unix() {
		t.Errorf("age %d at %d", w.Age(), at.Now.Unix())
	}
}

// A calendar that is shifted by ten years is a step that is told and not believed.
func TestShift(t *testing.T) {
	for _, by := range []time.Duration{10 * 365 * 24 * time.Hour, -10 * 365 * 24 * time.Hour} {
		w := begin(t, 1, true)
		first, _ := w.Read()
		w.Carried()
		if !w.Shift(by) {
			t.Fatal("nothing moved")
		}
		w.Tally(tallied(25))
		at, step := w.Read()
		if step == nil || step.Believed || step.By < by-time.Minute || step.By > by+time.Minute {
			t.Fatalf("%v: %+v", by, step)
		}
		if d := at.Now.Sub(first.Now); d != time.Second || at.Clock != record.ClockHeld || w.Age() != 0 {
			t.Errorf("%v: time went on by %v, clock %d, age %d", by, d, at.Clock, w.Age())
		}
	}
}

// By the clock, time passes by itself.
func TestByClock(t *testing.T) {
	w := begin(t, 1000, false)
	first, _ := w.Read()
	time.Sleep(20 * time.Millisecond)
	if at, _ := w.Read(); at.Now.Sub(first.Now) < 20*time.Second || at.Uptime < 20*time.Second {
		t.Errorf("%v passed, uptime %v", at.Now.Sub(first.Now), at.Uptime)
	}
}

func TestShifts(t *testing.T) {
	r, f, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan time.Duration)
	go Shifts(r, out)
	for seconds, want := range map[int64]time.Duration{-3600: -time.Hour, 1 << 62: maxShift * time.Second, -1 << 62: -maxShift * time.Second} {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], uint64(seconds))
		if _, err := f.Write(b[:]); err != nil {
			t.Fatal(err)
		}
		if got := <-out; got != want {
			t.Errorf("%d: %v, want %v", seconds, got, want)
		}
	}
	f.Write([]byte{1, 2, 3})
	f.Close()
}

// While no eye is to run, time by frames goes by the clock; with the next eye it goes by frames again.
func TestRest(t *testing.T) {
	w := begin(t, 90, true)
	w.Tally(tallied(250))
	before, _ := w.Read()
	w.Rest()
	time.Sleep(20 * time.Millisecond)
	w.Rest() // again changes nothing
	after, step := w.Read()
	if d := after.Now.Sub(before.Now); d < 90*20*time.Millisecond || d > 90*10*time.Second || step != nil || after.Uptime-before.Uptime != d {
		t.Errorf("%v passed, uptime %v, %+v", d, after.Uptime-before.Uptime, step)
	}
	w.Eye()
	time.Sleep(5 * time.Millisecond)
	begun, _ := w.Read()
	w.Tally(tallied(250))
	if at, _ := w.Read(); at.Now.Sub(begun.Now) != 15*time.Minute || begun.Now.Sub(after.Now) > 0 {
		t.Errorf("%v with the next eye, %v before it", at.Now.Sub(begun.Now), begun.Now.Sub(after.Now))
	}
}
