package calendar

import (
	"testing"
	"time"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func floor() time.Time { return at("2026-11-01T12:00:00Z") }

// reading is one call of Read, with the wall as a distance from the floor.
type reading struct {
	wall   time.Duration
	mono   time.Duration
	synced bool

	now   time.Duration // wanted, from the floor
	state State
	step  *Step
}

func refused(by time.Duration) *Step  { return &Step{by, false} }
func believed(by time.Duration) *Step { return &Step{by, true} }

func TestRead(t *testing.T) {
	const min, hour, sec = time.Minute, time.Hour, time.Second
	for name, all := range map[string][]reading{
		"synchronised from the start": {
			{wall: 3 * day, synced: true, now: 3 * day, state: Known},
			{wall: 3*day + hour + sec, mono: hour, synced: true, now: 3*day + hour, state: Known},
			{wall: 3*day + 2*hour, mono: 2 * hour, synced: false, now: 3*day + 2*hour, state: Known},
		},
		"1970 and then the network": {
			{wall: -57 * year, mono: 5 * sec, now: 0, state: Unknown, step: refused(-57 * year)},
			{wall: -57*year + min, mono: 5*sec + min, now: min, state: Unknown},
			{wall: 90 * day, mono: 5*sec + 2*min, synced: true, now: 90 * day, state: Known, step: believed(90*day - 2*min)},
		},
		"a clock chip and then the network": {
			{wall: day, now: day, state: Unknown},
			{wall: 2 * day, mono: min, now: day + min, state: Unknown, step: refused(day - min)},
			{wall: 9 * day, mono: 2 * min, synced: true, now: 9 * day, state: Known, step: believed(8*day - 2*min)},
		},
		"a clock chip below the floor": {
			{wall: -min, now: 0, state: Unknown, step: refused(-min)},
			{wall: -sec, mono: min, now: min, state: Unknown},
		},
		"a step of three seconds": {
			{wall: 0, synced: true, now: 0, state: Known},
			{wall: min + 3*sec, mono: min, synced: true, now: min + 3*sec, state: Known, step: believed(3 * sec)},
			{wall: 2*min + sec, mono: 2 * min, synced: true, now: 2*min + 3*sec, state: Known},
			{wall: 3*min + sec - 1, mono: 3 * min, synced: true, now: 3*min + sec - 1, state: Known, step: believed(-2*sec - 1)},
		},
		"never synchronised": {
			{wall: 0, now: 0, state: Unknown},
			{wall: -hour, mono: min, now: min, state: Unknown, step: refused(-hour - min)},
			{wall: -hour + min, mono: 2 * min, now: 2 * min, state: Unknown},
		},
		"synchronised beyond the window, then within": {
			{wall: Window + sec, synced: true, now: 0, state: Held, step: refused(Window + sec)},
			{wall: Window + min, mono: min, synced: true, now: Window + min, state: Known, step: believed(Window)},
		},
		"the window is its own end": {{wall: Window, synced: true, now: Window, state: Known}},
		"9999": {
			{wall: 0, synced: true, now: 0, state: Held, step: refused(1<<63 - 1)},
			{wall: 0, mono: min, synced: true, now: min, state: Held},
			{wall: 2 * min, mono: 2 * min, synced: true, now: 2 * min, state: Known, step: nil},
		},
		"just below the floor: time stands": {
			{wall: -min, synced: true, now: 0, state: Held},
			{wall: -sec, mono: min - sec, synced: true, now: 0, state: Known},
			{wall: min, mono: 2 * min, synced: true, now: min, state: Known},
		},
		"too far below the floor": {
			{wall: -MaxHold - sec, synced: true, now: 0, state: Held, step: refused(-MaxHold - sec)},
			{wall: -MaxHold + min, mono: min, synced: true, now: 0, state: Held, step: believed(-MaxHold)},
			{wall: -min, mono: MaxHold - min, synced: true, now: 0, state: Held},
			{wall: min, mono: MaxHold + min, synced: true, now: min, state: Known},
		},
		"forward by a day and no more": {
			{wall: day, synced: true, now: day, state: Known},
			{wall: 2*day + min, mono: min, synced: true, now: 2*day + min, state: Known, step: believed(day)},
			{wall: 2*day + hour + sec, mono: 2 * min, synced: true, now: 2*day + 2*min, state: Held, step: refused(hour - 2*min + sec)},
			{wall: 2*day + hour + sec + min, mono: 3 * min, synced: true, now: 2*day + 3*min, state: Held},
			{wall: 2*day + 4*min, mono: 4 * min, synced: true, now: 2*day + 4*min, state: Known},
		},
		"ten years forward and back": {
			{wall: 0, synced: true, now: 0, state: Known},
			{wall: 10 * year, mono: min, synced: true, now: min, state: Held, step: refused(10*year - min)},
			{wall: 2 * min, mono: 2 * min, synced: true, now: 2 * min, state: Known},
			{wall: -10 * year, mono: 3 * min, synced: true, now: 3 * min, state: Held, step: refused(-10*year - 3*min)},
			{wall: 10*year + 3*min, mono: 4 * min, synced: true, now: 4 * min, state: Held, step: refused(10*year - min)},
		},
		"monotonic time that goes back": {
			{wall: 0, mono: hour, synced: true, now: 0, state: Known},
			{wall: min, mono: hour + min, synced: true, now: min, state: Known},
			{wall: min, mono: 0, synced: true, now: min, state: Known},
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := New(floor(), floor().Add(-year))
			for i, r := range all {
				wall := floor().Add(r.wall)
				if name == "9999" && i < 2 {
					wall = at("9999-12-31T23:59:59Z")
				}
				now, state, step := k.Read(wall, r.mono, r.synced)
				if now.Sub(floor()) != r.now || state != r.state {
					t.Errorf("reading %d: %v after the floor, state %d, want %v, %d", i, now.Sub(floor()), state, r.now, r.state)
				}
				if (step == nil) != (r.step == nil) || step != nil && *step != *r.step {
					t.Errorf("reading %d: step %+v, want %+v", i, step, r.step)
				}
			}
		})
	}
}

