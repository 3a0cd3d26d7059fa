package gate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/boards/plan"
	"tellijn/counting/scene"
	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
)

// office is open on working days and on Saturday in two pieces, but not at New Year.
func office() plan.Week {
	w := plan.Week{Closed: []plan.Date{{Year: 2027, Month: 1, Day: 1}}}
	for d := time.Monday; d <= time.Friday; d++ {
		w.Days[d] = []plan.Span{{From: 450, To: 1320}}
	}
	w.Days[time.Saturday] = []plan.Span{{From: 540, To: 720}, {From: 780, To: 1020}}
	return w
}

// Seconds of an approval for half of December and January.
const (
	begins = 1_796_860_800 // 2026-12-10 00:00 at Greenwich
	ends   = 1_800_489_600 // 2027-01-21
)

func key() sign.Key { return sign.NewKey([32]byte{7}) }

// setup is a door of which everything is as it was decided.
func setup(t interface {
	Helper()
	Fatal(args ...any)
}, turn func(*approval.Approval)) Setup {
	t.Helper()
	s := scene.Scene{PersonArea: 20_000, NLines: 1}
	s.Lines[0] = scene.Line{A: scene.Point{Y: 30_000}, B: scene.Point{X: 60_000, Y: 30_000}}
	out := Setup{Week: office(), Zone: "Europe/Amsterdam", Place: place(t, "Europe/Amsterdam"),
		Board: approval.Board{Signer: key().Public(), Device: "north-door", Scene: s, K: 3, Interval: 15 * time.Minute}}
	a := approval.Approval{Version: approval.Version, Decision: "1", Purpose: "To try", Devices: []string{"north-door"}, From: begins, Until: ends,
		Hours: Form(office(), "Europe/Amsterdam"), Scene: approval.SceneOf(&s), K: 3, Interval: 900, Assessment: "1"}
	if turn != nil {
		turn(&a)
	}
	var err error
	if out.Signed, err = approval.Seal(key(), &a); err != nil {
		t.Fatal(err)
	}
	return out
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, mustPlace())
	if err != nil {
		return time.Time{}
	}
	return t
}

func mustPlace() *time.Location {
	p, _ := time.LoadLocation("Europe/Amsterdam")
	return p
}

