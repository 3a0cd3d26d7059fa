package machine

import (
	"testing"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/rig/forensics/pieces"
)

// TestMachine runs the check as tools/proof does.
func TestMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("a virtual machine takes about a minute; run without -short")
	}
	if raceDetector {
		t.Skip("the guest has no race detector, and the search is slow with it; run without -race")
	}
	b, err := bench.New(t.Context(), func(line string) { t.Log(line) })
	if err != nil {
		t.Skip(err)
	}
	defer b.Close()
	// These want nothing at all and fall short when the kernel leaves a word on a stack, which is
	// chance. What may never be left, and how many words, the last two results say.
	strict := map[string]bool{nameDropped: true, nameStopped: true, nameKilled: true, nameCrashed: true}
	for _, c := range Checks(Hostile{}) {
		results, err := c.Run(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			t.Logf("%s: %s: %s", r.Name, r.Verdict, r.Figure)
			switch {
			case r.Verdict == claim.NotShown:
				t.Skip(r.Why)
			case r.Verdict == claim.Short && strict[r.Name]:
				t.Logf("that is words of the kernel, or %q fails below", nameRows)
			case r.Verdict != claim.Held:
				t.Errorf("%s: %s, want %s", r.Name, r.Figure, r.Why)
			}
		}
		if len(results) != 9 {
			t.Errorf("%d results, want 9", len(results))
		}
	}
}

// TestOlder tells the newest frame from those that are over where the numbers begin anew.
func TestOlder(t *testing.T) {
	f := found{pieces.Found{Frames: []pieces.Frame{{Number: pool - 1, Hits: 10}, {Number: pool - 2, Hits: 20}}, RowHits: 30}, 0}
	if windows, age := f.older(); windows != 20 || age != 2 {
		t.Errorf("%d windows, %d frames; want 20 and 2", windows, age)
	}
	f = found{pieces.Found{Frames: []pieces.Frame{{Number: 3, Hits: 70}, {Number: 5, Hits: 100}}, RowHits: 170}, 5}
	if windows, age := f.older(); windows != 70 || age != 2 {
		t.Errorf("%d windows, %d frames; want 70 and 2", windows, age)
	}
}

// TestWrong sees that an end which shows nothing is told from one that does.
func TestWrong(t *testing.T) {
	for _, tc := range []struct {
		e      ending
		signal int
		fine   bool
	}{
		{ending{"code", 0, 30}, sigTerm, true}, {ending{"code", 14, 30}, sigTerm, false}, {ending{"signal", 15, 30}, sigTerm, false},
		{ending{"signal", 9, 30}, sigKill, true}, {ending{"signal", 31, 30}, sigKill, false}, {ending{"code", 0, 30}, sigKill, false},
		{ending{"code", 2, 30}, sigAbort, true}, {ending{"signal", 31, 30}, sigAbort, true}, {ending{"code", 0, 30}, sigAbort, false},
		{ending{"signal", 9, leastCycles - 1}, sigKill, false},
	} {
		if got := tc.e.wrong(tc.signal); (got == "") != tc.fine {
			t.Errorf("%+v after signal %d: %q", tc.e, tc.signal, got)
		}
	}
}

// TestWeakest sees that each thing of which an eye is held can be missing.
func TestWeakest(t *testing.T) {
	w, err := parse("status threads=5 seccomp=2 filters=3 nonewprivs=1 rights=0x0")
	if err != nil || !w.held() {
		t.Fatalf("%+v, %v", w, err)
	}
	for _, answer := range []string{
		"status threads=0 seccomp=2 filters=3 nonewprivs=1 rights=0x0", "status threads=5 seccomp=0 filters=3 nonewprivs=1 rights=0x0",
		"status threads=5 seccomp=2 filters=2 nonewprivs=1 rights=0x0", "status threads=5 seccomp=2 filters=3 nonewprivs=0 rights=0x0",
		"status threads=5 seccomp=2 filters=3 nonewprivs=1 rights=0x200000",
	} {
		if w, err := parse(answer); err != nil || w.held() {
			t.Errorf("%s: %+v, %v", answer, w, err)
		}
	}
	if _, err := parse("status threads=5 seccomp=2 nonewprivs=1 rights=0x0"); err == nil {
		t.Error("an answer without filters")
	}
}
