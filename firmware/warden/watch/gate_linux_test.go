package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/firmware/queue"
	"tellijn/firmware/view"
	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/window"
	"tellijn/hal/power/simpower"
	"tellijn/privacy/approval"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
)

// halves is open for half an hour of each hour, so that whole intervals lie in each half.
func halves(s *Setup, g *gate.Setup) {
	s.Factor, g.Place, g.Zone, s.Boot[15] = 135, time.UTC, "UTC", 77
	for i := range g.Week.Days {
		g.Week.Days[i] = nil
		for m := 0; m < plan.Day; m += 60 {
			g.Week.Days[i] = append(g.Week.Days[i], plan.Span{From: m, To: m + 30})
		}
	}
}

// waiting are the records of a boot that the courier has.
func waiting(t *testing.T, r *rig) (all []record.Record) {
	t.Helper()
	q, err := queue.Open(filepath.Join(os.Getenv(courierDir), "queue.db"), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	items, err := q.Peek(10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if one, err := record.Open(r.s.Clerk.Desk.Key.Public(), it.Bytes); err == nil && one.Boot == r.s.Boot {
			all = append(all, one)
		}
	}
	return all
}

// TestHours opens and closes by the hours, three times. The eye ends before the power is taken, records go on
// all the time and leave while it is closed, and nothing is switched twice.
func TestHours(t *testing.T) {
	epoch := time.Now()
	sw := simpower.New(func() time.Duration { return time.Since(epoch) })
	r := with(t, file(t, t.TempDir()), counts, sw, halves)
	var first [2][]byte
	err := r.run(func(n *notes) bool {
		k := strings.Count(n.said(), "Loaded   hours: ")
		if k < 2 && len(first[k]) == 0 {
			first[k] = slices.Clone(r.eye.orders[:]) // the scene of the first eye and of the second
		}
		return k == 4
	})
	if err != nil {
		t.Fatal(err)
	}
	r.entered()
	want := map[devicelog.Kind]devicelog.Kind{devicelog.GateOpened: devicelog.PowerOn, devicelog.PowerOn: devicelog.EyeStarted, devicelog.EyeStarted: devicelog.GateClosed,
		devicelog.GateClosed: devicelog.EyeEnded, devicelog.EyeEnded: devicelog.PowerOff, devicelog.PowerOff: devicelog.GateOpened}
	all := slices.DeleteFunc(r.told.kinds(), func(k devicelog.Kind) bool { _, known := want[k]; return !known })
	from, to := slices.Index(all, devicelog.GateOpened), len(all)-1
	for to > 0 && all[to] != devicelog.GateOpened {
		to--
	}
	if to-from != 18 {
		t.Errorf("%v", all)
	}
	for i := from; i < to; i++ {
		if all[i+1] != want[all[i]] {
			t.Errorf("after %d comes %d, want %d: %v", all[i], all[i+1], want[all[i]], all)
		}
	}
	for _, e := range r.told.events {
		if e.Kind == devicelog.GateClosed && e.A != int32(gate.OutsideHours) || e.Kind == devicelog.PowerOff && e.A != devicelog.ByHours && e.A != devicelog.NoReason {
			t.Errorf("%v", e)
		}
	}
	if slices.Equal(first[0], nil) || !slices.Equal(first[0], first[1]) {
		t.Error("another scene after closing")
	}
	records := waiting(t, r)
	none, some := 0, 0
	for i, one := range records {
		if i > 0 && one.From != records[i-1].To {
			t.Errorf("a gap before %d", one.From)
		}
		switch {
		case one.Coverage == 0:
			none++
		case one.Coverage >= 50:
			some++
		}
	}
	if len(records) < 5 || none < 1 || some < 1 {
		t.Errorf("%d records, %d of nothing, %d of something", len(records), none, some)
	}
	if strings.Contains(r.told.said(), "Failed   camera") || strings.Contains(r.told.said(), "does not end in order") {
		t.Error(r.told.said())
	}
}

// TestClosed looks at the records that are made while it is closed, one after the other, as while it is open.
func TestClosed(t *testing.T) {
	r := with(t, file(t, t.TempDir()), counts, simpower.New(func() time.Duration { return 0 }), func(s *Setup, g *gate.Setup) {
		s.Factor, g.Place, g.Zone = 180, time.UTC, "UTC"
		for i := range g.Week.Days {
			g.Week.Days[i] = nil
			for m := 0; m < plan.Day; m += 180 {
				g.Week.Days[i] = append(g.Week.Days[i], plan.Span{From: m, To: m + 60})
			}
		}
	})
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var made atomic.Int32
	go func() {
		defer from.Close()
		for m, err := view.Read(from); err == nil; m, err = view.Read(from) {
			if m.Record != nil {
				made.Add(1)
			}
		}
	}()
	r.view = window.New(to)
	closings, then, again := 0, int32(0), false
	err = r.run(func(n *notes) bool {
		opened, closed := strings.Count(n.said(), "Loaded   hours"), strings.Count(n.said(), "it is outside of the hours")
		switch {
		case opened == 0 || !strings.Contains(n.said(), "Loaded   camera: ") || n.kinds()[len(n.kinds())-1] == devicelog.EyeStarted:
		case closings == 0 && closed > 0 && slices.Contains(n.kinds(), devicelog.EyeEnded):
			closings, then = opened, made.Load()
		case closings > 0:
			again = opened > closings
		}
		return again || closings > 0 && made.Load() >= then+4
	})
	if err != nil || again || made.Load() < then+4 {
		t.Errorf("%v; %d records when it closed, %d later, opened again %v\n%s", err, then, made.Load(), again, r.told.said())
	}
}

// TestStays has an eye that does not end when the gate closes. It is ended, and the camera has no power after
// four seconds and a little.
func TestStays(t *testing.T) {
	epoch := time.Now()
	sw := simpower.New(func() time.Duration { return time.Since(epoch) })
	r := with(t, file(t, t.TempDir()), stays, sw, halves)
	ended := func(e devicelog.Event) bool { return e.Kind == devicelog.EyeEnded }
	err := r.run(func(n *notes) bool { n.mu.Lock(); defer n.mu.Unlock(); return slices.ContainsFunc(n.events, ended) })
	if i := slices.IndexFunc(r.told.events, ended); err != nil || i < 0 || r.told.events[i].B != int32(unix.SIGKILL) {
		t.Errorf("%v; %v", err, r.told.events)
	}
	if !strings.Contains(r.told.said(), "the eye does not end in order and is ended") || sw.Powered() {
		t.Error(r.told.said())
	}
}

// TestNoApproval has real boards without an approval that counts, and one whose time nobody has told. They
// start, log and stay; the switch of the camera is never closed and no eye is started.
func TestNoApproval(t *testing.T) {
	for _, tc := range []struct {
		what string
		turn func(*gate.Setup)
		why  gate.Why
		said string
	}{
		{"none", func(g *gate.Setup) { g.Signed = nil }, gate.NoApproval, "Failed   approval: there is no approval"},
		{"one for tests", func(*gate.Setup) {}, gate.NoApproval, "Failed   approval: the configuration"},
		{"the public key", func(g *gate.Setup) { g.Board.Signer = approval.TestKey() }, gate.NoApproval, "Failed   approval: the approval is one for tests"},
		{"another signer", func(g *gate.Setup) { g.Board.Signer[0] = 1 }, gate.NoApproval, "Failed   approval: the approval is one for tests"},
		{"no time", func(g *gate.Setup) { g.Board.Pretended = true }, gate.NoTime, "Loaded   approval for tests: "},
	} {
		epoch := time.Now()
		sw := simpower.New(func() time.Duration { return time.Since(epoch) })
		r := with(t, file(t, t.TempDir()), counts, sw, func(s *Setup, g *gate.Setup) {
			s.Board.Kind, s.Board.Speed, s.Factor, s.Board.Driver, s.Board.Path = boards.Real, 1, 1, "v4l2", "/dev/video0"
			g.Board.Pretended = false
			tc.turn(g)
		})
		// A clock that nobody keeps, wherever the test runs.
		r.s.Keeper.Read(time.Now(), 0, false)
		ticks := 0
		err := r.run(func(n *notes) bool { ticks++; return ticks > 200 && strings.Contains(n.said(), "Loaded   queue") })
		if tc.why == gate.NoTime && r.when.Now.Clock == record.ClockKnown {
			t.Logf("%s: this machine's clock is kept, so it cannot be tried here", tc.what)
			continue
		}
		if turns, count := sw.Turns(); err != nil || count != 0 || sw.Powered() {
			t.Errorf("%s: %v; turns %v", tc.what, err, turns)
		}
		if !slices.ContainsFunc(r.told.events, func(e devicelog.Event) bool {
			return e.Kind == devicelog.GateClosed && e.A == int32(tc.why)
		}) || slices.Contains(r.told.kinds(), devicelog.EyeStarted) || slices.Contains(r.told.kinds(), devicelog.PowerOn) {
			t.Errorf("%s: %v", tc.what, r.told.events)
		}
		if !strings.Contains(r.told.said(), tc.said) {
			t.Errorf("%s: not said: %q\n%s", tc.what, tc.said, r.told.said())
		}
		r.entered()
		in := r.entries()
		if !slices.ContainsFunc(in, func(e devicelog.Event) bool { return e.Kind == devicelog.Approval }) {
			t.Errorf("%s: not in the log: %v", tc.what, in)
		}
	}
}

// TestNoGate does not start without one.
func TestNoGate(t *testing.T) {
	r := begin(t, counts, simpower.New(func() time.Duration { return 0 }))
	r.s.Gate = nil
	if _, err := New(r.s); err == nil || !strings.Contains(err.Error(), "without a gate") {
		t.Error(err)
	}
}
