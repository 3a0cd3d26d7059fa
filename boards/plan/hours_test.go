package plan

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWeek(t *testing.T) {
	h := Hours{Open: []string{"mon-fri 07:30-22:00", "sat 17:00-18:00", "sat 13:00-17:00", "sat 09:00-12:00", "fri 22:00-24:00", "sun 00:00-00:01"}, Closed: []string{"2028-02-29", "2027-01-01"}}
	w, err := h.Check("f.toml", "")
	want := Week{Closed: []Date{{2027, time.January, 1}, {2028, time.February, 29}}}
	for d := time.Monday; d <= time.Thursday; d++ {
		want.Days[d] = []Span{{450, 1320}}
	}
	want.Days[time.Friday] = []Span{{450, 1440}} // two that touch are one, in whichever order they stand
	want.Days[time.Saturday] = []Span{{540, 720}, {780, 1080}}
	want.Days[time.Sunday] = []Span{{0, 1}}
	if err != nil || !reflect.DeepEqual(w, want) {
		t.Fatalf("%v, %v\nwant %v", w, err, want)
	}
	all := Hours{Open: []string{"mon-sun 00:00-24:00"}}
	if w, err = all.Check("f.toml", ""); err != nil {
		t.Fatal(err)
	}
	for d, spans := range w.Days {
		if !reflect.DeepEqual(spans, []Span{{0, Day}}) {
			t.Errorf("day %d: %v", d, spans)
		}
	}
}

func TestWeekWrong(t *testing.T) {
	const good = "mon 08:00-12:00"
	many := func(n int, format string) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf(format, i/2, i%2*30, i/2, i%2*30+10))
		}
		return out
	}
	for _, tc := range []struct {
		hours Hours
		want  string
	}{
		{Hours{}, "hours.open: 0 entries"},
		{Hours{Open: many(33, "mon %02d:%02d-%02d:%02d")}, "hours.open: 33 entries"},
		{Hours{Open: many(9, "mon %02d:%02d-%02d:%02d")}, "more than 8 spans"},
		{Hours{Open: []string{good, "mon-wed 11:59-13:00"}}, `"mon-wed 11:59-13:00" overlaps`},
		{Hours{Open: []string{good, good}}, "overlaps"},
		{Hours{Open: []string{"mon 22:00-06:00"}}, "past midnight"},
		{Hours{Open: []string{"mon 08:00-08:00"}}, `"mon 08:00-08:00"`},
		{Hours{Open: []string{"fri-mon 08:00-12:00"}}, `"fri-mon`},
		{Hours{Open: []string{"sun-mon 08:00-12:00"}}, `"sun-mon`},
		{Hours{Open: []string{"Mon 08:00-12:00"}}, `"Mon`},
		{Hours{Open: []string{"mon 8:00-12:00"}}, `"mon 8:00`},
		{Hours{Open: []string{"mon 08:00-24:01"}}, `24:01`},
		{Hours{Open: []string{"mon 24:00-24:00"}}, `"mon 24:00`},
		{Hours{Open: []string{"mon  08:00-12:00"}}, `"mon  08`},
		{Hours{Open: []string{"mon 08:00-12:00 "}}, `12:00 "`},
		{Hours{Open: []string{"mon-tue-wed 08:00-12:00"}}, `tue-wed`},
		{Hours{Open: []string{"always"}}, `"always"`},
		{Hours{Open: []string{""}}, `""`},
		{Hours{Open: []string{good}, Closed: []string{"2027-02-29"}}, `hours.closed: "2027-02-29"`},
		{Hours{Open: []string{good}, Closed: []string{"2027-1-1"}}, `hours.closed: "2027-1-1"`},
		{Hours{Open: []string{good}, Closed: []string{"1999-12-31"}}, `hours.closed: "1999`},
		{Hours{Open: []string{good}, Closed: []string{"2027-01-01", "2027-01-01"}}, "stands there twice"},
		{Hours{Open: []string{good}, Closed: make([]string, 65)}, "65 days, at most 64"},
	} {
		w, err := tc.hours.Check("f.toml", "x = 1\n")
		if !errors.Is(err, ErrInvalid) || !strings.HasPrefix(err.Error(), "f.toml:1: ") || !strings.Contains(err.Error(), tc.want) || !reflect.DeepEqual(w, Week{}) {
			t.Errorf("%q %q: got %v %v, want %q", tc.hours.Open, tc.hours.Closed, w, err, tc.want)
		}
	}
}

// TestWeekIsWhatIsWritten asks for every minute of every day whether the week says what its entries say
// one by one.
func TestWeekIsWhatIsWritten(t *testing.T) {
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	rapid.Check(t, func(t *rapid.T) {
		type entry struct{ first, last, from, to int }
		var all []entry
		var h Hours
		for range rapid.IntRange(1, 6).Draw(t, "entries") {
			e := entry{first: rapid.IntRange(0, 6).Draw(t, "first"), from: rapid.IntRange(0, 1439).Draw(t, "from")}
			e.last, e.to = rapid.IntRange(e.first, 6).Draw(t, "last"), rapid.IntRange(e.from+1, 1440).Draw(t, "to")
			all = append(all, e)
			h.Open = append(h.Open, fmt.Sprintf("%s-%s %02d:%02d-%02d:%02d", days[e.first], days[e.last], e.from/60, e.from%60, e.to/60, e.to%60))
		}
		var want [7][Day]int // how many entries cover a minute, by days from Monday
		twice := false
		for _, e := range all {
			for d := e.first; d <= e.last; d++ {
				for m := e.from; m < e.to; m++ {
					want[d][m]++
					twice = twice || want[d][m] > 1
				}
			}
		}
		w, err := h.Check("f.toml", "")
		if (err != nil) != twice {
			t.Fatalf("%q: %v, covered twice %v", h.Open, err, twice)
		}
		if err != nil {
			return
		}
		for d := range want {
			for m, n := range want[d] {
				covered, last := 0, -1
				for _, s := range w.Days[(d+1)%7] {
					if s.From <= last {
						t.Fatalf("%q: spans %v touch or are out of order", h.Open, w.Days[(d+1)%7])
					}
					last = s.To
					if m >= s.From && m < s.To {
						covered++
					}
				}
				if covered != n {
					t.Fatalf("%q: %s %02d:%02d is covered %d times, want %d", h.Open, days[d], m/60, m%60, covered, n)
				}
			}
		}
	})
}

func FuzzHours(f *testing.F) {
	for _, s := range []string{"mon-fri 07:30-22:00", "sat 09:00-24:00", "sun 00:00-00:01", "", "-", "mon- 1-2", "sun-sun 00:00-24:00"} {
		f.Add(s, "2027-01-01")
	}
	f.Fuzz(func(t *testing.T, open, closed string) {
		h := Hours{Open: []string{open}, Closed: []string{closed}}
		w, err := h.Check("f.toml", "")
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if len(open) > len("mon-fri 07:30-22:00") || len(w.Closed) != 1 || w.Closed[0].String() != closed {
			t.Fatalf("%q %q taken as %v", open, closed, w)
		}
		n := 0
		for _, d := range w.Days {
			n += len(d)
		}
		if n == 0 {
			t.Fatalf("%q never opens", open)
		}
	})
}
