package printed

import (
	"context"
	"strings"
	"testing"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

func TestCheck(t *testing.T) {
	if testing.Short() {
		t.Skip("starts all programs a dozen times; not with -short")
	}
	b, err := bench.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	results, err := Check(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if t.Log(r.Figure); r.Verdict != claim.Held {
			t.Error(r.Why)
		}
	}
}

// Each way to fall short does.
func TestJudgeCanFail(t *testing.T) {
	good := func() (all []outcome) {
		for _, name := range names() {
			all = append(all, outcome{name: name, alone: "raw", listened: 10, stored: 10})
		}
		return all
	}
	if r := judge(good()); r.Verdict != claim.Held {
		t.Errorf("%+v", r)
	}
	for what, turn := range map[string]func(*outcome){
		"no control": func(o *outcome) { o.alone = "" }, "said": func(o *outcome) { o.said = "hex" }, "stored": func(o *outcome) { o.kept = "raw" },
		"silent": func(o *outcome) { o.listened = 0 }, "nothing stored": func(o *outcome) { o.stored = 0 },
	} {
		all := good()
		turn(&all[2])
		if r := judge(all); r.Verdict != claim.Short || !strings.Contains(r.Why, all[2].name) {
			t.Errorf("%s: %+v", what, r)
		}
	}
	if r := judge(good()[:5]); r.Verdict != claim.Short {
		t.Errorf("few eyes: %+v", r)
	}
}
