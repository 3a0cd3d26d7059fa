package confine

import (
	"context"
	"os"
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

// Each of the eight can be wrong.
func TestWrong(t *testing.T) {
	good := func() Seen {
		s := Seen{Core: "0 0 bytes", Status: map[string]string{"Seccomp": "2", "NoNewPrivs": "1", "CapEff": "0000", "CapPrm": "0000", "CapInh": "0000",
			"CapAmb": "0000", "Uid": "65534 65534 65534 65534"}}
		s.Said.Stream.Held = layers.All &^ layers.Spaces
		return s
	}
	s := good()
	if w := s.wrong(); len(w) != 0 {
		t.Fatalf("%q", w)
	}
	for name, turn := range map[string]func(*Seen){
		"filter": func(s *Seen) { s.Status["Seccomp"] = "0" }, "privileges": func(s *Seen) { s.Status["NoNewPrivs"] = "0" },
		"capabilities": func(s *Seen) { s.Status["CapPrm"] = "0001" }, "unread": func(s *Seen) { s.Status["CapEff"] = "" },
		"root": func(s *Seen) { s.Status["Uid"] = "0 0 0 0" }, "namespaces": func(s *Seen) { s.Shared = []string{"net"} },
		"devices": func(s *Seen) { s.Devices = []string{"eth0"} }, "core": func(s *Seen) { s.Core = "unlimited" },
		"says": func(s *Seen) { s.Said.Stream.Held = 0 },
	} {
		s := good()
		if turn(&s); len(s.wrong()) != 1 {
			t.Errorf("%s: %q", name, s.wrong())
		}
	}
}
