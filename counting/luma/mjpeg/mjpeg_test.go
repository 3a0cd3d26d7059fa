package mjpeg

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var samplings = map[string][][2]int{
	"444":       {{1, 1}, {1, 1}, {1, 1}},
	"422":       {{2, 1}, {1, 1}, {1, 1}},
	"422 tall":  {{2, 2}, {1, 2}, {1, 2}}, // as ffmpeg writes it
	"420":       {{2, 2}, {1, 1}, {1, 1}},
	"440":       {{1, 2}, {1, 1}, {1, 1}},
	"411":       {{4, 1}, {1, 1}, {1, 1}},
	"grey":      {{1, 1}},
	"grey 2x2":  {{2, 2}}, // a single component has MCUs of one block whatever its sampling
	"444 apart": {{1, 1}, {1, 1}, {1, 1}},
	"420 apart": {{2, 2}, {1, 1}, {1, 1}},
}

// bounds are the largest mean and worst differences of units to the means of a full decode, in grey
// levels. A full decode rounds each pixel and cuts it at black and white, which shows at hard edges and
// in noise; at scale 4 coefficients from (0,3) on are missing, which shows there too.
var bounds = []struct {
	name    string
	scene   func(x, y float64) float64
	quality int
	at      map[int][2]float64
}{
	{"floor", floor, 50, map[int][2]float64{8: {0.3, 0.7}, 4: {0.4, 1.6}}},
	{"floor", floor, 90, map[int][2]float64{8: {0.3, 0.7}, 4: {0.4, 1.6}}},
	{"floor", floor, 100, map[int][2]float64{8: {0.3, 0.7}, 4: {0.4, 1.6}}},
	{"speckle", speckle, 75, map[int][2]float64{8: {0.35, 0.9}, 4: {6.5, 28}}},
	{"speckle", speckle, 100, map[int][2]float64{8: {0.35, 0.9}, 4: {6.5, 28}}},
	{"edges", edges, 85, map[int][2]float64{8: {0.35, 0.9}, 4: {15.6, 41}}},
}

func TestMeansOfFullDecode(t *testing.T) {
	var d Decoder
	seen := map[string][2]float64{}
	defer func() {
		for _, key := range slices.Sorted(maps.Keys(seen)) {
			t.Logf("%s: mean difference up to %.3f, worst %.3f grey levels", key, seen[key][0], seen[key][1])
		}
	}()
	for name, sampling := range samplings {
		for _, size := range [][2]int{{64, 32}, {61, 45}, {35, 36}, {8, 8}} {
			for _, restart := range []int{0, 3} {
				for _, b := range bounds {
					c := coder{w: size[0], h: size[1], sampling: sampling, quality: b.quality, restart: restart, scene: b.scene}
					r := decode(t, c.frame(t)) // before apart, which Go's decoder cannot read with restarts
					c.apart = strings.HasSuffix(name, "apart")
					frame := c.frame(t)
					for scale, want := range b.at {
						all, err := units(&d, frame, scale)
						if err != nil {
							t.Fatalf("%s %v restart %d: %v", name, size, restart, err)
						}
						mean, worst := distance(all, r, scale)
						key := fmt.Sprintf("%s quality %3d scale %d", b.name, b.quality, scale)
						seen[key] = [2]float64{max(seen[key][0], mean), max(seen[key][1], worst)}
						if mean > want[0] || worst > want[1] {
							t.Errorf("%s %v restart %d %s quality %d scale %d: off by %.3f, at worst %.3f; want %v",
								name, size, restart, b.name, b.quality, scale, mean, worst, want)
						}
					}
				}
			}
		}
	}
}

// TestLowestCoefficients: where there are no others, scale 4 gives the means but for rounding.
func TestLowestCoefficients(t *testing.T) {
	var d Decoder
	c := coder{w: 64, h: 64, sampling: samplings["420"], quality: 90, lowest: true, scene: func(x, y float64) float64 {
		return 128 + 50*math.Sin(x/3)*math.Sin(y/4) + 30*math.Sin(x/7) // far from black and white, where a full decode would cut
	}}
	frame := c.frame(t)
	all, err := units(&d, frame, 4)
	if err != nil {
		t.Fatal(err)
	}
	mean, worst := distance(all, decode(t, frame), 4)
	if t.Logf("off by %.3f, at worst %.3f", mean, worst); mean > 0.3 || worst > 1 {
		t.Errorf("off by %.3f, at worst %.3f; want 0.3 and 1", mean, worst)
	}
}

// TestCodes: other codes, and none, give the same units as the standard ones, in any order.
func TestCodes(t *testing.T) {
	var d Decoder
	codes := map[string]func([]byte) []byte{"standard": nil, "flat": flat, "backwards": backwards}
	for _, scene := range []func(x, y float64) float64{floor, speckle} {
		for _, scale := range []int{8, 4} {
			c := coder{w: 72, h: 40, sampling: samplings["422"], quality: 95, scene: scene}
			want, err := units(&d, c.frame(t), scale)
			if err != nil {
				t.Fatal(err)
			}
			c.bare = true
			if got, err := units(&d, c.frame(t), scale); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("without codes: %v, or other units", err)
			}
			c.bare = false
			for name, code := range codes {
				c.code = code
				if got, err := units(&d, c.frame(t), scale); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s codes: %v, or other units", name, err)
				}
			}
		}
	}
}

// TestTolerated: what cameras put around the coded data changes nothing.
func TestTolerated(t *testing.T) {
	var d Decoder
	c := coder{w: 40, h: 24, sampling: samplings["422"], quality: 80, scene: floor}
	frame := c.frame(t)
	want, err := units(&d, frame, 8)
	if err != nil {
		t.Fatal(err)
	}
	end := len(frame) - 2
	for name, f := range map[string][]byte{
		"garbage behind":   append(frame[:len(frame):len(frame)], "\x00\x00\xff\xd8\xff\x00garbage"...),
		"no end marker":    frame[:end],
		"fill bytes":       append([]byte("\xff\xd8\xff\xff\xff"), frame[3:]...),
		"AVI1 application": append([]byte("\xff\xd8\xff\xe0\x00\x06AVI1"), frame[2:]...),
		"fill at the end":  append(frame[:end:end], 0xFF, 0xFF, 0xFF, 0xD9),
	} {
		if got, err := units(&d, f, 8); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, or other units", name, err)
		}
	}
}

func TestClamp(t *testing.T) {
	for sum, want := range map[int32]uint8{-1 << 30: 0, -1: 0, 0: 0, 1 << one: 1, 256<<one - 1: 255, 256 << one: 255, 1 << 30: 255} {
		if got := clamp(sum); got != want {
			t.Errorf("%d: %d, want %d", sum, got, want)
		}
	}
}

func ExampleDecoder() {
	var d Decoder
	var band Band
	frame := []byte("not a frame")
	_, _, err := d.Start(frame, 8)
	for rows := 1; err == nil && rows > 0; {
		rows, err = d.Next(frame, &band) // band.Units[:rows][:band.Width] are the next means
	}
	d.Wipe()
	fmt.Println(err)
	// Output: mjpeg: frame corrupt: begins with 0x6e 0x6f, want the marker SOI; is it MJPEG?
}