// TestDecide has each reason, and when to look again.
func TestDecide(t *testing.T) {
	all := func(a *approval.Approval) {}
	for _, tc := range []struct {
		what    string
		turn    func(*approval.Approval)
		change  func(*Setup)
		now     string
		unknown bool
		why     Why
		next    string
	}{
		{"as decided", all, nil, "2026-12-14 12:00:00", false, Allowed, "2026-12-14 22:00:00"},
		{"the first second", all, nil, "2026-12-14 07:30:00", false, Allowed, "2026-12-14 22:00:00"},
		{"a second early", all, nil, "2026-12-14 07:29:59", false, OutsideHours, "2026-12-14 07:30:00"},
		{"the last second", all, nil, "2026-12-14 21:59:59", false, Allowed, "2026-12-14 22:00:00"},
		{"a second late", all, nil, "2026-12-14 22:00:00", false, OutsideHours, "2026-12-15 07:30:00"},
		{"over lunch", all, nil, "2026-12-19 12:30:00", false, OutsideHours, "2026-12-19 13:00:00"},
		{"on Sunday", all, nil, "2026-12-20 12:00:00", false, OutsideHours, "2026-12-21 07:30:00"},
		{"at New Year", all, nil, "2027-01-01 12:00:00", false, OutsideHours, "2027-01-02 09:00:00"},
		{"without time", all, nil, "2026-12-14 12:00:00", true, NoTime, ""},
		{"without approval", all, func(s *Setup) { s.Signed = nil }, "2026-12-14 12:00:00", false, NoApproval, ""},
		{"without both", all, func(s *Setup) { s.Signed = nil }, "2026-12-14 12:00:00", true, NoApproval, ""},
		{"a forged one", all, func(s *Setup) { s.Signed[len(s.Signed)-1] ^= 1 }, "2026-12-14 12:00:00", false, NoApproval, ""},
		{"nobody configured", all, func(s *Setup) { s.Board.Signer = sign.Public{} }, "2026-12-14 12:00:00", false, NoApproval, ""},
		{"for tests", func(a *approval.Approval) { a.Test = true }, nil, "2026-12-14 12:00:00", false, NoApproval, ""},
		{"another door", func(a *approval.Approval) { a.Devices[0] = "south-door" }, nil, "2026-12-14 12:00:00", false, OtherDevice, ""},
		{"another line", func(a *approval.Approval) { a.Scene.Lines[0][0] = 1 }, nil, "2026-12-14 12:00:00", false, OtherGeometry, ""},
		{"finer", func(a *approval.Approval) { a.K = 4 }, nil, "2026-12-14 12:00:00", false, Finer, ""},
		{"fewer hours", func(a *approval.Approval) { a.Hours.Days[1] = []uint16{480, 1320} }, nil, "2026-12-14 12:00:00", false, LongerHours, ""},
		{"another zone", func(a *approval.Approval) { a.Hours.Zone = "Europe/Paris" }, nil, "2026-12-14 12:00:00", false, LongerHours, ""},
		{"too early", all, nil, "2026-12-09 12:00:00", false, NotYet, "2026-12-10 01:00:00"},
		{"too late", all, nil, "2027-01-21 12:00:00", false, Ended, ""},
		{"too early without time", all, nil, "2026-12-09 12:00:00", true, NoTime, ""},
		{"it ends within hours", func(a *approval.Approval) { a.Until = begins + 3600*9 }, nil, "2026-12-10 09:00:00", false, Allowed, "2026-12-10 10:00:00"},
		{"it ends in the night", func(a *approval.Approval) { a.Until = begins + 3600*23 }, nil, "2026-12-10 23:00:00", false, OutsideHours, "2026-12-11 00:00:00"},
	} {
		s := setup(t, tc.turn)
		if tc.change != nil {
			tc.change(&s)
		}
		d := New(s).Decide(at(tc.now), !tc.unknown)
		next := ""
		if !d.Next.IsZero() {
			next = d.Next.In(s.Place).Format(time.DateTime)
		}
		if d.Why != tc.why || d.Open != (tc.why == Allowed) || next != tc.next {
			t.Errorf("%s: %v %v, next %q; want %v, %q", tc.what, d.Open, d.Why, next, tc.why, tc.next)
		}
	}
}

// TestClock has clocks that step. What is wanted after each step is open or closed.
func TestClock(t *testing.T) {
	type step struct {
		now   string
		known bool
		open  bool
	}
	for what, steps := range map[string][]step{
		"known once is known":                         {{"2026-12-14 12:00:00", false, false}, {"2026-12-14 12:00:01", true, true}, {"2026-12-14 12:00:02", false, true}},
		"back over the closing":                       {{"2026-12-14 21:59:59", true, true}, {"2026-12-14 22:00:00", true, false}, {"2026-12-14 21:59:55", true, false}, {"2026-12-14 22:00:05", true, false}},
		"back over the closing by 2 h":                {{"2026-12-14 22:30:00", true, false}, {"2026-12-14 20:30:00", true, false}, {"2026-12-14 21:00:00", true, false}, {"2026-12-15 07:30:00", true, true}},
		"back by a day":                               {{"2026-12-15 22:30:00", true, false}, {"2026-12-14 12:00:00", true, true}},
		"back over the opening":                       {{"2026-12-14 07:30:00", true, true}, {"2026-12-14 07:29:50", true, false}, {"2026-12-14 07:30:00", true, true}},
		"back within the span":                        {{"2026-12-14 12:00:00", true, true}, {"2026-12-14 11:00:00", true, true}},
		"forward over the closing":                    {{"2026-12-14 12:00:00", true, true}, {"2026-12-14 23:00:00", true, false}},
		"forward over a night":                        {{"2026-12-14 12:00:00", true, true}, {"2026-12-15 12:00:00", true, true}},
		"back over the end of the approval":           {{"2027-01-20 12:00:00", true, true}, {"2027-01-21 01:00:00", true, false}, {"2027-01-21 00:30:00", true, false}},
		"back before the approval began":              {{"2026-12-10 08:00:00", true, true}, {"2026-12-09 23:00:00", true, false}},
		"forward too far, then set right":             {{"2026-12-14 12:00:00", true, true}, {"2027-06-14 12:00:00", true, false}, {"2026-12-14 12:00:05", true, true}},
		"a span that ended, and the one that follows": {{"2026-12-19 12:05:00", true, false}, {"2026-12-19 11:55:00", true, false}, {"2026-12-19 13:00:00", true, true}},
	} {
		g := New(setup(t, nil))
		for i, s := range steps {
			if d := g.Decide(at(s.now), s.known); d.Open != s.open {
				t.Errorf("%s, step %d at %s: open %v (%v), want %v", what, i, s.now, d.Open, d.Why, s.open)
			}
		}
	}
}

