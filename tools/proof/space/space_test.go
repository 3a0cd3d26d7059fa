package space

import (
	"context"
	"testing"
	"time"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// TestChecks runs what the proof runs.
func TestChecks(t *testing.T) {
	if race {
		t.Skip("the race detector makes a walk through a few hundred thousand configurations too long; one goroutine walks")
	}
	if testing.Short() {
		t.Skip("walks through a few hundred thousand configurations; not with -short")
	}
	b, err := bench.New(t.Context(), func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			began := time.Now()
			all, err := c.Run(context.Background(), b)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%.1f s", time.Since(began).Seconds())
			for _, r := range all {
				t.Logf("%s: %s", r.Name, r.Figure)
				if r.Verdict == claim.Short {
					t.Errorf("%s: %s: wanted %s", r.Name, r.Figure, r.Why)
				}
				if r.Figure == "" && r.Verdict != claim.NotShown || len(r.Promises) == 0 {
					t.Errorf("%s: no figure or no promise", r.Name)
				}
			}
		})
	}
}
