package turn

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/boards/plan"
	"tellijn/firmware/warden/gate"
	"tellijn/hal/power"
	"tellijn/hal/power/simpower"
	"tellijn/privacy/approval"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/sign"
)

// TestMachine plays each situation, a look every second.
func TestMachine(t *testing.T) {
	for _, tc := range []struct {
		what, want, runs, lit string // one character a second: 1 for yes
		acts                  string
	}{
		{"closed", "0000", "0000", "0000", "...."},
		{"opens", "0111", "0001", "0001", ".SS."},
		{"counts", "1111", "1111", "1111", "...."},
		{"closes, ends in order", "1100000", "1110000", "1111000", "..tC..."},
		{"closes, does not end", "1000000000", "1111111000", "1111111110", ".tttttKCC."},
		{"opens while the eye ends: it ends all the same", "10111111", "11110111", "11110111", ".tttS..."},
		{"power stays on although nobody wants it", "0000", "0000", "1111", "CCCC"},
		{"an eye that nobody wants", "000", "110", "111", "ttC"},
	} {
		var m Machine
		got := ""
		for i := range tc.want {
			a := m.Step(Now{At: time.Duration(i) * time.Second, Want: tc.want[i] == '1', Runs: tc.runs[i] == '1', Lit: tc.lit[i] == '1'})
			got += string(".StKC"[a])
		}
		if got != tc.acts {
			t.Errorf("%s: %s, want %s", tc.what, got, tc.acts)
		}
	}
	var m Machine
	if a := m.Step(Now{At: 5, Want: true, Due: 6}); a != Nothing {
		t.Errorf("not due: %d", a)
	}
	if a := m.Step(Now{At: time.Second, Lit: true}); a != Cut {
		t.Errorf("not wanted: %d", a)
	}
	for at, want := range map[time.Duration]Act{time.Second + Dark - 1: Nothing, time.Second + Dark: Start} {
		if a := m.Step(Now{At: at, Want: true}); a != want {
			t.Errorf("at %v after taking the power: %d", at, a)
		}
	}
}

// TestMachineLaws lets anything happen around it.
func TestMachineLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Machine
		runs, lit, at := false, false, time.Duration(0)
		unwanted := time.Duration(-1) // since when an eye runs that nobody wants
		for range 300 {
			at += time.Duration(rapid.IntRange(1, 900).Draw(t, "ms")) * time.Millisecond
			want := rapid.IntRange(0, 9).Draw(t, "want") > 3
			a := m.Step(Now{At: at, Want: want, Runs: runs, Lit: lit})
			if !want && runs && unwanted < 0 {
				unwanted = at
			} else if !runs {
				unwanted = -1
			}
			switch {
			case a == Start && (!want || runs), a == Cut && (want || runs || !lit), (a == Stop || a == Kill) && !runs:
				t.Fatalf("act %d with want %v, runs %v, lit %v", a, want, runs, lit)
			case a == Nothing && runs && unwanted >= 0, a == Nothing && !want && !runs && lit:
				t.Fatalf("nothing is done: want %v, runs %v, lit %v", want, runs, lit)
			case a == Kill && at-unwanted <= Order, a == Stop && at-unwanted > Order+time.Second:
				t.Fatalf("act %d after %v", a, at-unwanted)
			}
			switch a {
			case Start:
				runs, lit = rapid.IntRange(0, 9).Draw(t, "starts") > 0, true
			case Cut:
				lit = rapid.IntRange(0, 9).Draw(t, "stuck") == 0
			case Kill:
				runs = false
			case Stop:
				runs = rapid.IntRange(0, 3).Draw(t, "goes on") > 0
			default:
				runs = runs && rapid.IntRange(0, 30).Draw(t, "crash") > 0
			}
		}
	})
}

// bench is a camera and what it tells.
type bench struct {
	*Camera
	sw     *simpower.Switch
	events []devicelog.Event
	lines  []string
}

// world is a moment in the hours of the gate of a bench.
func world(hour int) time.Time { return time.Date(2026, 12, 14, hour, 0, 0, 0, time.UTC) }

