package main

import (
	"os"
	"testing"
	"time"

	"tellijn/tools/bench/day/device"
)

// TestShortDays runs two short days with the real programs: one with people, one without. No time is
// asserted, only that both look the same from outside and that everything was measured.
func TestShortDays(t *testing.T) {
	if testing.Short() {
		t.Skip("starts programs for some seconds; not with -short")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("measures with /proc, which is not here")
	}
	dir, err := os.MkdirTemp("", "tellijn-day-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d, err := prepare(t.Context(), dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	const intervals, pace = 4, 1250 * time.Millisecond
	s := scenario{name: "busy", site: d.one, people: d.busy, speed: speed, compress: int(device.Interval / (speed * pace)), intervals: intervals, seldom: true}
	e := s
	e.name, e.people, e.seldom = "empty", d.empty, false
	got, err := together(t.Context(), dir, s, e)
	if err != nil {
		t.Fatal(err)
	}
	busy, empty := &got[0][0], &got[1][0]
	if busy.counted == 0 || empty.counted != 0 {
		t.Errorf("%d on the busy day, %d on the empty one", busy.counted, empty.counted)
	}
	for _, m := range []*measured{busy, empty} {
		if len(m.shown) != intervals || m.queue.Acked < intervals || m.queue.Refused > 0 || m.queue.Dropped > 0 {
			t.Errorf("%d records, queue %+v", len(m.shown), m.queue)
		}
		for _, name := range []string{"warden", "warden-core", "courier", "dialer", "eye"} {
			if m.memory[name].Most == 0 {
				t.Errorf("no memory of %s", name)
			}
		}
		// Each record is written at least three times: into the ledger, into the queue, and as its receipt.
		if m.written >= 0 && (m.written < 3*4096*intervals || m.point < 4096) {
			t.Errorf("%d bytes written, a checkpoint %d", m.written, m.point)
		}
	}
	// With the journal goes the time of the file: a head, a block of it and an end, and its place later.
	if busy.written >= 0 && empty.point < busy.point+3*4096 {
		t.Errorf("a checkpoint costs %d bytes when the journal is committed seldom, and %d when often", busy.point, empty.point)
	}
	if !busy.tapped {
		t.Skip("packets were not seen, see above")
	}
	switch b, e := len(busy.records), len(empty.records); {
	case b > 2*intervals || e > 2*intervals:
		t.Errorf("%s, and on the empty day %s; want one exchange an interval", kinds(busy.records), kinds(empty.records))
	case b < 2*intervals || e < 2*intervals:
		t.Skipf("this machine was too busy to send after each interval: %d and %d records", b, e)
	}
	if where := differ(busy.records, empty.records); where != "" {
		t.Errorf("%s\nbusy  %s\nempty %s", where, kinds(busy.records), kinds(empty.records))
	}
}
