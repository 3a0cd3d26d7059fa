package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"tellijn/tools/collector/report"
	"tellijn/tools/try/page"
)

// stamp is how times of the calendar are written.
const stamp = "Mon 2 Jan 2006, 15:04"

// show puts together what became of the records.
func (r *run) show() {
	s := page.House{Pulled: r.h.Wire.Pulled()}
	r.mu.Lock()
	var now time.Time
	for i, d := range r.h.Doors {
		if to := time.Unix(r.made[i].newest.To, 0); r.made[i].records > 0 && to.After(now) {
			now = to
		}
		s.Doors = append(s.Doors, r.kept(i, r.status[d.Name]))
	}
	head := r.status[r.h.Doors[0].Name]
	r.mu.Unlock()
	if !now.IsZero() {
		s.Calendar = now.In(r.place).Format(stamp)
	}
	if head.Newest != nil {
		s.Estimate, s.Upto = estimate(head.Inside, stepOf), head.Newest.In(r.place).Format(stamp)
		s.Old = s.Pulled || now.Sub(*head.Newest) > oldAfter
	}
	r.hub.Show(s)
}

// oldAfter is how far the collector may be behind, by the calendar, until what it says is no news.
const oldAfter = 3 * time.Hour

// held is how many records a device's queue holds at most: those of seven days (firmware/queue),
// 96 of each.
const held = 7 * 96

// kept says where the records of a door are. Each has its number, and they leave oldest first: what was
// made, has not arrived, and is not missing between those that arrived, waits on the device, as far as
// its queue holds it.
func (r *run) kept(n int, s report.Standing) page.Kept {
	m := r.made[n]
	k := page.Kept{Made: m.records, Lost: uint64(m.newest.Lost), Stored: s.Records, Missing: s.Missing, Late: s.Late}
	if known := k.Stored + k.Missing; m.records > known {
		k.Waiting = min(m.records-known, held)
	}
	for _, n := range s.Refused {
		k.Refused += n
	}
	return k
}

// estimate says how many people a released level stands for: a range, since nobody is told the number.
// inside is that of a collector's status, for each line.
func estimate(inside []string, k int) string {
	if len(inside) != 1 || inside[0] == "" {
		return ""
	}
	if strings.Contains(inside[0], "-") {
		return strings.ReplaceAll(inside[0], "-", "–") + " people"
	}
	middle, err := strconv.Atoi(inside[0])
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d–%d people", max(0, middle-k+1), middle+k-1)
}

// line says in one line how everything is: what each door counted, forward and backward, and what
// became of the records.
func (r *run) line() string {
	text := "Network in."
	if r.h.Wire.Pulled() {
		text = "Network OUT."
	}
	text += " Counted"
	some := false
	var waiting, stored uint64
	for i, d := range r.h.Doors {
		s := r.hub.State(i)
		if s == nil {
			continue
		}
		some = true
		text += " " + d.Name
		if !s.Counting {
			text += " (stopped)"
		}
		for _, l := range s.Lines {
			text += fmt.Sprintf(" %d/%d", l.Forward, l.Backward)
		}
		r.mu.Lock()
		k := r.kept(i, r.status[d.Name])
		r.mu.Unlock()
		waiting, stored = waiting+k.Waiting, stored+k.Stored
	}
	if !some {
		return ""
	}
	return text + fmt.Sprintf("; %d wait, %d arrived", waiting, stored)
}

// end ends the doors, says what there is, and ends the rest.
func (r *run) end(shown *sync.WaitGroup) error {
	r.hub.End()
	r.t.end()
	peaks := make([]map[string]int, len(r.h.Doors))
	for i, d := range r.h.Doors {
		peaks[i] = d.Peaks()
	}
	err := r.h.Close()
	shown.Wait()
	err = errors.Join(err, r.report(peaks))
	r.h.End()
	return err
}

// report prints what was released, what arrived, where files lie and how to check them.
func (r *run) report(peaks []map[string]int) error {
	status, path, err := r.h.Last()
	r.mu.Lock()
	defer r.mu.Unlock()
	if status != nil {
		r.status = status
	}
	var keys []string
	for i, d := range r.h.Doors {
		for n, l := range r.made[i].newest.Lines {
			r.t.about(d.Name, fmt.Sprintf("Released line %d: %d forward, %d backward (%s)", n+1, l.TotalForward, l.TotalBackward,
				released(len(r.h.Doors), i)))
		}
		keys = append(keys, "-key "+d.Key.String())
	}
	for i, d := range r.h.Doors {
		k := r.kept(i, r.status[d.Name])
		r.t.about("collector", fmt.Sprintf("%s: %d of %d records arrived, %d of them late, %d missing in between; %d wait on the device, %d were pushed out",
			d.Name, k.Stored, k.Made, k.Late, k.Missing, k.Waiting, k.Lost))
	}
	for i, d := range r.h.Doors {
		if line := memory(peaks[i]); line != "" {
			r.t.about(d.Name, "Memory   most that was resident: "+line)
		}
	}
	r.t.about("files", r.o.dir+", which the next try deletes")
	if err != nil {
		return err
	}
	r.t.about("check it", "go run ./tools/verify -simulated "+strings.Join(keys, " ")+" "+path)
	return nil
}

// released says whose counts the totals of a door are.
func released(doors, n int) string {
	switch {
	case doors == 1:
		return "of this door"
	case n == 0:
		return "of the whole hall, and of this door while it was alone"
	}
	return "only of times in which the head was away"
}

// memory lists the programs of a device.
func memory(peaks map[string]int) string {
	var out []string
	for _, p := range []struct{ name, comm string }{{"warden", "warden-core"}, {"its starter", "warden"}, {"courier", "courier"}, {"dialer", "dialer"}, {"eye", "eye"}} {
		if n := peaks[p.comm]; n > 0 {
			out = append(out, fmt.Sprintf("%s %.1f MiB", p.name, float64(n)/(1<<20)))
		}
	}
	return strings.Join(out, ", ")
}
