package look

import (
	"testing"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/knobs"
)

func TestSharesAndRanges(t *testing.T) {
	k := knobs.Nominal()
	r := fixed.NewRand(1, 1)
	const n = 20_000
	var hats, bags, carts, low, dark, odd int
	count := func(b bool, c *int) {
		if b {
			*c++
		}
	}
	for range n {
		l := New(&r, &k, false)
		count(l.Hat, &hats)
		count(l.Bag, &bags)
		count(l.Trolley || l.Case, &carts)
		count(l.Body == l.Head, &low)
		count(l.Body < 0, &dark)
		body, legs := max(l.Body, -l.Body), max(l.Legs, -l.Legs)
		count(l.Size < 85 || l.Size > 115 || body < leastDifference || body > 90 || legs < leastDifference ||
			legs > 90 || l.Sun || l.Umbrella || l.Trolley && l.Case, &odd)
	}
	for name, c := range map[string][2]int{"hats": {hats, 8}, "bags": {bags, 20}, "carts": {carts, 5}, "dark": {dark, 67}} {
		if d := c[0]*100 - c[1]*n; d > n || d < -n {
			t.Errorf("%s: %d of %d, want %d in a hundred", name, c[0], n, c[1])
		}
	}
	if odd > 0 {
		t.Errorf("%d of %d look out of range", odd, n)
	}
	if low < n*4/100 || low > n*8/100 {
		t.Errorf("%d of %d are of low contrast, want about 5 in a hundred", low, n)
	}
}
