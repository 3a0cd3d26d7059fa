package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"tellijn/tools/bench/day/device"
	"tellijn/tools/bench/day/tap"
)

func stream(sizes ...int) (all []tap.Record) {
	for i, n := range sizes {
		all = append(all, tap.Record{At: time.Unix(int64(i), 0), Up: n > 0, Type: 23, Size: max(n, -n)})
	}
	return all
}

func TestDiffer(t *testing.T) {
	a := stream(584, -278, 584, -278)
	for _, tc := range []struct {
		b    []tap.Record
		want string
	}{
		{stream(584, -278, 584, -278), ""},
		{stream(584, -278, 585, -278), "record 2: 584 bytes up and 585 bytes up"},
		{stream(584, 278, 584, -278), "record 1: 278 bytes down and 278 bytes up"},
		{stream(584, -278), "4 records and 2"},
	} {
		if got := differ(a, tc.b); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

func TestStrange(t *testing.T) {
	var a, b []tap.Record
	for range often {
		a, b = append(a, stream(10, -20)...), append(b, stream(10, -20)...)
	}
	b = append(b, stream(11)...)
	if only := strange(a, b); len(only) != 0 {
		t.Errorf("one accident is %v", only)
	}
	for range often {
		b = append(b, stream(11)...)
	}
	if only := strange(a, b); len(only) != 1 || only[0] != "11 bytes up" {
		t.Errorf("%v", only)
	}
	if got := kinds(stream(5, -7, 5)); got != "2 x 5 bytes up, 1 x 7 bytes down" {
		t.Error(got)
	}
}

func TestDelays(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	m := &measured{pace: time.Second, shown: []time.Time{at(1000), at(2000), at(3000)}, records: []tap.Record{
		{At: at(900), Up: true}, {At: at(1100), Up: true}, {At: at(1200), Up: true}, {At: at(2010)}, {At: at(2500), Up: true},
	}}
	got := delays(m) // nothing went up after the third
	if len(got) != 2 || math.Abs(got[0]-0.1) > 1e-9 || math.Abs(got[1]-0.5) > 1e-9 {
		t.Errorf("%v", got)
	}
}

func TestApart(t *testing.T) {
	a := []float64{1, 2, 3, 4}
	for _, tc := range []struct {
		b    []float64
		want float64
	}{{a, 0}, {[]float64{5, 6, 7, 8}, 1}, {[]float64{3, 4, 5, 6}, 0.5}, {[]float64{1, 1, 1, 1, 9}, 0.55}} {
		if got := apart(a, tc.b); math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("%v: %v, want %v", tc.b, got, tc.want)
		}
	}
	if c := chance(96, 96); c < 0.28 || c > 0.29 {
		t.Error(c)
	}
}

func TestProbes(t *testing.T) {
	// Twice in a quarter of an hour; the third would come when the next record does.
	if up, down := probes(96); up != 2*96*52 || down != up {
		t.Error(up, down)
	}
}

// TestTableMisses gives the table what must not be, and what may.
func TestTableMisses(t *testing.T) {
	good := func() *measured {
		m := &measured{
			written: 5e6, point: 16e3, counted: 3, tapped: true, pace: time.Second,
			shown: []time.Time{time.Unix(0, 0)}, records: stream(584, -278),
			memory: map[string]device.Memory{"warden": {Most: 6000}, "warden-core": {Most: 8000}, "courier": {Most: 9000}},
		}
		m.queue.Acked = 96
		return m
	}
	for _, tc := range []struct {
		name   string
		change func(m, empty *measured)
		want   int
	}{
		{"nothing", func(m, empty *measured) {}, 0},
		{"flash", func(m, empty *measured) { m.point = 20e3 }, 1},
		{"sent", func(m, empty *measured) { m.packets = []tap.Packet{{Up: true, Size: 260 << 10}} }, 1},
		{"another size", func(m, empty *measured) { empty.records = stream(585, -278) }, 1},
		{"somebody on the empty day", func(m, empty *measured) { empty.counted = 1 }, 1},
		{"nobody on the busy day", func(m, empty *measured) { m.counted = 0 }, 1},
		{"warden", func(m, empty *measured) { m.memory["warden-core"] = device.Memory{Most: 11000} }, 1},
		{"courier", func(m, empty *measured) { m.memory["courier"] = device.Memory{Most: 17000} }, 1},
		{"no courier", func(m, empty *measured) { delete(m.memory, "courier") }, 1},
		{"refused", func(m, empty *measured) { m.queue.Refused = 1 }, 1},
		{"lost", func(m, empty *measured) { m.queue.Acked = 95 }, 1},
	} {
		m, empty := good(), good()
		empty.counted = 0
		tc.change(m, empty)
		var out bytes.Buffer
		tb := &table{w: &out}
		tb.flash("door", m, 96, true)
		tb.traffic("door", m, 96)
		tb.same("door", m, empty, true)
		tb.memory("door", m)
		tb.queue("door", m, 96)
		if tb.missed != tc.want || strings.Count(out.String(), "MISSED") != tc.want {
			t.Errorf("%s: %d missed, want %d\n%s", tc.name, tb.missed, tc.want, out.String())
		}
	}
}