// TestNeverBehindARecord: the clock goes back behind what a record carries.
func TestNeverBehindARecord(t *testing.T) {
	k := New(floor(), floor())
	k.Read(floor().Add(10*time.Hour), 0, true)
	k.Carried(floor().Add(9 * time.Hour))
	now, state, step := k.Read(floor().Add(9*time.Hour+time.Minute), time.Minute, true)
	if now != floor().Add(9*time.Hour+time.Minute) || state != Known || step == nil || !step.Believed || step.By != -time.Hour {
		t.Fatalf("back to the record: %v, %d, %+v", now, state, step)
	}
	now, state, step = k.Read(floor().Add(8*time.Hour), 2*time.Minute, true)
	if now != floor().Add(9*time.Hour) || state != Held || step == nil || !step.Believed {
		t.Fatalf("behind the record: %v, %d, %+v", now, state, step)
	}
	now, state, step = k.Read(floor().Add(9*time.Hour+time.Minute), time.Hour+3*time.Minute, true)
	if now != floor().Add(9*time.Hour+time.Minute) || state != Known || step != nil {
		t.Fatalf("caught up: %v, %d, %+v", now, state, step)
	}
	k.Carried(now)
	if got, state, step := k.Read(now.Add(-MaxHold), time.Hour+4*time.Minute, true); got != now.Add(time.Minute) || state != Held || step == nil || step.Believed {
		t.Fatalf("longer than time may stand: %v, %d, %+v", got, state, step)
	}
}

// TestStanding: a clock that moves while time stands for it costs only what it adds.
func TestStanding(t *testing.T) {
	k := New(floor(), floor())
	k.Read(floor(), 0, true)
	for i, tc := range []struct {
		behind time.Duration
		held   bool
	}{{90 * time.Minute, true}, {60 * time.Minute, true}, {110 * time.Minute, false}, {30 * time.Minute, true}} {
		_, state, step := k.Read(floor().Add(-tc.behind), 0, true)
		if state != Held || step == nil || step.Believed != tc.held {
			t.Errorf("reading %d: state %d, %+v", i, state, step)
		}
	}
}

// TestBackAndForth: a clock that does nothing else fills no log.
func TestBackAndForth(t *testing.T) {
	for name, by := range map[string]time.Duration{"believed": 10 * time.Second, "refused": 10 * year, "absurd": 1<<63 - 1} {
		k := New(floor(), floor())
		k.Read(floor(), 0, true)
		said := 0
		const hours = 3
		for i := range time.Duration(hours * 3600) {
			off := by
			if i%2 == 0 {
				off = -by
			}
			if _, _, step := k.Read(k.line().Add(off), i*time.Second, true); step != nil {
				said++
			}
		}
		if said < 2 || said > MaxSteps+hours {
			t.Errorf("%s: %d steps were said in %d hours", name, said, hours)
		}
	}
}

func TestFloor(t *testing.T) {
	built := floor().Add(-year)
	for _, tc := range []struct {
		name       string
		kept, want time.Time
	}{
		{"kept", floor(), floor()},
		{"none", time.Time{}, built},
		{"before it was made", built.Add(-time.Second), built},
		{"9999", at("9999-12-31T00:00:00Z"), built},
		{"far", built.Add(oldest), built},
		{"less far", built.Add(oldest - 1), built.Add(oldest - 1)},
	} {
		k := New(tc.kept, built)
		if k.Floor() != tc.want {
			t.Errorf("%s: floor %v, want %v", tc.name, k.Floor(), tc.want)
		}
		if now, _, _ := k.Read(time.Unix(0, 0), 0, false); now != tc.want {
			t.Errorf("%s: starts at %v, want %v", tc.name, now, tc.want)
		}
	}
	k := New(floor(), built)
	k.Read(floor().Add(time.Hour), 0, true)
	k.Carried(at("9999-12-31T00:00:00Z"))
	if want := floor().Add(time.Hour); k.Floor() != want {
		t.Errorf("a floor of the future was kept: %v, want %v", k.Floor(), want)
	}
}

func TestStepSeconds(t *testing.T) {
	for by, want := range map[time.Duration]int32{0: 0, -1500 * time.Millisecond: -1, 1<<63 - 1: 1<<31 - 1, -1 << 63: -(1<<31 - 1), time.Hour: 3600} {
		if got := (&Step{By: by}).Seconds(); got != want {
			t.Errorf("%v: %d, want %d", by, got, want)
		}
	}
}
