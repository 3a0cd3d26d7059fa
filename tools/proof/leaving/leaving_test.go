package leaving

import (
	"context"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/warden/book"
	"tellijn/privacy/record"
	"tellijn/privacy/sandbox"
	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/figures"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// TestChecks runs what the proof runs.
func TestChecks(t *testing.T) {
	if testing.Short() {
		t.Skip("plays devices and a campus for some seconds; not with -short")
	}
	b, err := bench.New(t.Context(), func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range Checks() {
		began := time.Now()
		all, err := c.Run(context.Background(), b)
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		t.Logf("%s: %.1f s", c.Name, time.Since(began).Seconds())
		for _, r := range all {
			t.Logf("%s: %s", r.Name, r.Figure)
			if r.Verdict != claim.Held || r.Figure == "" || len(r.Promises) == 0 {
				t.Errorf("%s: %s: %s; %s", r.Name, r.Verdict, r.Figure, r.Why)
			}
		}
	}
}

// judged gives the verdicts of devices that were played.
func judged(d *device) (out []claim.Verdict) {
	p := played{people: 1 << 20, records: 1 << 20}
	p.judge(d)
	for _, r := range p.results(1) {
		out = append(out, r.Verdict)
	}
	return out
}

// Each fault of a record, and of what was counted, is found by the result that it is for.
func TestPlayFinds(t *testing.T) {
	for name, c := range map[string]struct {
		turn func(d *device)
		at   int // result that falls short, -1 for none
	}{
		"nothing":            {func(d *device) {}, -1},
		"a byte more":        {func(d *device) { d.signed[7] = append(d.signed[7], 0) }, 0},
		"an exact number":    {func(d *device) { d.records[40].Lines[0].Forward = 4 }, 1},
		"both ways":          {func(d *device) { d.records[40].Lines[0].Forward, d.records[40].Lines[0].Backward = 3, 3 }, 1},
		"an exact level":     {func(d *device) { d.records[40].Lines[0].Level = 2 }, 1},
		"one in a zone":      {func(d *device) { d.records[40].Zones[0] = 1 }, 1},
		"a number at night":  {func(d *device) { d.records[20].Lines[0].Level = 3 }, 1},
		"one that was lost":  {func(d *device) { d.counted[0][1]++ }, 2},
		"one that was twice": {func(d *device) { d.records[len(d.records)-1].Lines[0].TotalForward++ }, 2},
	} {
		d, err := live(1, false, visit{})
		if err != nil {
			t.Fatal(err)
		}
		c.turn(d)
		for i, v := range judged(d) {
			if want := claim.Judge(i != c.at); v != want {
				t.Errorf("%s: result %d %v, want %v", name, i, v, want)
			}
		}
	}
	for _, r := range (&played{}).results(1) {
		if r.Verdict != claim.Short {
			t.Errorf("nothing played: %s %v", r.Name, r.Verdict)
		}
	}
}

// Any field but the weekly one is found when it differs, and a visit of several people is seen.
func TestLoneFinds(t *testing.T) {
	for name, turn := range map[string]func(r *record.Record){
		"people": func(r *record.Record) { r.Lines[0].Forward += 3 }, "level": func(r *record.Record) { r.Lines[0].Level += 3 },
		"zone": func(r *record.Record) { r.Zones[0] += 3 }, "quality": func(r *record.Record) { r.Quality ^= 1 }, "coverage": func(r *record.Record) { r.Coverage-- },
		"corrections": func(r *record.Record) { r.Lines[0].CorrectedForward += 3 }, "totals": func(r *record.Record) { r.Lines[0].TotalForward++ },
		"pairs each day": func(r *record.Record) {
			r.Lines[0].CorrectedForward++
			r.Lines[0].CorrectedBackward++
		},
		"totals before": func(r *record.Record) { r.Lines[0].TotalForward++; r.Lines[0].TotalBackward++ },
	} {
		a, err := live(1, false, visit{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := live(1, false, visit{})
		if err != nil {
			t.Fatal(err)
		}
		if where, weekly := differ(a, b); where != "" || weekly {
			t.Fatalf("the same life differs: %s %v", where, weekly)
		}
		turn(&b.records[100])
		if where, _ := differ(a, b); !strings.Contains(where, "record 100") {
			t.Errorf("%s: %q", name, where)
		}
	}
	a, err := visits(1, true, 2, 3, 6)
	if err != nil || a.seen != a.visits || a.visits != 6 {
		t.Errorf("%+v, %v", a, err)
	}
	for _, c := range []struct {
		one, signed, six alone
		want             claim.Verdict
	}{
		{alone{visits: 200}, alone{visits: 2}, alone{visits: 20, seen: 20}, claim.Held}, {alone{visits: 200, seen: 1}, alone{visits: 2}, alone{visits: 20, seen: 20}, claim.Short},
		{alone{visits: 20}, alone{visits: 2}, alone{visits: 20, seen: 20}, claim.Short}, {alone{visits: 200}, alone{visits: 2}, alone{visits: 20, seen: 19}, claim.Short},
		{alone{visits: 200}, alone{visits: 2}, alone{}, claim.Short}, {alone{visits: 200}, alone{}, alone{visits: 20, seen: 20}, claim.Short},
		{alone{visits: 200}, alone{visits: 2, seen: 1}, alone{visits: 20, seen: 20}, claim.Short},
	} {
		if r := judgeLone(c.one, c.signed, c.six, 1); r.Verdict != c.want {
			t.Errorf("%+v and %+v: %v", c.one, c.six, r.Verdict)
		}
	}
}

// A device that is not the warden's desk but says what it counted is no record at all.
func TestExactIsRefused(t *testing.T) {
	d := newDevice("a", 1, 1)
	i := d.none()
	i.lines[0] = book.Line{Forward: 7}
	if err := d.close(40, i, 0, 0); err != nil {
		t.Fatal(err)
	}
	for forward := range uint32(100) {
		r := d.records[0]
		r.Lines = []record.Line{{Forward: forward}}
		if _, err := record.Seal(d.setup.Key, &r); (err == nil) != (forward%3 == 0) {
			t.Errorf("%d forward: %v", forward, err)
		}
	}
}

func TestTamperedFinds(t *testing.T) {
	for name, c := range map[string]struct {
		all  []tampered
		want claim.Verdict
	}{
		"all noticed": {[]tampered{{"a", 9, 0}, {"b", 9, 0}}, claim.Held}, "one missed": {[]tampered{{"a", 9, 0}, {"b", 9, 1}}, claim.Short},
		"few": {[]tampered{{"a", 8, 0}}, claim.Short}, "none": {nil, claim.Short},
	} {
		if r := judgeTampered("x", "y", c.all, 9, 8); r.Verdict != c.want {
			t.Errorf("%s: %v, %s", name, r.Verdict, r.Figure)
		}
	}
	all, size, err := logs(1, 9)
	if err != nil || size < 100 || len(all) != 6 {
		t.Errorf("%v, %d bytes, %v", all, size, err)
	}
}

func TestCollectorFinds(t *testing.T) {
	good := entered{good: 80, stored: 80, bad: 900, refused: 900, strangers: 3, tried: 2}
	if r := good.result(); r.Verdict != claim.Held {
		t.Fatalf("%+v", r)
	}
	for name, turn := range map[string]func(e *entered){
		"a false one taken": func(e *entered) { e.refused-- }, "a true one refused": func(e *entered) { e.stored-- }, "one twice": func(e *entered) { e.let = []string{"x"} },
		"a stranger": func(e *entered) { e.strangers-- }, "a false receipt": func(e *entered) { e.receipts++ }, "nothing false": func(e *entered) { e.bad, e.refused = 0, 0 },
	} {
		e := good
		if turn(&e); e.result().Verdict != claim.Short {
			t.Errorf("%s passes", name)
		}
	}
}

func TestNetworksFinds(t *testing.T) {
	for name, turn := range map[string]func(all []sandbox.Manifest) []sandbox.Manifest{
		"a warden that connects": func(all []sandbox.Manifest) []sandbox.Manifest {
			all[0].Calls = append(all[0].Calls, sandbox.Call{Name: "connect"})
			return all
		},
		"a dialer that listens": func(all []sandbox.Manifest) []sandbox.Manifest {
			all[2].Calls = append(all[2].Calls, sandbox.Call{Name: "listen"})
			return all
		},
		"a program less": func(all []sandbox.Manifest) []sandbox.Manifest { return all[1:] },
	} {
		if r := networks(turn(manifests())); r.Verdict != claim.Short {
			t.Errorf("%s: %s", name, r.Figure)
		}
	}
}

func TestCampusFinds(t *testing.T) {
	f := figures.Figures{Rows: []figures.Row{{Name: figures.Ours, Threshold: attack.Advantage{Visits: 9, Empty: 9, Found: 9}}, {Name: figures.Raw}}}
	for _, r := range judgeCampus(&f) {
		if r.Verdict != claim.Short {
			t.Errorf("%s: %v", r.Name, r.Verdict)
		}
	}
}
