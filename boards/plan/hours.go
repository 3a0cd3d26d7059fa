package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours is the table [hours]: when the camera may have power, by the clock of the place.
type Hours struct {
	Open   []string `toml:"open"`   // such as "mon-fri 07:30-22:00"; not past midnight
	Closed []string `toml:"closed"` // whole days without power, such as "2027-01-01"
}

// Limits of a week: more would be a mistake, and an approval has to hold it.
const (
	MaxEntries = 32 // of open
	MaxSpans   = 8  // of one day
	MaxClosed  = 64 // days
)

// Day is how many minutes a day has here; on days when the clock changes, those that exist count.
const Day = 24 * 60

// Span is a part of a day in minutes since midnight, From included, To not. To is at most Day.
type Span struct{ From, To int }

// Date is a day of the calendar.
type Date struct {
	Year  int // 2000 to 2199
	Month time.Month
	Day   int
}

// String is the date as it is written: 2027-01-01.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// Week is the checked form of Hours. Only Check makes one that is not empty.
type Week struct {
	// Days are by time.Weekday, so Sunday is 0. The spans of a day are in order and apart: of two that
	// touch, one was made.
	Days [7][]Span
	// Closed are in order, each once.
	Closed []Date
}

// weekdays are the words, by time.Weekday.
const weekdays = "sun mon tue wed thu fri sat"

// Check reads the table. It wants at least one entry: a counter that never opens is a mistake, and one
// without hours would have to guess them.
func (h *Hours) Check(name, text string) (w Week, err error) {
	if n := len(h.Open); n < 1 || n > MaxEntries {
		return Week{}, At(name, text, "hours.open", "%d entries, want 1 to %d such as \"mon-fri 07:30-22:00\"", n, MaxEntries)
	}
	if n := len(h.Closed); n > MaxClosed {
		return Week{}, At(name, text, "hours.closed", "%d days, at most %d", n, MaxClosed)
	}
	for _, entry := range h.Open {
		first, last, span, ok := entryOf(entry)
		if !ok {
			return Week{}, At(name, text, "hours.open", "%q, want days and a time such as \"mon-fri 07:30-22:00\" or \"sat 09:00-24:00\"; what goes past midnight is two entries", entry)
		}
		for i := first; i <= last; i++ {
			day := i % 7 // after Saturday comes Sunday, which is 0
			if err = w.add(day, span); err != nil {
				return Week{}, At(name, text, "hours.open", "%q %v", entry, err)
			}
		}
	}
	for i := range w.Days {
		w.Days[i] = join(w.Days[i])
	}
	for _, s := range h.Closed {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil || len(s) != len(time.DateOnly) || t.Year() < 2000 || t.Year() > 2199 {
			return Week{}, At(name, text, "hours.closed", "%q, want a day such as \"2027-01-01\"", s)
		}
		d := Date{t.Year(), t.Month(), t.Day()}
		if slices.Contains(w.Closed, d) {
			return Week{}, At(name, text, "hours.closed", "%q stands there twice", s)
		}
		w.Closed = append(w.Closed, d)
	}
	slices.SortFunc(w.Closed, func(a, b Date) int { return strings.Compare(a.String(), b.String()) })
	return w, nil
}

// add puts a span into a day.
func (w *Week) add(day int, s Span) error {
	if len(w.Days[day]) == MaxSpans {
		return fmt.Errorf("is more than %d spans on one day", MaxSpans)
	}
	for _, o := range w.Days[day] {
		if s.From < o.To && o.From < s.To {
			return fmt.Errorf("overlaps another entry of the same day; join the two")
		}
	}
	w.Days[day] = append(w.Days[day], s)
	return nil
}

// join puts spans in order and makes one of two that touch.
func join(in []Span) (out []Span) {
	slices.SortFunc(in, func(a, b Span) int { return a.From - b.From })
	for _, s := range in {
		if n := len(out); n > 0 && out[n-1].To == s.From {
			out[n-1].To = s.To
			continue
		}
		out = append(out, s)
	}
	return out
}

// entryOf reads one entry. Days are by time.Weekday, where Sunday at the end is 7.
func entryOf(s string) (first, last int, span Span, ok bool) {
	days, times, ok1 := strings.Cut(s, " ")
	from, to, ok2 := strings.Cut(times, "-")
	a, b, isRange := strings.Cut(days, "-")
	if !isRange {
		b = a
	}
	first, okA := weekday(a)
	last, okB := weekday(b)
	if last == 0 {
		last = 7
	}
	if first == 0 {
		first = 7
	}
	span.From, ok = minute(from)
	okTo := true
	if span.To, okTo = minute(to); to == "24:00" {
		span.To, okTo = Day, true
	}
	return first, last, span, ok1 && ok2 && okA && okB && ok && okTo && first <= last && span.From < span.To
}

// weekday reads three letters.
func weekday(s string) (int, bool) {
	i := slices.Index(strings.Fields(weekdays), s)
	return i, i >= 0
}

// minute reads a time of the day such as 07:30 as minutes since midnight.
func minute(s string) (int, bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil && len(s) == 5
}
