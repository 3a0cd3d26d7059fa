package attacks

import (
	"context"
	"testing"

	"tellijn/privacy/sandbox"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

func TestAll(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a hostile eye a hundred times; not with -short")
	}
	b, err := bench.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	all, err := Run(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		t.Logf("%-14s free: %-40s confined: %s", o.Name, o.Free, o.How)
	}
	for _, by := range []Stop{Kernel, Warden} {
		if r := judge(all, by); r.Verdict != claim.Held {
			t.Errorf("%s: %s; %s", r.Name, r.Figure, r.Why)
		} else {
			t.Logf("%s: %s", r.Name, r.Figure)
		}
	}
}

// The judge says so when one attack is not stopped, or was never made.
func TestJudgeCanFail(t *testing.T) {
	var all []Outcome
	for _, a := range All() {
		all = append(all, Outcome{Attack: a, Fired: true, Worked: true, Held: true})
	}
	for _, by := range []Stop{Kernel, Warden} {
		if r := judge(all, by); r.Verdict != claim.Held {
			t.Fatalf("all stopped: %+v", r)
		}
	}
	for name, turn := range map[string]func(*Outcome){"not stopped": func(o *Outcome) { o.Held = false }, "not made": func(o *Outcome) { o.Fired = false }} {
		was := all[3]
		turn(&all[3])
		if r := judge(all, Kernel); r.Verdict != claim.Short || r.Why == "" {
			t.Errorf("%s: %+v", name, r)
		}
		all[3] = was
	}
	if r := judge(all[:20], Kernel); r.Verdict != claim.Short {
		t.Errorf("few attacks: %+v", r)
	}
}

func TestCapacity(t *testing.T) {
	b, r := Capacity(), capacity()
	// Each record says at most what fits into it, and a timing channel is part of it.
	if b.Timing <= 0 || b.Numbers <= b.Timing || b.Numbers > 8*512*perDay {
		t.Errorf("%+v", b)
	}
	if r.Verdict != claim.Held {
		t.Errorf("%+v", r)
	}
	t.Log(r.Figure)
	m := sandbox.Courier("/", 1)
	m.Calls = append(m.Calls, sandbox.Call{Name: "socket"})
	if !connects(m) {
		t.Error("a program with sockets is not seen to connect")
	}
}
