package door

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"tellijn/counting/pipeline"
	"tellijn/counting/tally"
	"tellijn/firmware/eye/cycle"
	"tellijn/hal/camera/sim"
	"tellijn/hal/camera/sim/look"
	"tellijn/privacy/wire"
)

func play(t *testing.T, s sim.Script, dress sim.Dress) Seen {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	seen, err := d.Play(s, dress)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// TestRecordsAreThoseOfTheEye holds the loop here against the loop of the device.
func TestRecordsAreThoseOfTheEye(t *testing.T) {
	s := sim.Door(11, sim.Nominal(), 30)
	seen := play(t, s, sim.Dress{})
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	sc := &d.Board.Scene
	l := sc.Lines[0]
	c, err := sim.New(sim.Config{Format: d.Board.Wanted, PersonArea: sc.PersonArea, Script: s,
		Lines: []sim.Line{{A: sim.Point(l.A), B: sim.Point(l.B)}}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.New(sc, c.Format())
	if err != nil {
		t.Fatal(err)
	}
	var pipe bytes.Buffer
	loop := cycle.Loop{Camera: c, Count: p, Out: wire.NewWriter(&pipe, stream(c.Format())),
		Beat: uint32(d.Board.Beat / c.Format().Interval), Stop: func() bool { return false }}
	if err := loop.Run(); err != nil {
		t.Fatal(err)
	}
	exact, want, err := d.Book(&pipe)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 3 || len(seen.Records) != 3 {
		t.Fatalf("%d records here, %d from the eye's own loop, want 3", len(seen.Records), len(want))
	}
	for i := range exact {
		exact[i].Lifetime, seen.Intervals[i].Lifetime = tally.Lifetime{}, tally.Lifetime{}
	}
	if !reflect.DeepEqual(exact, seen.Intervals) {
		t.Error("the intervals differ from those of the eye's own loop")
	}
	for i := range want {
		if !bytes.Equal(want[i], seen.Records[i]) {
			t.Errorf("record %d differs from that of the eye's own loop", i)
		}
	}
}

// TestIntervalsHoldWhatWasCounted compares totals; somebody may have crossed in the last, which is still open.
func TestIntervalsHoldWhatWasCounted(t *testing.T) {
	seen := play(t, sim.Door(12, sim.Nominal(), 41), sim.Dress{})
	sum := uint32(0)
	for _, c := range seen.Intervals {
		f, b := c.Sum()
		sum += f + b
	}
	if int(sum) < len(seen.Counted)-1 || int(sum) > len(seen.Counted) || sum < 4 || len(seen.Truth) < 4 {
		t.Errorf("intervals hold %d crossings, %d were counted, %d are true", sum, len(seen.Counted), len(seen.Truth))
	}
}

func TestPlaysRepeatAndDressesDiffer(t *testing.T) {
	s := sim.Door(13, sim.Nominal(), 12)
	a, b := play(t, s, sim.Dress{}), play(t, s, sim.Dress{})
	other := play(t, s, sim.Dress{Seed: 1, Clothes: look.Greys{Least: 200, Most: 230}})
	if a.Frames != b.Frames {
		t.Error("the same play gave other frames")
	}
	if a.Frames == other.Frames {
		t.Error("another dress gave the same frames")
	}
}

func TestWhatCannotBePlayed(t *testing.T) {
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Play(sim.Door(1, sim.Nominal(), 5), sim.Dress{Symbols: 200}); err == nil {
		t.Error("a dress out of range was played")
	}
	d.Board.Interval = time.Second
	if _, err := d.Play(sim.Door(1, sim.Nominal(), 5), sim.Dress{}); err == nil {
		t.Error("intervals of a second were made")
	}
}
