package forensics

import (
	"context"
	"testing"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/forensics/programs"
)

// Each search is clean, and its control found.
func TestChecks(t *testing.T) {
	if testing.Short() {
		t.Skip("feeds and searches an eye for half a minute; not with -short")
	}
	if why := able(); why != "" {
		t.Skip(why)
	}
	b, err := bench.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range Checks() {
		results, err := c.Run(context.Background(), b)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		for _, r := range results {
			t.Logf("%s: %s: %s", r.Name, r.Verdict, r.Figure)
			if r.Verdict != claim.Held {
				t.Errorf("%s: %s", r.Name, r.Why)
			}
		}
	}
}

// A tally with a hit, without searches, or with a control that was not found is not clean.
func TestTallyCanFail(t *testing.T) {
	good := Tally{Searches: 3, Windows: 100, Control: 95, Wanted: 100}
	if !good.clean() {
		t.Error("the good one is not clean")
	}
	for name, turn := range map[string]func(*Tally){
		"a hit": func(t *Tally) { t.Hits = 1 }, "no search": func(t *Tally) { t.Searches = 0 }, "nothing looked for": func(t *Tally) { t.Windows = 0 },
		"control not found": func(t *Tally) { t.Control = 80 }, "no control": func(t *Tally) { t.Control, t.Wanted = 0, 0 },
	} {
		bad := good
		if turn(&bad); bad.clean() {
			t.Errorf("%s: clean", name)
		}
	}
}

// What all programs show can fall short in each of its parts.
func TestShownCanFail(t *testing.T) {
	right := programs.Socket{Program: "courier", Kind: "tcp", To: "127.0.0.1:1", State: "01"}
	other := func(change func(*programs.Socket)) func(*Shown) {
		return func(s *Shown) {
			wrong := right
			change(&wrong)
			s.Sockets.Open = append(s.Sockets.Open, wrong)
		}
	}
	good := func() Shown {
		return Shown{Memory: Tally{Searches: all, Windows: 100, Control: 100, Wanted: 100}, Least: leastMemory,
			Sockets: programs.Sockets{Programs: all, Local: 6, Own: 3, Open: []programs.Socket{right}}, Looker: programs.Sockets{Programs: 1, Open: []programs.Socket{{Kind: "tcp"}}}, Address: "127.0.0.1:1"}
	}
	if s := good(); !s.clean() || !s.closed() {
		t.Fatalf("%+v", s)
	}
	for name, turn := range map[string]func(*Shown){
		"a hit": func(s *Shown) { s.Memory.Hits = 1 }, "a program less": func(s *Shown) { s.Memory.Searches-- },
		"little memory": func(s *Shown) { s.Least-- }, "control not found": func(s *Shown) { s.Memory.Control = 89 },
	} {
		s := good()
		if turn(&s); s.clean() {
			t.Errorf("%s: clean", name)
		}
	}
	for name, turn := range map[string]func(*Shown){
		"of the eye": other(func(s *programs.Socket) { s.Program = "eye" }), "elsewhere": other(func(s *programs.Socket) { s.To = "127.0.0.1:2" }),
		"a listener": other(func(s *programs.Socket) { s.State = programs.Listens }), "another kind": other(func(s *programs.Socket) { s.Kind = "udp" }),
		"none at all": func(s *Shown) { s.Sockets.Open = nil }, "one without a descriptor": func(s *Shown) { s.Sockets.Listed = []programs.Socket{right} },
		"a program more in the network": func(s *Shown) { s.Sockets.Own-- },
		"a local socket more":           func(s *Shown) { s.Sockets.Local++ }, "a program less": func(s *Shown) { s.Sockets.Programs-- },
		"control not seen": func(s *Shown) { s.Looker.Open = nil },
	} {
		s := good()
		if turn(&s); s.closed() {
			t.Errorf("%s: closed", name)
		}
	}
}
