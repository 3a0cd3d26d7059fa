package main

import (
	"strings"
	"testing"

	"tellijn/firmware/config"
	"tellijn/tools/collector/report"
)

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-clip", "x.avi"}, "-person-area"},
		{[]string{"-clip", "x.avi", "-device", "/dev/video0"}, "one camera"},
		{[]string{"-device", "/dev/video0", "-speed", "3"}, "-speed"},
		{[]string{"-speed", "0"}, "1 to 1000"},
		{[]string{"word"}, "hyphen"},
		{[]string{"-day", "8s"}, "-day 8s with -speed 1, want 8.64s to 24h0m0s"},
		{[]string{"-day", "1h", "-speed", "25"}, "want 346ms to 57m36s"},
	} {
		if _, err := parse(tc.args); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %q", tc.args, err, tc.want)
		}
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-line", "0,0,1"}, "four numbers"},
		{[]string{"-line", "0,0,1,x"}, `"x" is no number`},
		{[]string{"-line", "0.5,0.5,0.5,0.5"}, "1/50"},
		{[]string{"-line", "0,0,1,1", "-person-area", "2"}, "person_area"},
	} {
		o, err := parse(tc.args)
		if err == nil {
			_, _, err = o.plan(nil)
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %q", tc.args, err, tc.want)
		}
	}
}

func TestDay(t *testing.T) {
	for _, tc := range []struct {
		args   []string
		factor int
		want   string
	}{
		{nil, 1440, "a day lasts 60 s"},
		{[]string{"-day", "2.5s", "-speed", "4"}, 8640, "a day lasts 2.5 s"},
		{[]string{"-day", "8640ms"}, 10_000, "a day lasts 8.6 s"},
		{[]string{"-day", "24h"}, 1, "a day lasts a day"},
		{[]string{"-speed", "1000"}, 1, "a day lasts 86.4 s"},
	} {
		o, err := parse(tc.args)
		if err != nil {
			t.Errorf("%q: %v", tc.args, err)
			continue
		}
		if f, s := o.factor(), o.lasts(); f != tc.factor || s != tc.want {
			t.Errorf("%q: %d, %q; want %d, %q", tc.args, f, s, tc.factor, tc.want)
		}
	}
}

// TestPlan: the text that devices are configured with can be read again, whatever the flags.
func TestPlan(t *testing.T) {
	for _, args := range [][]string{nil, {"-device", "/dev/video0"}, {"-line", "0.1,0.5,0.9,0.5"}, {"-device", "/dev/video0", "-line", "0,0,1,1", "-person-area", "0.03"}} {
		o, err := parse(args)
		if err != nil {
			t.Fatal(err)
		}
		b, text, err := o.plan(nil)
		if err != nil || b.Release.K != stepOf {
			t.Errorf("%q: %v, steps of %d", args, err, b.Release.K)
		}
		again := b
		if err := config.Apply("text", "device = \"x\"\n"+text, &again); err != nil || again.Device != "x" || again.Scene != b.Scene || again.Driver != b.Driver {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestEstimate(t *testing.T) {
	for _, tc := range []struct {
		inside []string
		want   string
	}{{[]string{"0-4"}, "0–4 people"}, {[]string{"7"}, "5–9 people"}, {[]string{"1"}, "0–3 people"}, {[]string{""}, ""}, {nil, ""}, {[]string{"7", "8"}, ""}, {[]string{"x"}, ""}} {
		if got := estimate(tc.inside, 3); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.inside, got, tc.want)
		}
	}
}

func TestKept(t *testing.T) {
	for _, tc := range []struct {
		made            uint64
		stored, missing uint64
		want            uint64
	}{
		{0, 0, 0, 0},
		{96, 90, 0, 6},
		{10, 12, 0, 0}, // the collector was asked after the newest record was seen
		{800, 96, 0, 672},
		{800, 696, 96, 8}, // a day was pushed out, and the rest has nearly arrived
	} {
		r := &run{made: []made{{records: tc.made}}}
		if k := r.kept(0, report.Standing{Records: tc.stored, Missing: tc.missing, Refused: map[string]uint64{"a": 1, "b": 2}}); k.Waiting != tc.want || k.Refused != 3 {
			t.Errorf("%+v: %+v", tc, k)
		}
	}
}
