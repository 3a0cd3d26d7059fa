package confine

import (
	"context"
	"os"
	"strconv"
	"testing"

	"tellijn/privacy/layers"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

func TestOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the eye; not with -short")
	}
	if os.Geteuid() != 0 {
		t.Skip("the files of a closed process in /proc are root's")
	}
	b, err := bench.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	results, err := outside(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		t.Logf("%s: %s: %s", r.Name, r.Verdict, r.Figure)
		if r.Verdict != claim.Held {
			t.Error(r.Why)
		}
	}
}

// The cost is measured and printed here, and judged by the proof, where nothing runs beside it.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the eye twenty times; not with -short")
	}
	b, err := bench.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c, err := Measure(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", c)
	if c.Cycle <= 0 || c.Ratio <= 0 || c.Memory <= 0 {
		t.Error("nothing was measured")
	}
}

// fine is an eye of which all is as promised.
func fine() Seen {
	s := Seen{Core: "0 0 bytes", Filters: 1}
	for range 3 {
		s.Threads = append(s.Threads, map[string]string{"Seccomp": "2", "Seccomp_filters": strconv.Itoa(1 + stages), "NoNewPrivs": "1",
			"CapEff": "0000", "CapPrm": "0000", "CapInh": "0000", "CapBnd": "00ff", "CapAmb": "0000", "Uid": "65534 65534 65534 65534"})
	}
	s.Said.Stream.Held = layers.All &^ layers.Spaces
	return s
}

// Each of them can be wrong, in any one thread.
func TestWrong(t *testing.T) {
	s := fine()
	if r := s.judge(); r.Verdict != claim.Held || len(s.wrong()) != 0 {
		t.Fatalf("%+v", r)
	}
	for name, turn := range map[string]func(*Seen){
		"mode": func(s *Seen) { s.Threads[1]["Seccomp"] = "0" }, "a filter less": func(s *Seen) { s.Threads[2]["Seccomp_filters"] = "3" },
		"filters of whoever started it": func(s *Seen) { s.Filters++ },
		"privileges":                    func(s *Seen) { s.Threads[0]["NoNewPrivs"] = "0" }, "capabilities": func(s *Seen) { s.Threads[2]["CapPrm"] = "0001" },
		"not there": func(s *Seen) { delete(s.Threads[1], "CapEff") }, "root": func(s *Seen) { s.Threads[1]["Uid"] = "65534 0 65534 65534" },
		"nobody":     func(s *Seen) { delete(s.Threads[1], "Uid") },
		"namespaces": func(s *Seen) { s.Shared = []string{"net"} }, "devices": func(s *Seen) { s.Devices = []string{"eth0"} },
		"core": func(s *Seen) { s.Core = "unlimited" }, "no limits": func(s *Seen) { s.Core = "" }, "says": func(s *Seen) { s.Said.Stream.Held = 0 },
	} {
		s := fine()
		if turn(&s); len(s.wrong()) != 1 {
			t.Errorf("%s: %q", name, s.wrong())
		}
		if r := s.judge(); r.Verdict != claim.Short || r.Why == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if s := (Seen{}); len(s.wrong()) < 4 {
		t.Errorf("nothing seen: %q", s.wrong())
	}
}

// What cannot be read is not good, and not bad either.
func TestUnread(t *testing.T) {
	s := fine()
	s.unread(os.ErrPermission)
	if r := s.judge(); r.Verdict != claim.NotShown || r.Why == "" {
		t.Errorf("%+v", r)
	}
	var none Seen
	if none.look("/proc/none/"); len(none.Unread) < 8 {
		t.Errorf("of a program that is not there: %q", none.Unread)
	}
	// This program is not confined, and everything of it can be read.
	var own Seen
	if own.look("/proc/self/"); len(own.Unread) > 1 || len(own.Threads) < 2 || len(own.Shared) != 5 { // the folder of descriptors itself is closed again
		t.Errorf("%+v", own)
	}
	if r := own.judge(); r.Verdict == claim.Held {
		t.Errorf("%+v", r)
	}
}
