package network_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/steps/network"
)

// cable notes what is done to it.
type cable struct {
	done   []string
	struck int64
	grows  int64 // by how much struck grows each time that it is asked
	sent   map[string]int
	more   map[string]int // what sent grows by each time that it is asked
	ports  []int
	err    error
}

func (c *cable) note(format string, a ...any) error {
	c.done = append(c.done, fmt.Sprintf(format, a...))
	return c.err
}

func (c *cable) Cut(cut bool) error    { return c.note("cut %v", cut) }
func (c *cable) Unplug(out bool) error { return c.note("unplug %v", out) }
func (c *cable) Mute(mute bool) error  { return c.note("mute %v", mute) }
func (c *cable) Clocks(off time.Duration, silent bool) error {
	return c.note("clocks %v %v", off, silent)
}
func (c *cable) Weather(d time.Duration, loss int) error { return c.note("weather %v %d", d, loss) }
func (c *cable) Scan(context.Context) ([]int, error)     { return c.ports, c.err }
func (c *cable) Struck() int64                           { c.struck += c.grows; return c.struck }
func (c *cable) Sent() map[string]int {
	for to, n := range c.more {
		c.sent[to] += n
	}
	return maps.Clone(c.sent)
}

// collector is one that can misbehave.
type collector struct {
	bench.Collector
	r       *rig
	kind    string
	struck  int64
	waiting int
	err     error
}

func (c *collector) Be(kind string) error { c.kind = kind; return c.err }
func (c *collector) Waiting() int         { return c.waiting }
func (c *collector) Struck() int64 {
	if c.kind != "" && c.kind != "honest" {
		c.struck++
		if c.kind == "altering" {
			c.r.Sends([]record.Record{{}}, nil)
		}
	}
	return c.struck
}

// rig is a board at such a network.
type rig struct {
	*benchtest.Rig
	c *collector
}

func (r *rig) Collector() bench.Collector { return r.c }

func board(t *testing.T) (*rig, *cable, func(line string) (string, error)) {
	t.Helper()
	book, err := protocol.NewBook(network.Steps())
	if err != nil {
		t.Fatal(err)
	}
	n, r := &cable{sent: map[string]int{}}, &rig{Rig: benchtest.New()}
	r.TheNetwork = n
	r.c = &collector{Collector: r.Rig.Collector(), r: r}
	s := &bench.Scene{Rig: r, Keep: map[string]any{}, Say: func(string, ...any) {}}
	return r, n, func(line string) (string, error) {
		step, args, err := book.Find(line)
		if err != nil {
			t.Fatal(err)
		}
		return step.Do(t.Context(), s, args)
	}
}

// Each sentence does what it says, and nothing else.
func TestActs(t *testing.T) {
	for line, want := range map[string]string{
		"cut the network": "cut true", "join the network again": "cut false",
		"pull the network's cable": "unplug true", "plug the network's cable in": "unplug false",
		"give nobody an address": "mute true", "give addresses again": "mute false",
		"every packet takes 400 ms and 15 of a hundred are lost": "weather 400ms 15", "the weather clears": "weather 0s 0",
		"the clocks on the network are 2 days ahead": "clocks 48h0m0s false", "the clocks on the network are 3 days behind": "clocks -72h0m0s false",
		"the clocks on the network are silent": "clocks 0s true", "the clocks on the network are right": "clocks 0s false",
	} {
		_, n, do := board(t)
		if _, err := do(line); err != nil || !slices.Equal(n.done, []string{want}) {
			t.Errorf("%s: %q, %v", line, n.done, err)
		}
		if n.err = bench.ErrCannot; n.err != nil {
			if _, err := do(line); !errors.Is(err, bench.ErrCannot) {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}

// Waiting for something that strikes begins with the act, and ends with the time.
func TestStrikes(t *testing.T) {
	_, n, do := board(t)
	const five = "the network fails 5 packets within 150 ms"
	if _, err := do(five); err == nil {
		t.Error("nothing was done to the network")
	}
	n.struck = 100
	if _, err := do("cut the network"); err != nil {
		t.Fatal(err)
	}
	if _, err := do(five); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing was lost since: %v", err)
	}
	if _, err := do("the network stays so for 100 ms"); err == nil {
		t.Error("nothing was lost meanwhile")
	}
	n.grows = 5
	if saw, err := do(five); err != nil {
		t.Errorf("%q, %v", saw, err)
	}
	if saw, err := do("the network stays so for 100 ms"); err != nil {
		t.Errorf("%q, %v", saw, err)
	}
}

func TestSent(t *testing.T) {
	_, n, do := board(t)
	n.sent = map[string]int{"arp": 3, "udp to 192.0.2.1:67": 10, "tcp to 192.0.2.100:8443": 1}
	const two = `the board sends 2 packets to "udp to 192.0.2.1:67" within 150 ms`
	if _, err := do(two); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("what was sent before does not count: %v", err)
	}
	n.more = map[string]int{"udp to 192.0.2.1:67": 1}
	if saw, err := do(two); err != nil {
		t.Errorf("%q, %v", saw, err)
	}
	const only = `check nothing went to anybody else than "udp to 192.0.2.1:67, tcp to 192.0.2.100"`
	if saw, err := do(only); err != nil {
		t.Errorf("%q, %v", saw, err)
	}
	n.sent["udp to 192.0.2.9:53"] = 1
	if saw, err := do(only); err == nil || saw != "udp to 192.0.2.9:53" {
		t.Errorf("%q, %v", saw, err)
	}
	if saw, err := do("check no port waits for anybody"); err != nil || saw != "0 ports open" {
		t.Errorf("%q, %v", saw, err)
	}
	n.ports = []int{22}
	if saw, err := do("check no port waits for anybody"); err == nil {
		t.Errorf("%q", saw)
	}
}

func TestCollector(t *testing.T) {
	r, _, do := board(t)
	const three = "no record comes while the collector misbehaves 3 times within 5 s"
	if _, err := do(three); err == nil {
		t.Error("nobody misbehaved")
	}
	for _, kind := range []string{"forging", "altering"} {
		if _, err := do("the collector is " + kind); err != nil || r.c.kind != kind {
			t.Errorf("%q, %v", r.c.kind, err)
		}
		if _, err := do(three); (err == nil) != (kind == "forging") { // the other one gives records
			t.Errorf("%s: %v", kind, err)
		}
		if saw, err := do("the collector misbehaves 3 times within 5 s"); err != nil {
			t.Errorf("%q, %v", saw, err)
		}
	}
	r.c.err = errors.New("somebody believed a lie")
	if _, err := do("the collector is honest"); !errors.Is(err, r.c.err) {
		t.Error(err)
	}
	if _, err := do("the collector misbehaves 1 times within 100 ms"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an honest one: %v", err)
	}
	r.c.waiting = 96
	if saw, err := do("check 96 records and entries or more waited on the board"); err != nil {
		t.Errorf("%q, %v", saw, err)
	}
	if saw, err := do("check 97 records and entries or more waited on the board"); err == nil {
		t.Errorf("%q", saw)
	}
	if _, err := do("check the collector misses what it forgot"); err == nil {
		t.Error("nothing is missing")
	}
	r.Verified = errors.New("1 missing")
	if saw, err := do("check the collector misses what it forgot"); err != nil || saw != "1 missing" {
		t.Errorf("%q, %v", saw, err)
	}
}