// TestOnlyIf draws clocks that step and run, and holds every opening against all conditions, looked up anew.
// The power never changes more often than the hours and the steps of the clock allow.
func TestOnlyIf(t *testing.T) {
	openings := 0
	rapid.Check(t, func(t *rapid.T) {
		s := setup(t, nil)
		if rapid.Bool().Draw(t, "any hours") {
			s.Week = anyWeek(t)
			hours := Form(s.Week, s.Zone)
			s = setup(t, func(a *approval.Approval) { a.Hours = hours })
			s.Week = week(hours)
		}
		if rapid.IntRange(0, 9).Draw(t, "break") == 0 {
			s.Signed[rapid.IntRange(0, len(s.Signed)-1).Draw(t, "byte")] ^= 1
		}
		g, now := New(s), rapid.Int64Range(begins-86_400, ends+86_400).Draw(t, "start")
		signed, r := approval.Open(s.Signed, &s.Board)
		hours := Hours{Week: s.Week, Place: s.Place}
		known, was, changes, may := false, false, 0, 0
		for range 80 {
			before := now
			switch rapid.IntRange(0, 9).Draw(t, "how") {
			case 0:
				now -= rapid.Int64Range(1, 9000).Draw(t, "back")
				may += 2
			case 1:
				now += rapid.Int64Range(3600, 200_000).Draw(t, "forward")
			default:
				now += rapid.Int64Range(1, 3600).Draw(t, "pass")
			}
			tell := rapid.IntRange(0, 3).Draw(t, "told") > 0
			known = known || tell
			d := g.Decide(time.Unix(now, 0), tell)
			if d.Open {
				openings++
				if r != approval.Valid || !known || now < signed.From || now >= signed.Until || !hours.Open(time.Unix(now, 0)) {
					t.Fatalf("open at %v, although: %v, known %v, hours %v", time.Unix(now, 0), r, known, hours.Open(time.Unix(now, 0)))
				}
			}
			if d.Open != (d.Why == Allowed) || !d.Next.IsZero() && !d.Next.After(time.Unix(now, 0)) {
				t.Fatalf("%+v at %v", d, time.Unix(now, 0))
			}
			if d.Open != was {
				was, changes = d.Open, changes+1
			}
			for m := before; m < now && may < 1000; m += 60 { // what the hours change by themselves
				if hours.Open(time.Unix(m, 0)) != hours.Open(time.Unix(min(m+60, now), 0)) {
					may++
				}
			}
		}
		if changes > may+3 {
			t.Fatalf("%d changes, at most %d can be explained", changes, may+3)
		}
	})
	if openings < 500 {
		t.Errorf("only %d openings", openings)
	}
}

