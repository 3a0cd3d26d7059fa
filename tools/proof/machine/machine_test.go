package machine

import (
	"bytes"
	"io"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"tellijn/hal/camera"
	"tellijn/privacy/privacytest/canary"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
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

// TestLook sees that rows are told from words, and both are found over the border of two reads.
func TestLook(t *testing.T) {
	f := camera.Format{Pixel: camera.GREY, Width: 320, Height: 240, Stride: 320, Interval: time.Second / 30}
	frames, set, err := canary.New(f, 2, canary.Seed{7})
	if err != nil {
		t.Fatal(err)
	}
	memory := make([]byte, 3<<20)
	row := frames[0].Data[:1000]
	copy(memory[1<<20-500:], row) // over a border
	copy(memory[5:], frames[1].Data[100:100+8])
	copy(memory[100:], frames[0].Data[200:200+wordBytes])
	copy(memory[2<<20-4:], frames[1].Data[300:300+24]) // over a border
	copy(memory[4000:], frames[1].Data[:7])            // too short
	copy(memory[len(memory)-wordBytes-1:], frames[1].Data)
	got, err := look(bytes.NewReader(memory), set)
	want := found{rows: 2, rowHits: 1000 - 7 + wordBytes + 1 - 7, frames: []int{0, 1}, each: []int{1000 - 7, wordBytes + 1 - 7},
		words: 3, wordHits: 1 + wordBytes - 7 + 17, longest: wordBytes, size: int64(len(memory))}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("found %+v, %v, want %+v", got, err, want)
	}
	if got, err := look(iotest.ErrReader(io.ErrClosedPipe), set); err == nil {
		t.Errorf("a stream that breaks gives %+v without an error", got)
	}
}

// TestOlder tells the newest frame from those that are over, and how old the oldest is, also where the
// numbers begin anew.
func TestOlder(t *testing.T) {
	for _, c := range []struct {
		f       found
		windows int
		age     int
	}{
		{found{}, 0, 0},
		{found{last: 5, frames: []int{5}, each: []int{100}, rowHits: 100}, 0, 0},
		{found{last: 5, frames: []int{3, 5}, each: []int{70, 100}, rowHits: 170}, 70, 2},
		{found{last: 0, frames: []int{pool - 1, pool - 2}, each: []int{10, 20}, rowHits: 30}, 20, 2},
	} {
		if windows, age := c.f.older(); windows != c.windows || age != c.age {
			t.Errorf("%+v: %d windows, %d frames; want %d and %d", c.f, windows, age, c.windows, c.age)
		}
	}
}

func TestInPages(t *testing.T) {
	for n, want := range map[int]int{0: 0, 7: 0, 8: 1, 4096: 4089, 4100: 4089, 4104: 4090, frameBytes: 37*4089 + 2041} {
		if got := inPages(n); got != want {
			t.Errorf("inPages(%d) = %d, want %d", n, got, want)
		}
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
