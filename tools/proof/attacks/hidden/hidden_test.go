package hidden

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/sandbox"
	"tellijn/tools/proof/claim"
)

func TestCapacity(t *testing.T) {
	b, r := Capacity(), Result("x")
	// Each record says at most what fits into it, and people are part of it. More than a picture of 64x64
	// points in half a week would be news.
	if b.People <= 0 || b.Records <= b.People || b.Records > 8*512*perDay || b.Records > 2*32_768/7 {
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
	if size, rate := stream(); size < 20 || size > 2*16+32 || rate < 20 || rate > 64 {
		t.Errorf("%v and %v bits", size, rate)
	}
	if got := choose(4, 2); math.Abs(got-math.Log2(6)) > 1e-9 {
		t.Errorf("2 of 4 in %v bits", got)
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
	watch, err := os.ReadFile("../../../../firmware/warden/watch/store.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"firstWait": "250 * time.Millisecond", "longestWait": "8 * time.Second", "steady": "20 * time.Second"} {
		if !regexp.MustCompile(name + ` += ` + regexp.QuoteMeta(want) + `\n`).Match(watch) {
			t.Errorf("firmware/warden/watch has another %s than %s", name, want)
		}
	}
	entries, err := os.ReadFile("../../../../firmware/warden/clerk/entries.go")
	if err != nil || !strings.Contains(string(entries), "burst  = 12\n") || !strings.Contains(string(entries), "refill = 30 * time.Minute\n") {
		t.Errorf("firmware/warden/clerk enters events at another pace: %v", err)
	}
	p := release.Default()
	if p.K != step || int(p.Interval/time.Second) != seconds || (p.Close-p.Open)*60/seconds != open || record.Weekly != 1<<weekly-1 || record.Class(1<<40) != classes-1 {
		t.Error("privacy/release or privacy/record have other bounds")
	}
	eye, err := os.ReadFile("../../../../firmware/warden/watch/eye.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(eye), "shortest := w.s.Board.Wanted.Interval * 2 / 5") {
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
