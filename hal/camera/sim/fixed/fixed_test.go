package fixed

import (
	"math"
	"testing"
)

func TestSinFollowsMath(t *testing.T) {
	for i := range 1 << 16 {
		want := math.Sin(2 * math.Pi * float64(i) / 65536)
		if d := math.Abs(float64(Sin(uint16(i)))/Full - want); d > 0.002 {
			t.Fatalf("Sin(%d): off by %.4f", i, d)
		}
		want = math.Cos(2 * math.Pi * float64(i) / 65536)
		if d := math.Abs(float64(Cos(uint16(i)))/Full - want); d > 0.002 {
			t.Fatalf("Cos(%d): off by %.4f", i, d)
		}
	}
}

func TestSqrtIsTheFloor(t *testing.T) {
	r := NewRand(1, 1)
	for i := range 20000 {
		n := uint64(i)
		if i > 10000 {
			n = (uint64(r.Uint32())<<32 | uint64(r.Uint32())) >> (r.Uint32() % 62)
		}
		s := uint64(Sqrt(n))
		if s*s > n || (s < 1<<32-1 && (s+1)*(s+1) <= n) {
			t.Fatalf("Sqrt(%d) = %d", n, s)
		}
	}
}

func TestBetweenReachesBothEndsEvenly(t *testing.T) {
	r := NewRand(7, 3)
	var seen [5]int
	for range 50000 {
		seen[r.Between(-2, 2)+2]++
	}
	for i, n := range seen {
		if n < 9500 || n > 10500 {
			t.Errorf("value %d came %d times of 50000, want about 10000", i-2, n)
		}
	}
	if v := r.Between(9, 3); v != 9 {
		t.Errorf("Between(9, 3) = %d, want 9", v)
	}
}

func TestPercent(t *testing.T) {
	r := NewRand(7, 4)
	n := 0
	for range 100000 {
		if r.Percent(30) {
			n++
		}
	}
	if n < 29300 || n > 30700 {
		t.Errorf("30 %% came %d times of 100000", n)
	}
}

func TestStreamsDiffer(t *testing.T) {
	a, b, c := NewRand(1, 1), NewRand(1, 2), NewRand(2, 1)
	same := 0
	for range 1000 {
		x := a.Uint32()
		if x == b.Uint32() || x == c.Uint32() {
			same++
		}
	}
	if same > 2 {
		t.Errorf("%d equal draws of 1000 between streams", same)
	}
}

// The numbers of one seed are part of every golden value above this package.
func TestRandIsPinned(t *testing.T) {
	r := NewRand(42, 54)
	h := uint64(0)
	for range 1000 {
		h = Hash(h, uint64(r.Uint32()))
	}
	if h != 0x6f578e105537a0d9 {
		t.Errorf("hash of 1000 draws is %#x", h)
	}
}
