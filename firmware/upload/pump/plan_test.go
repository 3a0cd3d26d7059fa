package pump

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// chance is random, and the same for the same seed.
func chance(seed uint64) func([]byte) {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(b []byte) {
		for i := range b {
			b[i] = byte(r.Uint32())
		}
	}
}

// lowest is the least that chance can give.
func lowest(b []byte) { clear(b) }

func TestPlan(t *testing.T) {
	p := plan{pace: 15 * time.Minute, random: lowest}
	if _, ok := p.wait(0); ok {
		t.Fatal("due without a reason")
	}
	p.news(time.Hour)
	if d, ok := p.wait(time.Hour); !ok || d != 0 {
		t.Fatal(d, ok)
	}
	p.worked(time.Hour, true)
	if d, ok := p.wait(time.Hour); !ok || d != 0 {
		t.Fatal(d, ok)
	}
	p.worked(time.Hour, false)
	if _, ok := p.wait(time.Hour); ok {
		t.Fatal("due with nothing to send")
	}
	p.poll = time.Minute
	p.worked(time.Hour, false)
	if d, ok := p.wait(time.Hour); !ok || d != time.Minute {
		t.Fatal(d, ok)
	}
}

// TestSpread has a thousand devices that end an interval at the same moment.
func TestSpread(t *testing.T) {
	for _, pace := range []time.Duration{15 * time.Minute, time.Hour, 90 * time.Second, time.Second} {
		most, seen := min(pace/8, time.Minute), map[int]int{}
		for seed := range uint64(1000) {
			p := plan{pace: pace, random: chance(seed)}
			p.news(0)
			d, ok := p.wait(0)
			if !ok || d < 0 || d >= most {
				t.Fatalf("%v of at most %v", d, most)
			}
			seen[int(10*d/most)]++
		}
		for i := range 10 {
			if seen[i] < 50 || seen[i] > 200 {
				t.Errorf("%v: %d of 1000 in tenth %d", pace, seen[i], i)
			}
		}
	}
}

func TestBackOff(t *testing.T) {
	for _, tc := range []struct {
		pace time.Duration
		most time.Duration
	}{{15 * time.Minute, 15 * time.Minute}, {24 * time.Hour, 15 * time.Minute}, {9 * time.Second, 9 * time.Second}, {time.Millisecond, time.Second}} {
		p := plan{pace: tc.pace, random: chance(7)}
		want, whole := time.Second, 0
		for range 40 {
			p.broke(0)
			d, ok := p.wait(0)
			if !ok || d < want/2 || d > want {
				t.Fatalf("pace %v: %v, want %v to %v", tc.pace, d, want/2, want)
			}
			if d > want-want/50 {
				whole++
			}
			p.news(0) // what is new changes nothing
			if again, _ := p.wait(0); again != d {
				t.Fatalf("%v became %v", d, again)
			}
			want = min(2*want, tc.most)
		}
		if whole > 10 {
			t.Errorf("%d of 40 waits have nothing of chance", whole)
		}
		p.worked(0, false)
		p.broke(0)
		if d, _ := p.wait(0); d > time.Second {
			t.Fatalf("%v after a success", d)
		}
	}
}

// TestPlanBounds does anything: nothing is ever due in the past, or later than the rules say.
func TestPlanBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plan{pace: time.Duration(rapid.Int64Range(0, int64(30*time.Hour)).Draw(t, "pace")),
			poll: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "poll")), random: chance(rapid.Uint64().Draw(t, "seed"))}
		now := time.Duration(0)
		for range 50 {
			now += time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "later"))
			what := rapid.IntRange(0, 3).Draw(t, "what")
			most := []time.Duration{time.Minute, 15 * time.Minute, p.poll, 0}[what]
			switch what {
			case 0:
				if p.failed > 0 {
					continue
				}
				p.news(now)
			case 1:
				p.broke(now)
			case 2, 3:
				p.worked(now, what == 3)
			}
			d, ok := p.wait(now)
			if want := what != 2 || p.poll > 0; ok != want || ok && (d < 0 || d > most) {
				t.Fatalf("%d: %v, %v, at most %v", what, d, ok, most)
			}
		}
	})
}
