package play

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/protocol"
)

type do = func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error)

// try runs a scenario of the steps a, b, ... in order; the last is a check.
func try(t *testing.T, ctx context.Context, b *benchtest.Bench, o Options, all ...do) (Result, error) {
	t.Helper()
	text := "title T\nwhy W\nboard virt\nfilm door 7\ntags short x\nexpect 1 s\n\n"
	var steps []bench.Step
	for i, f := range all {
		text += fmt.Sprintf("%c\n", 'a'+i)
		steps = append(steps, bench.Step{Pattern: string(rune('a' + i)), Doc: "does it", Do: f, Check: i == len(all)-1})
	}
	s, err := protocol.Parse("some-thing", text)
	if err != nil {
		t.Fatal(err)
	}
	book, err := protocol.NewBook(steps)
	if err != nil {
		t.Fatal(err)
	}
	bound, err := book.Bind(s)
	if err != nil {
		t.Fatal(err)
	}
	if o.Out == "" {
		o.Out = t.TempDir()
	}
	return Run(ctx, b, s, bound, o)
}

func says(saw string, err error) do {
	return func(context.Context, *bench.Scene, bench.Args) (string, error) { return saw, err }
}

// TestGreen runs one that does everything, and looks at all of the result.
func TestGreen(t *testing.T) {
	rig, out := benchtest.New(), t.TempDir()
	began := time.Now()
	b := &benchtest.Bench{Rig: rig, OnOpen: func(_ context.Context, s bench.Setup, log io.Writer, say func(string)) {
		if s.Film != "door 7" || s.Name != "some-thing" {
			t.Errorf("setup: %+v", s)
		}
		say("makes it ready")
		say(bench.Powered)
		say(bench.Dark)
		fmt.Fprint(log, "   1.234 of the bench\r\nhalf")
		rig.OnEnd = func() error { fmt.Fprint(log, "cut o"); return nil }
	}}
	var scratch string
	var heard []string
	r, err := try(t, t.Context(), b, Options{Out: out, Say: func(l string) { heard = append(heard, l) }},
		func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			scratch = s.Scratch
			rig.Says(" a line", "[    2.5] tellijn: first: memory: init 10 + eye 20 + scout 5 + scout 4 = 39 KiB")
			rig.Moves(time.Now(), "lamp", true)
			rig.Moves(began.Add(time.Millisecond), "camera_power", true)
			rig.Moves(began, "other", true)
			rig.Sends([]record.Record{{Sequence: 4, From: 100, To: 115, Coverage: 97, Lines: []record.Line{{TotalForward: 3}}}}, nil)
			s.Say("fault: it is %s", "spoilt")
			s.Point("heat", 40)
			s.Keep[bench.KeepTruth] = []bench.Counts{{Forward: 1}}
			s.Keep[bench.KeepBooked] = []bench.Counts{{Forward: 1}, {Backward: 2}}
			if s.File("not written") == s.File("b c.txt") {
				t.Error("two files have one path")
			}
			time.Sleep(2 * lookEvery)
			return "all", os.WriteFile(s.File("b c.txt"), []byte("text"), 0o600)
		}, says("nothing", nil))
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Green || r.Reason != "" || r.Bench != "virtual" || r.Image != rig.Image() || r.Took <= 0 || r.Began.Before(began.Round(0)) || rig.Ended() != 1 {
		t.Errorf("%+v", r)
	}
	if s := r.Scenario; s.Name != "some-thing" || s.Expect != 1 || !reflect.DeepEqual(s.Setup, [][2]string{{"film", "door 7"}}) || !strings.Contains(s.Text, "\na\n") {
		t.Errorf("%+v", s)
	}
	if a, b := r.Steps[0], r.Steps[1]; !a.Ran || a.Saw != "all" || a.Check || a.Line != 8 || a.To < a.From+0.1 || !b.Check || b.Saw != "nothing" || b.From < a.To {
		t.Errorf("%+v", r.Steps)
	}
	kinds := map[string]string{}
	last := -1.0
	for _, e := range r.Timeline {
		kinds[e.Kind] += e.Text + "|"
		if e.At < last {
			t.Errorf("the timeline goes back: %+v", r.Timeline)
		}
		last = e.At
	}
	if want := map[string]string{KindSaid: "makes it ready|", KindFault: "it is spoilt|", KindLamp: "|", KindCamera: "|", KindRecord: "record 4|", KindPower: bench.Powered + "|" + bench.Dark + "|"}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("timeline: %q, want %q", kinds, want)
	}
	for curve, y := range map[string]float64{"heat": 40, "memory": 39, "memory of init": 10, "memory of eye": 20, "memory of scout": 9} {
		if p := r.Curves[curve]; len(p) != 1 || p[0].Y != y {
			t.Errorf("curve %q: %v, want %v", curve, p, y)
		}
	}
	if want := []Line{{Truth: &bench.Counts{Forward: 1}, Booked: &bench.Counts{Forward: 1}}, {Booked: &bench.Counts{Backward: 2}}}; !reflect.DeepEqual(r.Counts, want) {
		t.Errorf("counts: %+v", r.Counts)
	}
	if rec := r.Records[0]; len(r.Records) != 1 || rec.Sequence != 4 || rec.Coverage != 97 || rec.Lines[0] != [2]int64{3, 0} || rec.To != 115 {
		t.Errorf("records: %+v", r.Records)
	}
	if len(r.Files) != 2 || r.Files[0].Path != "some-thing/console.txt" || r.Files[1].Name != "b c.txt" || r.Files[1].Path != "some-thing/3-b-c.txt" || r.Files[1].Size != 4 {
		t.Errorf("files: %+v", r.Files)
	}
	lines := []string{}
	for _, l := range r.Console {
		lines = append(lines, l.Line)
	}
	if fmt.Sprint(lines[:2]) != "[of the bench half a line]" || lines[len(lines)-1] != "cut o" {
		t.Errorf("console: %q", lines)
	}
	if text, err := os.ReadFile(filepath.Join(out, "some-thing", "console.txt")); err != nil || strings.Count(string(text), "\n") != len(lines) {
		t.Errorf("console.txt: %q, %v", text, err)
	}
	if _, err := os.Stat(scratch); scratch == "" || !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", scratch, err)
	}
	if len(heard) < 8 || !strings.HasSuffix(heard[3], "> a") {
		t.Errorf("said: %q", heard)
	}
	var again Result
	if text, err := json.Marshal(r); err != nil || json.Unmarshal(text, &again) != nil || !reflect.DeepEqual(r, again) {
		t.Errorf("as JSON: %v\n%+v\n%+v", err, r, again)
	}
}