func newBench(t *testing.T, change func(*gate.Setup)) *bench {
	t.Helper()
	var w plan.Week
	for i := range w.Days {
		w.Days[i] = []plan.Span{{From: 480, To: 1080}}
	}
	key := sign.NewKey([32]byte{1})
	a := approval.Approval{Version: 1, Decision: "1", Purpose: "To try", Devices: []string{}, From: 1_790_000_000, Until: 1_820_000_000,
		Hours: gate.Form(w, "UTC"), Scene: approval.Scene{Lines: [][4]int32{}, Zones: [][]int32{}}, K: 3, Interval: 900, Assessment: "1", Test: true}
	signed, err := approval.Seal(key, &a)
	if err != nil {
		t.Fatal(err)
	}
	s := gate.Setup{Week: w, Zone: "UTC", Place: time.UTC, Signed: signed,
		Board: approval.Board{Pretended: true, Signer: key.Public(), Device: "x", K: 3, Interval: 15 * time.Minute}}
	if change != nil {
		change(&s)
	}
	b := &bench{sw: simpower.New(func() time.Duration { return 0 })}
	b.Camera = &Camera{Gate: gate.New(s), Switch: b.sw, Place: time.UTC,
		Say: func(l string) { b.lines = append(b.lines, l) }, Emit: func(e devicelog.Event) { b.events = append(b.events, e) }}
	return b
}

// TestDay is a day, with what is told of it.
func TestDay(t *testing.T) {
	b := newBench(t, nil)
	b.First()
	if err := b.On(); err == nil || b.sw.Powered() {
		t.Error("power before the gate was asked")
	}
	b.Ask(world(7), false)
	b.Ask(world(7), true)
	b.Ask(world(7), true)
	if err := b.On(); err == nil || !strings.Contains(err.Error(), "outside of the hours") || b.sw.Powered() || b.Lit() {
		t.Errorf("power outside of the hours: %v", err)
	}
	b.Ask(world(8), true)
	if err := b.On(); err != nil || !b.sw.Powered() || !b.Lit() {
		t.Errorf("no power: %v", err)
	}
	_ = b.Off() // a frame was held too long
	_ = b.On()
	b.Ask(world(18), true)
	if err := b.Off(); err != nil || b.sw.Powered() {
		t.Error(err)
	}
	b.Ask(time.Unix(1_820_000_000, 0), true)
	digest := b.events[0].Digest
	want := []devicelog.Event{{Kind: devicelog.Approval, B: 1, Digest: digest}, {Kind: devicelog.GateClosed, A: int32(gate.NoTime)}, {Kind: devicelog.GateClosed, A: int32(gate.OutsideHours)},
		{Kind: devicelog.GateOpened}, {Kind: devicelog.PowerOn, A: devicelog.ByHours}, {Kind: devicelog.PowerOff}, {Kind: devicelog.PowerOn, A: devicelog.ByHours},
		{Kind: devicelog.GateClosed, A: int32(gate.OutsideHours)}, {Kind: devicelog.PowerOff, A: devicelog.ByHours},
		{Kind: devicelog.Approval, A: int32(approval.Ended), B: 1, Digest: digest}, {Kind: devicelog.GateClosed, A: int32(gate.Ended)}}
	if !slices.Equal(b.events, want) {
		t.Errorf("%v\nwant %v", b.events, want)
	}
	for i, words := range []string{"Loaded   approval for tests: ", "Skipped  camera: no power, the time is not known", "Skipped  camera: no power, it is outside of the hours; looked at again on Mon 14 Dec 2026 08:00",
		"Loaded   hours: the camera may have power, until not before Mon 14 Dec 2026 18:00", "looked at again on Tue 15 Dec 2026 08:00", "Failed   approval for tests: the approval has ended; have it decided anew", "no power, the approval has ended"} {
		if i >= len(b.lines) || !strings.Contains(b.lines[i], words) {
			t.Errorf("line %d: want %q\n%s", i, words, strings.Join(b.lines, "\n"))
		}
	}
	if b.Decision().Why != gate.Ended {
		t.Error(b.Decision())
	}
}

