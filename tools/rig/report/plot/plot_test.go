package plot

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/play"
)

// drawn checks that a drawing is XML, lies within its frame, and has no number that is none.
func drawn(t interface{ Fatalf(string, ...any) }, h template.HTML) string {
	s := string(h)
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, s)
		}
	}
	if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
		t.Fatalf("no numbers in %s", s)
	}
	frame := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindStringSubmatch(s)
	for i, attr := range []string{"x|cx", "y|cy"} {
		most, _ := strconv.ParseFloat(frame[i+1], 64)
		for _, m := range regexp.MustCompile(`\b(?:`+attr+`)="([^"]*)"`).FindAllStringSubmatch(s, -1) {
			if v, err := strconv.ParseFloat(m[1], 64); err != nil || v < 0 || v > most+0.1 {
				t.Fatalf("%s at %s outside of %v: %s", attr, m[1], most, s)
			}
		}
	}
	return s
}

// TestLines draws whatever comes.
func TestLines(t *testing.T) {
	value := func() *rapid.Generator[float64] {
		return rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.SampledFrom([]float64{0, 1, math.NaN(), math.Inf(1), 1e12}), rapid.Float64Range(0, 300))
	}
	drew := 0
	rapid.Check(t, func(t *rapid.T) {
		c := Chart{Title: rapid.String().Draw(t, "title"), Most: rapid.Float64Range(0, 1000).Draw(t, "most"), FromZero: rapid.Bool().Draw(t, "zero")}
		for range rapid.IntRange(0, 7).Draw(t, "curves") {
			s := Series{Name: rapid.StringN(0, 6, 20).Draw(t, "name"), Steps: rapid.Bool().Draw(t, "steps"), Dots: rapid.Bool().Draw(t, "dots")}
			for range rapid.IntRange(0, 5).Draw(t, "points") {
				s.Points = append(s.Points, play.Point{T: rapid.Float64Range(-10, 2000).Draw(t, "t"), Y: value().Draw(t, "y")})
			}
			c.Series = append(c.Series, s)
		}
		if h := Lines(c); h != "" {
			drawn(t, h)
			drew++
		}
	})
	if drew == 0 {
		t.Error("nothing was drawn")
	}
	if Lines(Chart{Series: []Series{{Points: []play.Point{{Y: math.NaN()}}}}}) != "" {
		t.Error("a drawing of nothing")
	}
}

// TestWhere has a curve go where its points are.
func TestWhere(t *testing.T) {
	s := drawn(t, Lines(Chart{Title: "x", Most: 100, FromZero: true, Series: []Series{{Points: []play.Point{{T: 0, Y: 0}, {T: 50, Y: 100}, {T: 100, Y: 50}}}}}))
	if !strings.Contains(s, `d="M52.0 160.0L250.0 26.0L448.0 93.0"`) {
		t.Error(s)
	}
	s = drawn(t, Lines(Chart{Title: "x", Most: 100, FromZero: true, Series: []Series{{Steps: true, Points: []play.Point{{T: 0, Y: 0}, {T: 50, Y: 100}}}}}))
	if !strings.Contains(s, `d="M52.0 160.0H250.0V26.0"`) {
		t.Error(s)
	}
}

// TestTicks asks for the ends to a hundred-millionth of a step, and to what a float64 holds of large ones.
func TestTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(-1e6, 1e6).Draw(t, "lo")
		hi := lo + rapid.Float64Range(0, 1e6).Draw(t, "more")
		all := Ticks(lo, hi, 4)
		if len(all) < 2 || len(all) > 7 {
			t.Fatalf("%v for %v to %v", all, lo, hi)
		}
		near := 1e-8*(all[1]-all[0]) + 1e-14*max(math.Abs(lo), math.Abs(hi))
		if all[0] > lo+near || all[len(all)-1] < hi-near {
			t.Fatalf("%v for %v to %v", all, lo, hi)
		}
	})
	for v, want := range map[float64]string{0: "0", 1000: "1000", 0.25: "0.25", -0.0001: "0", 12.5: "12.5"} {
		if got := number(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

// TestSpans joins beginnings and ends, faults by what they are.
func TestSpans(t *testing.T) {
	all, moments := spans([]play.Event{{At: 1, Kind: play.KindLamp, High: true}, {At: 2, Kind: play.KindLamp, High: true}, {At: 3, Kind: play.KindLamp}, {At: 4, Kind: play.KindLamp},
		{At: 5, Kind: play.KindLamp, High: true}, {At: 6, Kind: play.KindCamera, High: true}}, play.KindLamp, 9)
	if len(all) != 2 || all[0].from != 1 || all[0].to != 3 || all[1].from != 5 || all[1].to != 9 || len(moments) != 0 {
		t.Errorf("%v, %v", all, moments)
	}
	all, moments = spans([]play.Event{{At: 1, Kind: play.KindFault, Text: "a", High: true}, {At: 2, Kind: play.KindFault, Text: "b", High: true}, {At: 3, Kind: play.KindFault, Text: "a"}, {At: 4, Kind: play.KindFault, Text: "c"}}, play.KindFault, 9)
	if len(all) != 2 || all[0].to != 3 || all[1].to != 9 || len(moments) != 1 || moments[0].Text != "c" {
		t.Errorf("%v, %v", all, moments)
	}
}

func TestTimeline(t *testing.T) {
	s := drawn(t, Timeline("<t>", []play.Step{{Text: "a & b", Ran: true, To: 50}, {Text: "c", Check: true, Ran: true, From: 50, To: 99, Err: "no"}, {Text: "never"}},
		[]play.Event{{At: 10, Kind: play.KindCamera, High: true}, {At: 120, Kind: play.KindRecord, Text: "record \x00"}}, 100))
	for _, want := range []string{`class="step"`, `class="step failed"`, "1. a &amp; b (50.0 s)", `class="camera" x="167.0"`, `class="moment record" d="M948.0`, "camera power", "120 s"} {
		if !strings.Contains(s, want) {
			t.Errorf("lacks %q: %s", want, s)
		}
	}
	if strings.Contains(s, "never") || strings.Contains(s, "lamp") {
		t.Error("what did not happen is drawn")
	}
	drawn(t, Timeline("", nil, nil, 0))
}

// TestBars has every count that is known, and bars as long as they are.
func TestBars(t *testing.T) {
	if Bars(nil) != "" || Bars([]play.Line{{}}) != "" {
		t.Error("bars of nothing")
	}
	s := drawn(t, Bars([]play.Line{{Replayed: &bench.Counts{Forward: 10, Backward: 4}, Booked: &bench.Counts{Forward: 5}}}))
	for _, want := range []string{`width="260.0"`, `width="130.0"`, `width="104.0"`, `width="1.0"`, "line 1 forward: replay", ">device<", ">10<"} {
		if !strings.Contains(s, want) {
			t.Errorf("lacks %q: %s", want, s)
		}
	}
	if strings.Contains(s, "people") {
		t.Error("a truth that nobody knows")
	}
}
