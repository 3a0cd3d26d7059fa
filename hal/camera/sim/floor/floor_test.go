package floor

import (
	"math"
	"testing"
)

// A floor has texture, but not so much that a person of low contrast is lost in it.
func TestFloorIsAFloor(t *testing.T) {
	mats := 0
	for seed := range uint64(60) {
		f := New(160, 120, 23*256, seed)
		if f.Dark < f.Grey {
			mats++
		}
		sum, square, n := 0.0, 0.0, 0.0
		for y := range int32(40) { // above the mat
			for x := range int32(160) {
				d := float64(f.Luma[y*160+x]) - float64(f.Grey*f.Light(x, y))/256
				sum, square, n = sum+d, square+d*d, n+1
			}
		}
		if mean, deviation := sum/n, math.Sqrt(square/n); math.Abs(mean) > 7 || deviation < 2 || deviation > 10 {
			t.Errorf("seed %d: mean %.1f off, deviation %.1f grey levels", seed, mean, deviation)
		}
		if l := f.Light(80, 60); l != 256 {
			t.Errorf("seed %d: light in the middle is %d", seed, l)
		}
	}
	if mats < 5 || mats > 30 {
		t.Errorf("%d of 60 floors have a mat", mats)
	}
}

func TestFloorOfAnySize(t *testing.T) {
	for _, c := range [][3]int{{8, 8, 45}, {32, 24, 9 * 256}, {4096, 8, 500 * 256}} {
		f := New(c[0], c[1], int32(c[2]), 1)
		if len(f.Luma) != c[0]*c[1] {
			t.Errorf("%v: %d pixels", c, len(f.Luma))
		}
	}
}