// Every event of a camera can be entered into the log.
func TestEntered(t *testing.T) {
	for r := approval.Valid; r <= approval.Last; r++ {
		enter(t, devicelog.Event{Kind: devicelog.Approval, A: int32(r), Digest: [32]byte{1}})
	}
	for w := gate.NoTime; w <= gate.Last; w++ {
		e := devicelog.Event{Kind: devicelog.GateClosed, A: int32(w)}
		if enter(t, e); !strings.HasSuffix(e.String(), strings.TrimPrefix(w.String(), "it is ")) {
			t.Errorf("%v: the log says %q", w, e)
		}
	}
	c := devicelog.Chain{Key: sign.NewKey([32]byte{1}), Device: "x", Boot: [16]byte{1}}
	for _, e := range []devicelog.Event{{Kind: devicelog.Approval, A: int32(approval.Last) + 1, Digest: [32]byte{1}}, {Kind: devicelog.GateClosed, A: int32(gate.Last) + 1}} {
		if _, _, err := c.Append(e, devicelog.Moment{At: 1_800_000_000}); err == nil {
			t.Errorf("%v is taken", e)
		}
	}
}

func enter(t *testing.T, e devicelog.Event) {
	t.Helper()
	c := devicelog.Chain{Key: sign.NewKey([32]byte{1}), Device: "x", Boot: [16]byte{1}}
	if _, _, err := c.Append(e, devicelog.Moment{At: 1_800_000_000}); err != nil {
		t.Errorf("%v: %v", e, err)
	}
}

// TestNoApproval never gives power, however often it is asked.
func TestNoApproval(t *testing.T) {
	b := newBench(t, func(s *gate.Setup) { s.Board.Pretended = false })
	b.First()
	for h := range 24 {
		b.Ask(world(h), true)
		if b.On() == nil || b.sw.Powered() {
			t.Fatal("power without approval")
		}
	}
	if n := len(b.events); n != 2 || b.events[0].A != int32(approval.OnlyTest) || b.events[1].A != int32(gate.NoApproval) {
		t.Errorf("%v", b.events)
	}
}

// TestSwitch has switches that are broken or missing. One that did not obey counts as lit until it does.
func TestSwitch(t *testing.T) {
	b := newBench(t, nil)
	b.sw.Fail(errors.New("stuck"))
	b.First()
	b.Ask(world(9), true)
	if b.On() == nil || b.Off() == nil || !b.Lit() {
		t.Errorf("lit %v", b.Lit())
	}
	_ = b.Off()
	if n := strings.Count(strings.Join(b.lines, "\n"), "Failed   camera power: the switch of the camera's power is broken: stuck"); n != 1 {
		t.Errorf("said %d times\n%s", n, strings.Join(b.lines, "\n"))
	}
	b.sw.Fail(nil)
	if b.Off() != nil || b.Lit() {
		t.Error("still lit")
	}
	b.sw.Fail(errors.New("stuck again")) // nobody knows what a dark camera has behind a switch that does not obey
	if b.Off() == nil || !b.Lit() {
		t.Error("dark behind a broken switch")
	}
	none := newBench(t, nil)
	none.Switch = power.None{}
	none.First()
	none.Ask(world(9), true)
	if none.On() != nil || none.Off() != nil || none.Lit() || len(none.events) != 3 || none.events[0].Kind != devicelog.LayerAbsent {
		t.Errorf("%v", none.events)
	}
}

// Whoever reads the supply back is asked before the log is told.
func TestSwitched(t *testing.T) {
	b := newBench(t, nil)
	var turns []bool
	b.Switched = func(on bool, tell func()) { turns = append(turns, on); _ = tell }
	b.First()
	b.Ask(world(9), true)
	_ = b.On()
	_ = b.Off()
	if !slices.Equal(turns, []bool{false, true, false}) || slices.ContainsFunc(b.events, func(e devicelog.Event) bool { return e.Kind == devicelog.PowerOn }) {
		t.Errorf("%v %v", turns, b.events)
	}
}
