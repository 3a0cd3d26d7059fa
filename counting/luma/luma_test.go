package luma

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tellijn/hal/camera"
)

// plain is what Squares must give: the mean of every square, rounded down, one pixel at a time.
func plain(rows []byte, cells, stride, factor int, l Layout) []uint8 {
	out := make([]uint8, cells)
	for c := range out {
		sum := 0
		for y := range factor {
			for x := range factor {
				sum += int(rows[y*stride+l.Offset+(c*factor+x)*l.Pitch])
			}
		}
		out[c] = uint8(sum / (factor * factor))
	}
	return out
}

// raw are the formats that are read in place.
var raw = [...]camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY}

func TestSquaresAreMeans(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, pixel := range raw {
		l, ok := LayoutOf(pixel)
		if !ok {
			t.Fatalf("%v has no layout", pixel)
		}
		for factor := 1; factor <= MaxFactor; factor++ {
			for _, width := range []int{64, 100, 324} { // multiples of 4: pairs are read by four
				for _, padding := range []int{0, 6, 64} {
					stride := l.Pitch*width + padding
					cells := width / 4 * 4 / factor
					if cells == 0 {
						continue
					}
					// The last row lacks its padding, and nothing lies behind it.
					rows := make([]byte, stride*(factor-1)+l.Pitch*width)
					for i := range rows {
						rows[i] = byte(random.Uint32())
					}
					got := make([]uint8, cells)
					var s Sums
					s.Squares(got, rows, stride, factor, l)
					if want := plain(rows, cells, stride, factor, l); string(got) != string(want) {
						t.Fatalf("%v, factor %d, width %d, stride %d: %v, want %v", pixel, factor, width, stride, got, want)
					}
				}
			}
		}
	}
}

// White must not overflow any sum, and everything flat stays as it is.
func TestFlatStaysFlat(t *testing.T) {
	for _, pixel := range raw {
		l, _ := LayoutOf(pixel)
		for _, factor := range []int{1, 3, 4, 7, 8, 11, 16, 63, MaxFactor} {
			for _, v := range []byte{0, 1, 127, 254, 255} {
				rows := make([]byte, 2*128*factor)
				for i := range rows {
					rows[i] = ^v // chroma
				}
				for i := l.Offset; i < len(rows); i += l.Pitch {
					rows[i] = v
				}
				got := make([]uint8, 128/factor)
				var s Sums
				s.Squares(got, rows, 128*l.Pitch, factor, l)
				for _, g := range got {
					if g != v {
						t.Fatalf("%v, factor %d: a field of %d became %d", pixel, factor, v, g)
					}
				}
			}
		}
	}
}

func TestWipe(t *testing.T) {
	var s Sums
	rows := make([]byte, 4096)
	for i := range rows {
		rows[i] = 0xAA
	}
	s.Squares(make([]uint8, 16), rows, 256, 8, Layout{0, 1})
	if s == (Sums{}) {
		t.Fatal("no sums are left before the wipe: this test tests nothing")
	}
	if s.Wipe(); s != (Sums{}) {
		t.Error("sums are left after the wipe")
	}
}

func TestLayoutOf(t *testing.T) {
	for pixel, want := range map[camera.PixelFormat]string{
		camera.YUYV: "{0 2} true", camera.UYVY: "{1 2} true", camera.NV12: "{0 1} true", camera.YU12: "{0 1} true",
		camera.GREY: "{0 1} true", camera.MJPEG: "{0 0} false", 0: "{0 0} false",
	} {
		if l, ok := LayoutOf(pixel); fmt.Sprint(l, ok) != want {
			t.Errorf("%v: %v %v, want %s", pixel, l, ok, want)
		}
	}
}
