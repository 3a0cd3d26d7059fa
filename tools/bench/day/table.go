package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"tellijn/tools/bench/day/tap"
)

// What must be reached.
const (
	maxFlash  = 40e6      // bytes written in a day
	maxSent   = 256 << 10 // bytes sent in a day, with all headers
	maxMemory = 16 << 10  // KiB resident
)

// card is what a year of writing is held against: 16 GB that survive being written 300 times, the least
// that is said of flash with three bits a cell, by a controller that writes ten bytes for each of ours.
// Makers of small cards promise nothing; these are assumptions.
const (
	cardSize   = 16e9
	cardWrites = 300
	cardExtra  = 10
)

// table prints figures and whether they are what they must be.
type table struct {
	w      io.Writer
	missed int
}

// row prints one figure; must is "" for one that is only told.
func (t *table) row(what, figure, must string, ok bool) {
	verdict := ""
	if must != "" {
		verdict = "held"
		if !ok {
			verdict = "MISSED"
			t.missed++
		}
	}
	fmt.Fprintln(t.w, strings.TrimRight(fmt.Sprintf("  %-58s %-38s %-22s %s", what, figure, must, verdict), " "))
}

func (t *table) head(text string) { fmt.Fprintf(t.w, "\n%s\n", text) }

func mb(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) }

// flash tells what a device writes in a day. intervals of it were measured. must says that it is held
// against the most.
func (t *table) flash(name string, m *measured, intervals int, must bool) {
	if m.written < 0 {
		t.row(name, "not measured", "", true)
		return
	}
	day := m.written * perDay / int64(intervals)
	t.row(name+": its records, logs, receipts (measured)", mb(day), "", true)
	var parts []string
	for process, n := range m.own {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", process, mb(n*perDay/int64(intervals))))
		}
	}
	sort.Strings(parts)
	if len(parts) > 0 {
		t.row("  given to writing calls, with pipes and network", strings.Join(parts, ", "), "", true)
	}
	t.row("  a record from tally to receipt", fmt.Sprintf("%d bytes", m.written/int64(intervals)), "", true)
	if m.counted == 0 {
		t.row("  nobody came, so the open interval is never kept", mb(day), "under 40 MB", float64(day) < maxFlash)
		return
	}
	t.row("  keeping the open interval once (measured)", fmt.Sprintf("%d bytes", m.point), "", true)
	all := day + keeps*m.point
	limit := ""
	if must {
		limit = "under 40 MB"
	}
	t.row(fmt.Sprintf("  with %d of these, a crowd for 24 hours (computed)", keeps), mb(all), limit, float64(all) < maxFlash)
	year := float64(all) * 365
	t.row("  a year of that; years until the card is worn out", fmt.Sprintf("%.1f GB; %.0f", year/1e9, cardSize*cardWrites/cardExtra/year), "", true)
}

// perDay is how many intervals a day has.
const perDay = 96

// traffic tells what a device sends and receives in a day.
func (t *table) traffic(name string, m *measured, intervals int) {
	if !m.tapped {
		t.row(name, "not measured", "", true)
		return
	}
	up, down := tap.Bytes(m.packets)
	up, down = up*perDay/intervals, down*perDay/intervals
	idleUp, idleDown := probes(perDay)
	t.row(name+": sent, received (measured)", fmt.Sprintf("%.1f KiB, %.1f KiB", kib(up), kib(down)), "", true)
	sent := up + idleUp
	t.row("  sent, with probes of an idle connection (computed)", fmt.Sprintf("%.1f KiB", kib(sent)), "under 256 KiB", sent < maxSent)
	t.row("  both ways, with probes", fmt.Sprintf("%.1f KiB", kib(sent+down+idleDown)), "", true)
}

func kib(n int) float64 { return float64(n) / 1024 }

// same compares two days that differ only in who came. order says that the order of things is fixed,
// as it is without polls of a room.
func (t *table) same(name string, busy, empty *measured, order bool) {
	t.row(name+": counted on the busy day, on the empty one", fmt.Sprintf("%d, %d", busy.counted, empty.counted), "many, none",
		busy.counted >= uint32(len(busy.shown)) && empty.counted == 0)
	if !busy.tapped || !empty.tapped {
		t.row("  TLS records", "not measured", "", true)
		return
	}
	t.row("  TLS records of the busy day", kinds(busy.records), "", true)
	switch where := differ(busy.records, empty.records); {
	case where == "":
		t.row("  of the empty day, in directions, sizes and order", fmt.Sprintf("the same %d", len(empty.records)), "identical", true)
	case order:
		t.row("  of the empty day", kinds(empty.records), "", true)
		t.row("  first difference", where, "identical", false)
	default:
		// With polls of a room chance decides what goes in one batch.
		t.row("  of the empty day", kinds(empty.records), "", true)
		only := strange(busy.records, empty.records)
		t.row("  kinds that came often on one day and never on the other", fmt.Sprint(len(only), " ", strings.Join(only, ", ")), "none", len(only) == 0)
		t.row("  all of them, bytes on the busy and the empty day", fmt.Sprintf("%d, %d", total(busy.records), total(empty.records)), "", true)
	}
	b, e := delays(busy), delays(empty)
	for _, d := range []struct {
		day string
		all []float64
	}{{"busy", b}, {"empty", e}} {
		least, middle, most := spread(d.all)
		t.row(fmt.Sprintf("  %s day: sent after the end of an interval, least/middle/most", d.day),
			fmt.Sprintf("%.1f / %.1f / %.1f %% of one", 100*least, 100*middle, 100*most), "", true)
	}
	if len(b) == 0 || len(e) == 0 {
		return
	}
	gap, most := apart(b, e), chance(len(b), len(e))
	t.row("  distance of the two distributions (Kolmogorov-Smirnov)", fmt.Sprintf("%.3f", gap), fmt.Sprintf("under %.3f", most), gap < most)
}

// memory tells what the programs of a device had resident at most.
func (t *table) memory(name string, m *measured) {
	if len(m.memory) == 0 {
		t.row(name, "not measured", "", true)
		return
	}
	kb := func(process string) string {
		p := m.memory[process]
		return fmt.Sprintf("%.1f MiB (own %.1f, of files %.1f)", float64(p.Most)/1024, float64(p.Own)/1024, float64(p.Files)/1024)
	}
	t.head("Most memory that was resident, " + name)
	both := m.memory["warden"].Most + m.memory["warden-core"].Most
	t.row("warden, starter", kb("warden"), "", true)
	t.row("warden, core", kb("warden-core"), "", true)
	t.row("warden, both", fmt.Sprintf("%.1f MiB", float64(both)/1024), "under 16 MiB", both > 0 && both < maxMemory)
	courier := m.memory["courier"].Most
	t.row("courier", kb("courier"), "under 16 MiB", courier > 0 && courier < maxMemory)
	t.row("dialer", kb("dialer"), "", true)
	t.row("eye", kb("eye"), "", true)
}

// queue tells whether everything arrived.
func (t *table) queue(name string, m *measured, records int) {
	q := &m.queue
	t.row(name+": items with a receipt, refused, pushed out", fmt.Sprintf("%d, %d, %d", q.Acked, q.Refused, q.Dropped),
		fmt.Sprintf("%d or more, 0, 0", records), q.Acked >= uint64(records) && q.Refused == 0 && q.Dropped == 0)
}
