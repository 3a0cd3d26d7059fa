package main

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"tellijn/tools/faults/kinds"
)

// TestCampaign plays each kind of fault once, against the real programs. It takes half a minute.
func TestCampaign(t *testing.T) {
	if testing.Short() {
		t.Skip("plays faults on real programs for half a minute; not with -short")
	}
	if runtime.GOOS != "linux" {
		t.Skip("programs are found and killed by what /proc shows, which only Linux has")
	}
	var out bytes.Buffer
	c := &campaign{options: options{seed: 11, workers: 4}, out: &out, all: kinds.All(), began: time.Now(), down: func() {}}
	dir, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := c.play(dir+"/site", dir+"/programs"); err != nil {
		c.violation(err)
	}
	c.table()
	t.Log("\n" + out.String())
	if len(c.violations) > 0 {
		t.Errorf("%d violations", len(c.violations))
	}
	for i, r := range c.results {
		if r.fired < 1 && r.skipped == "" {
			t.Errorf("%s: %d tried, %d fired", c.all[i].Name, r.tried, r.fired)
		}
	}
	// Too little to have been through anything would prove nothing.
	if e := &c.end; e.records < 20 || e.entries < 20 || e.kills < 3 || e.jumps < 2 || e.steps < e.jumps || e.receipts < 10 || e.counted.Forward == 0 || e.counted.Backward == 0 {
		t.Errorf("too little happened: %+v", e)
	}
}

// The same seed gives the same faults, on the same devices, with the same choices; another one others.
func TestList(t *testing.T) {
	list := func(seed uint64, n int) []planned {
		c := &campaign{options: options{seed: seed, n: n}, all: kinds.All(), stage: stage()}
		c.results = make([]result, len(c.all))
		return c.list()
	}
	a, b, other := list(1, 300), list(1, 300), list(2, 300)
	same, differ := true, false
	seen := map[int]bool{}
	for i := range a {
		same = same && a[i] == b[i]
		differ = differ || a[i] != other[i]
		seen[a[i].kind] = true
	}
	all := kinds.All()
	if len(a) != 300 || !same || !differ {
		t.Errorf("%d faults, the same %v, others %v", len(a), same, differ)
	}
	for i, k := range all {
		if !seen[i] && !strings.Contains(k.Name, "broker") {
			t.Errorf("%s is not among 300", k.Name)
		}
	}
}
