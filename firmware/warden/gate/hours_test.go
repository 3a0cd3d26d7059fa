package gate

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the same zones wherever this runs

	"pgregory.net/rapid"

	"tellijn/boards/plan"
	"tellijn/privacy/approval"
)

func place(t interface {
	Helper()
	Fatal(args ...any)
}, name string) *time.Location {
	t.Helper()
	p, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// minutes is the slow reference: it asks the wall clock at each minute of some days, collects for each span of
// each day the pieces that the wall clock gives it, and keeps the longest.
func minutes(h *Hours, from time.Time, days int) map[int64]bool {
	open := map[int64]bool{}
	first := dateOf(from.In(h.Place))
	for d := range days {
		day := add(first, d)
		if slices.Contains(h.Week.Closed, day) {
			continue
		}
		noon := time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, time.UTC)
		for _, s := range h.Week.Days[noon.Weekday()] {
			var best, piece []int64
			for m := noon.Add(-27 * time.Hour); m.Before(noon.Add(27 * time.Hour)); m = m.Add(time.Minute) {
				wall := m.In(h.Place)
				if of := wall.Hour()*60 + wall.Minute(); dateOf(wall) != day || of < s.From || of >= s.To {
					piece = nil
					continue
				}
				if piece = append(piece, m.Unix()); len(piece) > len(best) {
					best = slices.Clone(piece)
				}
			}
			for _, m := range best {
				open[m] = true
			}
		}
	}
	return open
}

// changes are days on which clocks were changed somewhere, or a day was left out.
func changes() map[string][]string {
	return map[string][]string{
		"Europe/Amsterdam":           {"2027-03-28", "2026-10-25", "2040-12-31", "2077-01-01"},
		"America/St_Johns":           {"2027-03-14", "2026-11-01", "2010-03-14", "2010-11-07"}, // at one minute past midnight until 2011
		"Australia/Lord_Howe":        {"2026-10-04", "2027-04-04"},                             // by half an hour
		"America/Havana":             {"2026-03-08", "2026-11-01"},                             // at midnight, and back to it
		"America/Sao_Paulo":          {"2017-10-15", "2018-02-18"},                             // at midnight; back into the day before
		"Europe/Dublin":              {"2027-03-28", "2026-10-25"},                             // where winter is the exception
		"Antarctica/Troll":           {"2027-03-28", "2026-10-25"},                             // by two hours
		"Pacific/Apia":               {"2011-12-30"},                                           // which did not exist
		"Africa/Casablanca":          {"2026-02-15", "2026-03-22"},
		"Asia/Kathmandu":             {"2026-06-01"},
		"Pacific/Kiritimati":         {"2026-12-31"},
		"Pacific/Norfolk":            {"2040-12-31", "2076-12-30"}, // where Go gives wrong bounds
		"America/Argentina/San_Luis": {"2008-01-21"},
	}
}

// anyWeek draws hours; near says minutes of the day around which something happens.
func anyWeek(t *rapid.T) (w plan.Week) {
	for i := range w.Days {
		var ends []int
		n := rapid.IntRange(0, 3).Draw(t, "spans")
		for range 2 * n {
			m := rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(0, plan.Day), rapid.SampledFrom([]int{0, 1, 60, 90, 120, 150, 180, 1380, plan.Day})).Draw(t, "end")
			ends = append(ends, m)
		}
		slices.Sort(ends)
		ends = slices.Compact(ends)
		for k := 0; k+1 < len(ends); k += 2 {
			w.Days[i] = append(w.Days[i], plan.Span{From: ends[k], To: ends[k+1]})
		}
	}
	return w
}

// TestAgainstMinutes holds the hours against the slow reference on days on which clocks are changed, at every
// minute, with hours of every kind.
func TestAgainstMinutes(t *testing.T) {
	type day struct{ zone, day string }
	var all []day
	for zone, days := range changes() {
		for _, d := range days {
			all = append(all, day{zone, d})
		}
	}
	slices.SortFunc(all, func(a, b day) int { return strings.Compare(a.zone+a.day, b.zone+b.day) })
	opened, checks := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(all).Draw(t, "change")
		loc, middle := place(t, d.zone), date(d.day)
		h := &Hours{Week: anyWeek(t), Place: loc}
		if rapid.Bool().Draw(t, "closed") {
			h.Week.Closed = []plan.Date{add(dateOf(middle), rapid.IntRange(-1, 1).Draw(t, "day"))}
		}
		want := minutes(h, middle.Add(-60*time.Hour), 7)
		for m := middle.Add(-26 * time.Hour); m.Before(middle.Add(36 * time.Hour)); m = m.Add(time.Minute) {
			if got := h.Open(m); got != want[m.Unix()] {
				t.Fatalf("%s %v: open %v, want %v; hours %v", d.zone, m.In(loc), got, !got, h.Week)
			} else if got {
				opened++
			}
		}
		checks++
	})
	if checks < 100 || opened < 1000*checks/4 || opened > 5000*checks {
		t.Errorf("%d minutes of %d weeks were open", opened, checks)
	}
}

// date reads a day, at Greenwich.
func date(s string) time.Time {
	d, _ := time.Parse(time.DateOnly, s)
	return d
}

