package approval

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tellijn/counting"
	"tellijn/counting/scene"
	"tellijn/privacy/coding"
)

// Limits of single fields.
const (
	maxNumber   = 64  // of a decision or an assessment, bytes
	maxPurpose  = 200 // characters
	maxDevices  = 16
	maxZone     = 64  // bytes
	maxDay      = 16  // ends of spans
	maxClosed   = 64  // days
	minK        = 3   // privacy/release has the same floor
	minInterval = 900 // seconds; so has this
	minTime     = 1_577_836_800
	maxTime     = 1<<32 - 1
)

// MaxSpan is the longest that one decision may hold: a year, and a day for a leap year.
const MaxSpan = 366 * 24 * time.Hour

const dayMinutes = 24 * 60

// check tells the first thing that is wrong with a, whatever the device.
func (a *Approval) check() error {
	switch {
	case a.Version != Version:
		return bad("version %d, want %d", a.Version, Version)
	case !number(a.Decision):
		return bad("decision %q, want its number: 1 to %d letters, digits, blanks and . / _ -", a.Decision, maxNumber)
	case !plain(a.Purpose):
		return bad("purpose %q, want 1 to %d characters on one line", a.Purpose, maxPurpose)
	case a.Devices == nil || len(a.Devices) > maxDevices || len(a.Devices) == 0 && !a.Test:
		return bad("devices %q, want 1 to %d", a.Devices, maxDevices)
	case a.From < minTime || a.Until > maxTime || a.From >= a.Until:
		return bad("from %d until %d, want Unix seconds from 2020 to 2106, in order", a.From, a.Until)
	case a.Until-a.From > int64(MaxSpan/time.Second) && !a.Test:
		return bad("from %d until %d is longer than a year and a day; want a new decision each year", a.From, a.Until)
	case a.K < minK:
		return bad("k %d, want %d to 255", a.K, minK)
	case a.Interval < minInterval || a.Interval > 3600 || 3600%a.Interval != 0:
		return bad("interval %d seconds, want 900, 1200, 1800 or 3600", a.Interval)
	case !number(a.Assessment):
		return bad("assessment %q, want its number: 1 to %d letters, digits, blanks and . / _ -", a.Assessment, maxNumber)
	}
	for i, d := range a.Devices {
		if !coding.ValidName(d) || slices.Contains(a.Devices[:i], d) {
			return bad("devices %q, want each once, 1 to 32 of a-z, 0-9 and hyphen", a.Devices)
		}
	}
	if err := a.Hours.check(a.Test); err != nil {
		return err
	}
	return a.Scene.check(a.Test)
}

// number tells whether s can be that of a decision or an assessment.
func number(s string) bool {
	letter := func(c rune) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
	strange := func(c rune) bool { return !letter(c) && !strings.ContainsRune(" ./_-", c) }
	return s != "" && len(s) <= maxNumber && letter(rune(s[0])) && strings.IndexFunc(s, strange) < 0
}

// plain tells whether s is text on one line that does not begin or end with a blank.
func plain(s string) bool {
	if !utf8.ValidString(s) || s == "" || utf8.RuneCountInString(s) > maxPurpose {
		return false
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	strange := func(c rune) bool { return unicode.In(c, unicode.C, unicode.Zl, unicode.Zp) }
	return !unicode.Is(unicode.Z, first) && !unicode.Is(unicode.Z, last) && strings.IndexFunc(s, strange) < 0
}

func (h *Hours) check(test bool) error {
	strange := func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && !strings.ContainsRune("+_/-", c)
	}
	switch {
	case len(h.Zone) > maxZone || strings.IndexFunc(h.Zone, strange) >= 0 || h.Zone == "" && !test:
		return bad("hours of zone %q, want a name such as Europe/Amsterdam", h.Zone)
	case len(h.Days) != 7:
		return bad("hours of %d days, want seven, from Sunday on", len(h.Days))
	case h.Closed == nil || len(h.Closed) > maxClosed:
		return bad("hours with %d closed days, at most %d", len(h.Closed), maxClosed)
	}
	for i, ends := range h.Days {
		if ends == nil || len(ends) > maxDay || len(ends)%2 != 0 {
			return bad("hours of day %d with %d ends, want at most %d, from and to", i, len(ends), maxDay)
		}
		for k, m := range ends {
			if m > dayMinutes || k > 0 && m <= ends[k-1] {
				return bad("hours of day %d %v, want minutes up to %d, in order and apart", i, ends, dayMinutes)
			}
		}
	}
	for i, d := range h.Closed {
		year, month, day := int(d/10_000), time.Month(d/100%100), int(d%100)
		t := time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
		if year < 2000 || year > 2199 || t.Month() != month || t.Day() != day || i > 0 && d <= h.Closed[i-1] {
			return bad("hours with closed day %d, want days such as 20270101, in order", d)
		}
	}
	return nil
}

func (s *Scene) check(test bool) error {
	if s.Lines == nil || s.Zones == nil {
		return bad("scene without a list of lines and one of zones, which may be empty")
	}
	if s.PersonArea == 0 && test {
		if len(s.Lines)+len(s.Zones) > 0 {
			return bad("scene of any kind with %d lines and %d zones, want none", len(s.Lines), len(s.Zones))
		}
		return nil
	}
	out, ok := s.scene()
	if !ok {
		return bad("scene with %d lines and %d zones, want at most %d and %d of 3 to %d corners", len(s.Lines), len(s.Zones),
			counting.MaxLines, counting.MaxZones, counting.MaxCorners)
	}
	if err := out.Check(); err != nil {
		return bad("scene: %w", err)
	}
	return nil
}

// scene is s as counting has it, unless there is no room for it.
func (s *Scene) scene() (out scene.Scene, ok bool) {
	out.PersonArea, out.NLines, out.NZones = s.PersonArea, len(s.Lines), len(s.Zones)
	if out.NLines > len(out.Lines) || out.NZones > len(out.Zones) {
		return out, false
	}
	for i, l := range s.Lines {
		out.Lines[i] = scene.Line{A: scene.Point{X: l[0], Y: l[1]}, B: scene.Point{X: l[2], Y: l[3]}}
	}
	for i, z := range s.Zones {
		if len(z)%2 != 0 || len(z)/2 > counting.MaxCorners {
			return out, false
		}
		out.Zones[i].N = len(z) / 2
		for k := range out.Zones[i].N {
			out.Zones[i].Corners[k] = scene.Point{X: z[2*k], Y: z[2*k+1]}
		}
	}
	return out, true
}

// SceneOf is the geometry of a device, to be approved.
func SceneOf(s *scene.Scene) Scene {
	out := Scene{PersonArea: s.PersonArea, Lines: [][4]int32{}, Zones: [][]int32{}}
	for _, l := range s.Lines[:s.NLines] {
		out.Lines = append(out.Lines, [4]int32{l.A.X, l.A.Y, l.B.X, l.B.Y})
	}
	for _, z := range s.Zones[:s.NZones] {
		var ends []int32
		for _, p := range z.Corners[:z.N] {
			ends = append(ends, p.X, p.Y)
		}
		out.Zones = append(out.Zones, ends)
	}
	return out
}
