package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tellijn/tools/collector/register"
	"tellijn/tools/faults/judge"
	"tellijn/tools/faults/site"
)

// ending is what was found in the end.
type ending struct {
	records, entries, steps, jumps, kills, lives int
	again, refused, receipts                     uint64
	counted, released                            site.Counts
}

// finish makes everything well, lets it run until all is delivered, ends it, and judges.
func (c *campaign) finish() error {
	c.say("everything is well again")
	s := c.stage
	for _, d := range s.Devices {
		if !d.MQTT {
			d.Link.Lead(s.Collector.Address)
		}
		d.Link.Cut(false)
	}
	// A warden whose courier is away keeps items in its ledger; those are delivered too.
	for _, d := range s.Devices {
		if err := d.Whole(); err != nil {
			c.violation(err)
		}
	}
	time.Sleep(4 * time.Second)
	books := map[string]*judge.Book{}
	for _, d := range s.Devices {
		r := d.Run()
		if err := d.Stop(); err != nil {
			return err
		}
		if _, _, _, final := r.Totals(); final == nil {
			c.violation(fmt.Errorf("%s did not end in order: %s", d.Name, r.Tail(6)))
		}
		if err := s.Ended(d, r, time.Time{}); err != nil {
			c.violation(err)
		}
	}
	reg, err := register.Open(s.Collector.Dir)
	if err != nil {
		return err
	}
	key, err := reg.Receipts()
	if err != nil {
		return err
	}
	for _, d := range s.Devices {
		if err := d.Drain(key.Public().String()); err != nil {
			c.violation(err)
		}
		b, err := judge.Read(d)
		if err != nil {
			return err
		}
		books[d.Name] = &b
	}
	if err := c.verify(); err != nil {
		c.violation(err)
	}
	s.Collector.Kill() // what it acknowledged is there without any farewell
	if s.Broker != nil {
		s.Broker.Kill()
	}
	if left := s.Left(); len(left) > 0 {
		c.violation(fmt.Errorf("processes are left: %q", left))
	}
	held, wrong := judge.Collector(s.Site)
	for _, err := range wrong {
		c.violation(err)
	}
	for _, d := range s.Devices {
		if h := held[d.Name]; h != nil {
			c.device(d, books[d.Name], h)
		}
	}
	return c.room(books)
}

// device judges one device.
func (c *campaign) device(d *site.Device, b *judge.Book, h *judge.Held) {
	s := c.stage
	stored := s.Past[d.Name].Stored()
	wrong := judge.Device(d, b, h, stored)
	for i, err := range wrong {
		if i == 5 {
			c.violation(fmt.Errorf("%s: and %d more of these", d.Name, len(wrong)-i))
			break
		}
		c.violation(err)
	}
	// A step of the clock may be told that no fault made: at a start the calendar begins anew.
	if n := s.Jumps[d.Name]; h.Steps < n {
		c.violation(fmt.Errorf("%s: its log tells of %d steps of the clock, but it jumped %d times", d.Name, h.Steps, n))
	}
	if n := len(d.Runs()); n < s.Kills[d.Name]+1 {
		c.violation(fmt.Errorf("%s: %d lives, but it was killed %d times", d.Name, n, s.Kills[d.Name]))
	}
	e := &c.end
	e.records, e.entries, e.steps = e.records+h.Records, e.entries+h.Entries, e.steps+h.Steps
	e.jumps, e.kills, e.lives = e.jumps+s.Jumps[d.Name], e.kills+s.Kills[d.Name], e.lives+len(d.Runs())
	e.again, e.refused, e.receipts = e.again+h.Again, e.refused+h.Refused, e.receipts+uint64(len(stored))
	e.counted, e.released = judge.Sum(e.counted, b.Counts), judge.Sum(e.released, b.Released)
}

// room holds what the doors of the room counted together against what is on their disks together, and on
// the way between them.
func (c *campaign) room(books map[string]*judge.Book) error {
	head, door := books["north"], books["south"]
	between, err := judge.Between(head, door)
	if err != nil {
		return err
	}
	span := c.stage.Span("north").Plus(c.stage.Span("south"))
	all := judge.Sum(head.Counts, door.Counts, between)
	c.end.counted = judge.Sum(c.end.counted, between)
	if err := span.Holds(all); err != nil {
		return fmt.Errorf("the room: %w; head %+v, door %+v, between %+v, counted %+v", err, head.Counts, door.Counts, between, span)
	}
	return nil
}

// verify has the collector check itself, and the program that trusts no collector check what it exports.
func (c *campaign) verify() error {
	s := c.stage
	out, err := s.Collector.Command("verify", "-dir", s.Collector.Dir)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	for _, d := range s.Devices {
		raw := filepath.Join(s.Dir, d.Name+".raw")
		if _, err := s.Collector.Command("export", "-dir", s.Collector.Dir, "-raw", "-device", d.Name, "-o", raw); err != nil {
			return err
		}
		text, err := exec.Command(filepath.Join(s.Programs, "verify"), "-key", d.Key.String(), "-whole", "-simulated", raw).CombinedOutput()
		if err != nil {
			return fmt.Errorf("tools/verify on what the collector has of %s: %w\n%s", d.Name, err, wrongs(string(text)))
		}
		err = errors.Join(err, os.Remove(raw))
		if err != nil {
			return err
		}
	}
	return nil
}

// wrongs are the first lines that say what is wrong.
func wrongs(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, "WRONG") && len(out) < 8 {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// table prints what became of each kind of fault.
func (c *campaign) table() {
	fmt.Fprintf(c.out, "\n%-46s %5s %5s  %s\n", "fault", "tried", "fired", "what it met")
	tried, fired := 0, 0
	for i, r := range c.results {
		if r.skipped != "" {
			fmt.Fprintf(c.out, "%-46s  SKIP: %s\n", c.all[i].Name, r.skipped)
			continue
		}
		if r.tried == 0 {
			continue
		}
		tried, fired = tried+r.tried, fired+r.fired
		for j, met := range slices.Sorted(maps.Keys(r.met)) {
			if j == 0 {
				fmt.Fprintf(c.out, "%-46s %5d %5d  %d %s\n", c.all[i].Name, r.tried, r.fired, r.met[met], met)
			} else {
				fmt.Fprintf(c.out, "%-46s %5s %5s  %d %s\n", "", "", "", r.met[met], met)
			}
		}
		if len(r.met) == 0 {
			fmt.Fprintf(c.out, "%-46s %5d %5d\n", c.all[i].Name, r.tried, r.fired)
		}
	}
	e := &c.end
	fmt.Fprintf(c.out, "%-46s %5d %5d  in %.0f s\n\n", "all", tried, fired, time.Since(c.began).Seconds())
	fmt.Fprintf(c.out, "%d lives of wardens, %d of them killed; %d records and %d log entries in the collector, each once; %d came again;\n",
		e.lives, e.kills, e.records, e.entries, e.again)
	fmt.Fprintf(c.out, "%d items of strangers refused; %d items called stored in receipts that were read on the way; %d steps of clocks told, %d made;\n",
		e.refused, e.receipts, e.steps, e.jumps)
	fmt.Fprintf(c.out, "counted %d forward and %d backward, of which %d and %d released.\n", e.counted.Forward, e.counted.Backward, e.released.Forward, e.released.Backward)
}