func TestVerdicts(t *testing.T) {
	wait := func(ctx context.Context, _ *bench.Scene, _ bench.Args) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	for _, c := range []struct {
		name   string
		open   error
		step   do
		want   Verdict
		reason string
	}{
		{"a step fails", nil, says("2 records", errors.New("want 3")), Red, "line 8, a: want 3; seen: 2 records"},
		{"the bench lacks it", nil, says("", fmt.Errorf("x: %w", bench.ErrCannot)), CouldNot, "line 8, a: x: bench: this"},
		{"a program is missing", nil, says("", fmt.Errorf("no tcpdump: %w", hal.ErrAbsent)), CouldNot, "line 8, a: no tcpdump"},
		{"a step panics", nil, func(context.Context, *bench.Scene, bench.Args) (string, error) { panic("oh") }, CouldNot, "line 8, a: play: the rig has a fault: oh"},
		{"a part is not there", nil, func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) { return "", s.Rig.Card().Sound() }, CouldNot, "line 8, a: play: the rig has a fault: runtime error"},
		{"it takes too long", nil, wait, Red, "line 8, a: it took longer than 300ms"},
		{"no bench", errors.New("no image"), says("", nil), CouldNot, "the bench could not be made ready: no image"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rig := benchtest.New()
			r, err := try(t, t.Context(), &benchtest.Bench{Rig: rig, Err: c.open}, Options{Limit: 300 * time.Millisecond}, c.step, says("never", nil))
			if err != nil || r.Verdict != c.want || !strings.HasPrefix(r.Reason, c.reason) {
				t.Errorf("%v, %q, %v; want %v, %q", r.Verdict, r.Reason, err, c.want, c.reason)
			}
			if r.Absent != strings.Contains(r.Reason, "tcpdump") {
				t.Errorf("absent: %v, %q", r.Absent, r.Reason)
			}
			if r.Steps[1].Ran || r.Steps[0].Ran != (c.open == nil) || c.open == nil && (rig.Ended() != 1 || r.Steps[0].Err == "") {
				t.Errorf("%+v, ended %d times", r.Steps, rig.Ended())
			}
		})
	}
}

// TestInterrupted: what somebody stops is neither green nor red, and is cleaned up.
func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	rig := benchtest.New()
	r, err := try(t, ctx, &benchtest.Bench{Rig: rig}, Options{}, func(context.Context, *bench.Scene, bench.Args) (string, error) {
		stop() // and it goes well all the same
		return "", nil
	}, says("", nil))
	if err != nil || r.Verdict != CouldNot || r.Reason != "before line 9: it was interrupted" || rig.Ended() != 1 {
		t.Errorf("%v %q %v", r.Verdict, r.Reason, err)
	}
}

// TestStuck: a step that ignores that its time is up does not keep the rig, and neither does a bench.
func TestStuck(t *testing.T) {
	free := make(chan struct{})
	defer close(free)
	stuck := func(context.Context, *bench.Scene, bench.Args) (string, error) { <-free; return "", nil }
	short := Options{Limit: 50 * time.Millisecond, Grace: 50 * time.Millisecond}
	rig := benchtest.New()
	r, err := try(t, t.Context(), &benchtest.Bench{Rig: rig}, short, stuck, says("", nil))
	if err != nil || r.Verdict != CouldNot || !strings.Contains(r.Reason, "did not end when it had to: a") || rig.Ended() != 1 {
		t.Errorf("a step: %v %q %v", r.Verdict, r.Reason, err)
	}
	rig.OnEnd = func() error { <-free; return nil }
	r, err = try(t, t.Context(), &benchtest.Bench{Rig: rig}, short, says("", nil), says("", nil))
	if !errors.Is(err, ErrStuck) || r.Verdict != CouldNot || !strings.Contains(r.Reason, "the bench did not end well") {
		t.Errorf("an end: %v %q %v", r.Verdict, r.Reason, err)
	}
	rig = benchtest.New()
	rig.OnEnd = func() error { return errors.New("a process is left") }
	r, err = try(t, t.Context(), &benchtest.Bench{Rig: rig}, Options{}, says("", nil), says("", nil))
	if err != nil || r.Verdict != Red || !strings.Contains(r.Reason, "a process is left") {
		t.Errorf("an end with an error: %v %q %v", r.Verdict, r.Reason, err)
	}
}