// TestClockChanges has what a person would ask, one line each.
func TestClockChanges(t *testing.T) {
	for _, tc := range []struct {
		zone, day string
		spans     []plan.Span
		want      []string // moments of Greenwich, opened and closed in turn
	}{
		{"Europe/Amsterdam", "2027-03-28", []plan.Span{{From: 450, To: 1320}}, []string{"05:30", "20:00"}},
		{"Europe/Amsterdam", "2027-03-28", []plan.Span{{From: 60, To: 180}}, []string{"00:00", "01:00"}},       // 1 to 3: an hour only
		{"Europe/Amsterdam", "2027-03-28", []plan.Span{{From: 150, To: 300}}, []string{"01:00", "03:00"}},      // from 2:30, which is missing
		{"Europe/Amsterdam", "2027-03-28", []plan.Span{{From: 130, To: 170}}, nil},                             // all of it is missing
		{"Europe/Amsterdam", "2026-10-25", []plan.Span{{From: 450, To: 1320}}, []string{"06:30", "21:00"}},     // an ordinary day of work
		{"Europe/Amsterdam", "2026-10-25", []plan.Span{{From: 60, To: 240}}, []string{"-01:00", "03:00"}},      // 1 to 4: four hours
		{"Europe/Amsterdam", "2026-10-25", []plan.Span{{From: 60, To: 150}}, []string{"-01:00", "00:30"}},      // to the first 2:30
		{"Europe/Amsterdam", "2026-10-25", []plan.Span{{From: 150, To: 300}}, []string{"01:30", "04:00"}},      // from the second 2:30
		{"Europe/Amsterdam", "2026-10-25", []plan.Span{{From: 130, To: 170}}, []string{"00:10", "00:50"}},      // of two that are equal, the first
		{"Australia/Lord_Howe", "2027-04-04", []plan.Span{{From: 90, To: 240}}, []string{"-09:30", "-06:30"}},  // 1:30 to 4: half an hour more
		{"Australia/Lord_Howe", "2027-04-04", []plan.Span{{From: 105, To: 240}}, []string{"-08:45", "-06:30"}}, // from the second 1:45
	} {
		loc := place(t, tc.zone)
		day := date(tc.day)
		h := &Hours{Place: loc}
		h.Week.Days[day.Weekday()] = tc.spans
		var got []string
		was := false
		for m := day.Add(-24 * time.Hour); m.Before(day.Add(48 * time.Hour)); m = m.Add(time.Minute) {
			if open := h.Open(m); open != was {
				was = open
				sign, off := "", m.Sub(day)
				if off < 0 {
					sign, off = "-", -off
				}
				got = append(got, sign+time.Time{}.Add(off).Format("15:04"))
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s %s %v: %v, want %v", tc.zone, tc.day, tc.spans, got, tc.want)
		}
	}
}

// Within a span or a pause nothing changes, and at its ends it does.
func TestPeriods(t *testing.T) {
	loc := place(t, "Europe/Amsterdam")
	rapid.Check(t, func(t *rapid.T) {
		h := &Hours{Week: anyWeek(t), Place: loc}
		at := rapid.Int64Range(1_790_000_000, 1_825_000_000).Draw(t, "at")
		p, open, next := h.at(at)
		if at < p.from || at >= p.to || open == (next != 0) && p.to != never {
			t.Fatalf("%d in %v, open %v, next %d", at, p, open, next)
		}
		for _, near := range []int64{p.from, at, p.to - 1} {
			if near > 0 && near < 2_000_000_000 && h.Open(time.Unix(near, 0)) != open {
				t.Fatalf("%v changes within itself at %d", p, near)
			}
		}
		if p.to-at < 30*86_400 && h.Open(time.Unix(p.to, 0)) == open {
			t.Fatalf("%v does not change at its end", p)
		}
	})
}

// Always open is always open, over every midnight and every change. (Not in Newfoundland until 2011, where clocks
// were put back at one minute past midnight, into the day before.)
func TestAlways(t *testing.T) {
	var w plan.Week
	for i := range w.Days {
		w.Days[i] = []plan.Span{{From: 0, To: plan.Day}}
	}
	for zone := range changes() {
		h := &Hours{Week: w, Place: place(t, zone)}
		for at := int64(1_325_500_000); at < 1_830_000_000; at += 3*86_400/2 + 7 {
			if p, open, _ := h.at(at); !open || p.to-at < 60*86_400 {
				t.Fatalf("%s: %v at %d, open %v", zone, p, at, open)
			}
		}
	}
}

// A counter that never opens says so instead of looking for ever.
func TestNever(t *testing.T) {
	h := &Hours{Place: time.UTC}
	if p, open, next := h.at(1_800_000_000); open || next != 0 || p.to != never {
		t.Errorf("%v %v %d", p, open, next)
	}
	// Closed for as long as can be written, it opens on the day after.
	h.Week.Days[time.Monday] = []plan.Span{{From: 600, To: 700}}
	day := plan.Date{Year: 2027, Month: 1, Day: 4} // a Monday
	for i := range plan.MaxClosed {
		h.Week.Closed = append(h.Week.Closed, add(day, i))
	}
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, open, next := h.at(from.Unix()); open || time.Unix(next, 0).UTC().Format(time.DateTime) != "2027-03-15 10:00:00" {
		t.Errorf("%v %v", open, time.Unix(next, 0).UTC())
	}
}

// The hours as an approval has them are the same hours.
func TestForm(t *testing.T) {
	w := plan.Week{Closed: []plan.Date{{Year: 2027, Month: 1, Day: 1}}}
	w.Days[time.Saturday] = []plan.Span{{From: 540, To: 720}, {From: 780, To: plan.Day}}
	h := Form(w, "Europe/Amsterdam")
	if h.Zone != "Europe/Amsterdam" || len(h.Days) != 7 || !slices.Equal(h.Days[6], []uint16{540, 720, 780, 1440}) || h.Days[0] == nil ||
		!slices.Equal(h.Closed, []uint32{20270101}) {
		t.Errorf("%+v", h)
	}
	var _ approval.Hours = h
}
