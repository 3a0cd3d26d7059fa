package hidden

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"tellijn/privacy/sandbox"
	"tellijn/tools/proof/claim"
)

func TestCapacity(t *testing.T) {
	b, r := Capacity(), Result("x")
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

// Two sides, a format and a rate, as the message has room for them.
func TestStream(t *testing.T) {
	if got := stream(); got < 40 || got > 2*16+32+64 {
		t.Errorf("%v bits", got)
	}
	if got := end(); got < math.Log2(signals+rules) || got > 9 {
		t.Errorf("%v bits", got)
	}
}

// Most eyes start with waits of 1/4, 1/2, 1, 2 and 4 s, after which the fifth runs for 20 s.
func TestStarts(t *testing.T) {
	if got, want := starts(), 86_400*5/27.75; math.Abs(got-want) > 1e-6 {
		t.Errorf("%v starts a day", got)
	}
}

// The figures of other packages are those of this one.
func TestSource(t *testing.T) {
	watch, err := os.ReadFile("../../../../firmware/warden/watch/watch.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"firstWait": "250 * time.Millisecond", "longestWait": "8 * time.Second", "steady": "20 * time.Second"} {
		if !regexp.MustCompile(name + ` += ` + regexp.QuoteMeta(want) + `\n`).Match(watch) {
			t.Errorf("firmware/warden/watch has another %s than %s", name, want)
		}
	}
	eye, err := os.ReadFile("../../../../firmware/warden/watch/eye.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(eye), "Shortest: w.s.Board.Wanted.Interval / 2") {
		t.Error("the warden believes another shortest interval")
	}
	n := 0
	for _, name := range []string{"ends.go", "lie.go", "wire.go"} {
		text, err := os.ReadFile("../../../../privacy/wire/" + name)
		if err != nil {
			t.Fatal(err)
		}
		n += strings.Count(string(text), `.lie("`) + strings.Count(string(text), `&Lie{"`)
	}
	if n < 15 || n > rules {
		t.Errorf("%d rules, want up to %d", n, rules)
	}
}
