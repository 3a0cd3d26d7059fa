package walk

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/counting/grid"
	"tellijn/hal/camera"
	"tellijn/privacy/record"
	"tellijn/tools/proof/space/values"
)

// grounds of all keys in the table, without pairs.
func grounds(t *testing.T) []Ground {
	t.Helper()
	var board, device []string
	for k := range values.TOML() {
		table, _, _ := strings.Cut(k, ".")
		if !slices.Contains([]string{"room", "upload", "network", "time"}, table) { // those are a device's own
			board = append(board, k)
		}
		if strings.Contains(k, ".") && table != "memory" || k == "device" || k == "interval" {
			device = append(device, k)
		}
	}
	g, err := Grounds(board, device)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g {
		g[i].Pairs = false
	}
	return g
}

func TestWalk(t *testing.T) {
	seed := rand.Uint64()
	s, err := Walk(t.Context(), grounds(t), seed, 500, 30)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %d: %d singles, %d random, %d refused, %d accepted", seed, s.Singles, s.Random, s.Refused, s.Accepted)
	for _, w := range append(s.Unclear, s.Wrong...) {
		t.Error(w)
	}
	if s.Pairs != 0 || s.Refused+s.Accepted != s.Singles+s.Random || s.Accepted < 300 || s.Refused < 1000 || len(s.Sample) != 30 || s.Finest < 40 {
		t.Errorf("%d pairs, %d and %d of %d, sample %d, finest %.1f mm", s.Pairs, s.Refused, s.Accepted, s.Singles+s.Random, len(s.Sample), s.Finest)
	}
}

// TestTwo crosses two keys on a real board: one alone is refused for what the other says.
func TestTwo(t *testing.T) {
	for _, g := range grounds(t) {
		if g.Name != "device on real" {
			continue
		}
		s := &Sum{Sample: make([]boards.Board, 0, 10), rng: rand.New(rand.NewPCG(1, 1))}
		s.pairs(t.Context(), &g, "camera.driver", "camera.path")
		if len(s.Wrong)+len(s.Unclear) > 0 || s.Accepted != 3 {
			t.Errorf("%d accepted, want the 3 paths of a real camera; %v %v", s.Accepted, s.Wrong, s.Unclear)
		}
		return
	}
	t.Error("no such ground")
}

// Keys of where counts go meet each other and what they speak about, all others meet all others.
func TestMeet(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"room.head", "upload.kind", true}, {"room.door", "device", true}, {"release.k", "room.name", true}, {"release.k", "camera.fps", true},
		{"beat", "interval", true}, {"parts.lamp", "parts.button", true}, {"compress", "kind", true}, {"parts.lamp", "camera.fps", false}, {"room.head", "camera.fps", false}, {"scene.line", "upload.kind", false}} {
		if meet(c.a, c.b) != c.want || meet(c.b, c.a) != c.want {
			t.Errorf("%s and %s: want %v", c.a, c.b, c.want)
		}
	}
}

// Text writes what the code of the device reads back.
func TestText(t *testing.T) {
	c := ordinary([]string{"scene.person_area", "scene.line", "scene.line.from", "scene.line.to", "device"})
	text, lines := c.With(Config{"scene.line": {Tables: 2}}).Text()
	const want = "device = \"north-door\"\n[scene]\nperson_area = 0.03\n[[scene.line]]\nfrom = [0.02, 0.5]\nto = [0.98, 0.5]\n[[scene.line]]\nfrom = [0.1, 0.108]\nto = [0.9, 0.108]\n"
	if text != want || lines["scene.line.to"] != 6 || lines["device"] != 1 || lines["scene.line"] != 4 {
		t.Errorf("%s%v", text, lines)
	}
}

// TestUnclearFinds sees that refusals which say too little would be found.
func TestUnclearFinds(t *testing.T) {
	g := grounds(t)[0]
	bad := g.Try(g.Plain.With(Config{"device": literal(`"A"`)}), "device")
	if bad.Refused == nil || bad.Wrong != "" {
		t.Fatalf("%v, %s", bad.Refused, bad.Wrong)
	}
	lines := map[string]int{"device": 3}
	for text, want := range map[string]string{
		"f.toml:3: invalid: what":              "",
		"f.toml:2: invalid: device: bad":       "",
		"f.toml:2: invalid: scene.line[1]: no": "",
		"f.toml:2: invalid: what: bad":         "names no key",
		"f.toml:9: invalid: device: bad":       "names line 9 of 5",
		"invalid: device: bad":                 "names no line",
	} {
		if got := unclear(wrapped(text), 5, lines, []string{"device"}, []string{"device"}); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestJudgeFinds sees that each invariant would be found broken.
func TestJudgeFinds(t *testing.T) {
	sim, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	if j := Judge(&sim); len(j.Wrong) > 0 || j.CellMM < 40 || j.Record == 0 {
		t.Fatalf("%+v", j)
	}
	for want, change := range map[string]func(b *boards.Board){
		"real board": func(b *boards.Board) { b.Kind = boards.Real },
		"at speed 5": func(b *boards.Board) { b.Kind, b.Driver, b.Path, b.Speed = boards.Real, "v4l2", "/dev/video0", 5 },
		"beat":       func(b *boards.Board) { b.Beat = time.Millisecond },
		"interval":   func(b *boards.Board) { b.Interval = 7 * time.Second },
		"orders":     func(b *boards.Board) { b.Driver, b.Path = "v4l2", "/tmp/x" },
		"15 to 60":   func(b *boards.Board) { b.Interval = 2 * time.Hour },
		"no room":    func(b *boards.Board) { b.Speed = 1<<16 + 1 },
	} {
		b := sim
		change(&b)
		if j := Judge(&b); !strings.Contains(strings.Join(j.Wrong, "; "), want) {
			t.Errorf("%s: %q", want, j.Wrong)
		}
	}
	f := Format(&sim)
	p, err := grid.NewPlan(&sim.Scene, f)
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(p *grid.Plan){
		"mm a side": func(p *grid.Plan) { p.Step = p.Step / 2 },
		"across":    func(p *grid.Plan) { p.Person = 12 * 256 },
		"of them":   func(p *grid.Plan) { p.W = 161 },
		"pixels in": func(p *grid.Plan) { p.W += 20 },
	} {
		q := p
		change(&q)
		if _, err := Coarse(q, &sim, f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if f.Pixel != camera.GREY || f.Stride != 160 {
		t.Errorf("%+v", f)
	}
}

// TestClosedFinds sees that a record which says too little or too much would be found.
func TestClosedFinds(t *testing.T) {
	if Closed([]byte{0xa1, 0x01, 0x01}, true) == nil || Closed(make([]byte, record.MaxSize+1), true) == nil {
		t.Error("what is no record passes")
	}
}

// wrapped is an error of package plan with another text.
type wrapped string

func (w wrapped) Error() string { return string(w) }
func (w wrapped) Unwrap() error { return plan.ErrInvalid }
