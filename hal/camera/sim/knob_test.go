package sim

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim/knobs"
)

// tiny is as small but with few pixels, for tests of many scenes.
func tiny(s Script) Config {
	c := small(s)
	c.Format.Width, c.Format.Height = 64, 48
	return c
}

// differ tells whether two scenes differ within 700 frames.
func differ(t *testing.T, one, two Config) bool {
	one.Format.Width, one.Format.Height, two.Format.Width, two.Format.Height = 32, 24, 32, 24
	a, b := open(t, one), open(t, two)
	var f, g camera.Frame
	for range 700 {
		if a.Borrow(&f) != nil || b.Borrow(&g) != nil {
			t.Fatal("no frame")
		}
		if f.Sequence != g.Sequence || a.Format() != b.Format() || !bytes.Equal(f.Data, g.Data) {
			return true
		}
		a.Return(&f)
		b.Return(&g)
	}
	return false
}

// Every knob must do something: the two ends of its sweep give different frames.
func TestEveryKnobChangesFrames(t *testing.T) {
	for _, r := range knobs.Sweep() {
		if r.Name == "quality" {
			continue // carried for others
		}
		lo, hi := r.Values[0], r.Values[len(r.Values)-1]
		c := func(v int32) Config {
			s, err := Knob(r.Name, v, 7)
			if err != nil {
				t.Fatal(err)
			}
			return tiny(s)
		}
		if !differ(t, c(lo), c(hi)) {
			t.Errorf("%s: %d and %d give the same frames", r.Name, lo, hi)
		}
	}
	// The knobs that have no plot of their own.
	for name, v := range map[string]int32{"gap_least": 4500, "gap_most": 2100, "speed_spread": 0, "curve": 0,
		"pairs": 0, "follows": 70, "passes": 0, "turns": 0, "turn_spread": 0, "stands": 90, "sun": 100, "step_seconds": 5} {
		k := Nominal()
		k.Sun, k.Turns, k.Step = 0, 40, 50
		same := Door(7, k, 120)
		if err := k.Set(name, v); err != nil {
			t.Fatal(err)
		}
		if name == "stands" || name == "follows" {
			k.Pairs, k.Passes, k.Turns = 0, 0, 0
		}
		if !differ(t, tiny(same), tiny(Door(7, k, 120))) {
			t.Errorf("%s = %d changes nothing", name, v)
		}
	}
}

// sequence runs a scene and gives the sequence numbers, and how many frames equalled the one before.
func sequence(t *testing.T, k Knobs) (numbers []uint32, same int) {
	m := open(t, tiny(Door(9, k, 60)))
	var f camera.Frame
	last := ""
	for m.Borrow(&f) == nil {
		numbers = append(numbers, f.Sequence)
		now := string(f.Data)
		if now == last {
			same++
		}
		last = now
		m.Return(&f)
	}
	return numbers, same
}

func TestDroppedFramesLeaveGaps(t *testing.T) {
	k := Nominal()
	k.Dropped = 20
	numbers, same := sequence(t, k)
	if numbers[0] != 0 || same != 0 {
		t.Errorf("begins at %d, %d frames twice", numbers[0], same)
	}
	if n := len(numbers); n < 1500*75/100 || n > 1500*85/100 {
		t.Errorf("%d frames of 1500 came, want about 1200", n)
	}
	for i := 1; i < len(numbers); i++ {
		if numbers[i] <= numbers[i-1] {
			t.Fatalf("sequence went from %d to %d", numbers[i-1], numbers[i])
		}
	}
}

func TestDoubledFramesAreTheSame(t *testing.T) {
	k := Nominal()
	k.Dropped, k.Doubled = 0, 20
	numbers, same := sequence(t, k)
	if len(numbers) != 1500 || same < 1500*15/100 || same > 1500*25/100 {
		t.Errorf("%d frames, %d twice; want 1500 and about 300", len(numbers), same)
	}
}

func TestRateSetsTheInterval(t *testing.T) {
	s, err := Knob("rate", 80, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := open(t, small(s)).Format().Interval; got != 125*time.Millisecond {
		t.Errorf("8 frames a second are %v apart", got)
	}
}

func TestConfigRefuses(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"MJPEG":      func(c *Config) { c.Format.Pixel = camera.MJPEG },
		"person are": func(c *Config) { c.PersonArea = 499 },
		"0 lines":    func(c *Config) { c.Lines = nil },
		"outside":    func(c *Config) { c.Lines = []Line{{Point{-1, 0}, Point{5, 5}}} },
		"no length":  func(c *Config) { c.Lines = []Line{{Point{5, 5}, Point{5, 5}}} },
		"script kin": func(c *Config) { c.Script.Kind = 5 },
		"604800":     func(c *Config) { c.Script.Seconds = 1 << 30 },
		"noise":      func(c *Config) { c.Script.Knobs.Noise = -1 },
		"stride":     func(c *Config) { c.Format.Stride = 100 },
		"size":       func(c *Config) { c.Format.Width = 5000 },
	} {
		c := small(Door(1, Nominal(), 60))
		change(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one that says %q", err, want)
		}
	}
	c := small(Door(1, Nominal(), 60))
	c.Format.Pixel = camera.MJPEG
	if _, err := New(c); !errors.Is(err, camera.ErrFormat) {
		t.Errorf("MJPEG: %v, want camera.ErrFormat", err)
	}
	for kind := range Kind(5) {
		if s, err := Preset(kind, 1); err != nil || s.Kind != kind {
			t.Errorf("preset %d: %v, %v", kind, s.Kind, err)
		}
	}
	if _, err := Preset(5, 1); err == nil {
		t.Error("a preset that is not there")
	}
	if _, err := Knob("noise", -1, 1); err == nil {
		t.Error("a knob was turned out of its range")
	}
}

func TestFramesPassesOverTheScript(t *testing.T) {
	c := small(Door(1, Nominal(), 0))
	c.Frames = 30
	m := open(t, c)
	var f camera.Frame
	n := 0
	for ; m.Borrow(&f) == nil; n++ {
		m.Return(&f)
	}
	if n < 28 || n > 30 {
		t.Errorf("%d frames, want 30 less some dropped", n)
	}
}