// week is what Form made its hours of.
func week(h approval.Hours) (w plan.Week) {
	for i, d := range h.Days {
		for k := 0; k+1 < len(d); k += 2 {
			w.Days[i] = append(w.Days[i], plan.Span{From: int(d[k]), To: int(d[k+1])})
		}
	}
	return w
}

// TestNext jumps from one Next to the other through a year and looks at every second around them, and at
// some between: nothing changes unless Next said so.
func TestNext(t *testing.T) {
	for _, zone := range []string{"Europe/Amsterdam", "America/St_Johns", "Australia/Lord_Howe"} {
		s := setup(t, func(a *approval.Approval) { a.Until, a.Hours.Zone = begins+365*86_400, zone })
		s.Zone, s.Place = zone, place(t, zone)
		g, now := New(s), time.Unix(begins, 0)
		opened, closed := map[string]int{}, map[string]int{}
		d := g.Decide(now, true)
		for now.Unix() < begins+365*86_400-1 {
			if d.Next.IsZero() || !d.Next.After(now) {
				t.Fatalf("%s: %+v at %v", zone, d, now)
			}
			for _, look := range []time.Duration{1, 2, d.Next.Sub(now) / 2 / time.Second, d.Next.Sub(now)/time.Second - 1} {
				if at := now.Add(look * time.Second); at.After(now) && at.Before(d.Next) {
					if other := g.Decide(at, true); other != d {
						t.Fatalf("%s: %+v at %v, want %+v", zone, other, at, d)
					}
				}
			}
			now = d.Next
			then := g.Decide(now, true)
			if then.Open && !d.Open {
				opened[now.In(s.Place).Format(time.DateOnly)]++
			} else if d.Open {
				closed[now.In(s.Place).Format(time.DateOnly)]++
			}
			d = then
		}
		// Of each whole day, what the week says and nothing else.
		for day := add(dateOf(time.Unix(begins, 0).In(s.Place)), 1); ; day = add(day, 1) {
			noon := time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, s.Place)
			if noon.Unix() >= begins+364*86_400 {
				break
			}
			want := len(s.Week.Days[noon.Weekday()])
			if slices.Contains(s.Week.Closed, day) {
				want = 0
			}
			if k := day.String(); opened[k] != want || closed[k] != want {
				t.Errorf("%s %s: opened %d times, closed %d times, want %d", zone, k, opened[k], closed[k], want)
			}
		}
	}
}

// The words and the numbers of reasons; each of an approval has one here.
func TestWhy(t *testing.T) {
	for w := Allowed; w <= Last; w++ {
		if strings.HasPrefix(w.String(), "reason ") || w.Approval() != strings.Contains(w.String(), "approval") {
			t.Errorf("%d: %q", w, w)
		}
	}
	if s := (Last + 1).String(); s != "reason 10" {
		t.Error(s)
	}
	for r := approval.Valid; r <= approval.Last; r++ {
		if (of(r) == Allowed) != (r == approval.Valid) || !of(r).Approval() && r != approval.Valid {
			t.Errorf("%v is %v", r, of(r))
		}
	}
}

// What the log is told of the approval.
func TestApproval(t *testing.T) {
	s := setup(t, nil)
	g := New(s)
	for _, tc := range []struct {
		now   int64
		known bool
		want  approval.Reason
	}{{begins, true, approval.Valid}, {begins - 1, true, approval.NotYet}, {begins - 1, false, approval.Valid}, {ends, true, approval.Ended}} {
		if r, digest, test := g.Approval(time.Unix(tc.now, 0), tc.known); r != tc.want || digest != approval.Digest(s.Signed) || test {
			t.Errorf("%d: %v %x %v", tc.now, r, digest, test)
		}
	}
	s.Signed = nil
	if r, digest, _ := New(s).Approval(time.Unix(ends, 0), true); r != approval.Missing || digest != approval.Digest(nil) {
		t.Errorf("%v %x", r, digest)
	}
}
