package sim

import (
	"hash/crc64"
	"testing"
	"time"

	"tellijn/hal/camera"
)

// digest runs a scene and gives a checksum of its frames, payload and sequence numbers.
func digest(t testing.TB, c Config, frames int) uint64 {
	m := open(t, c)
	table := crc64.MakeTable(crc64.ECMA)
	sum := uint64(0)
	var f camera.Frame
	for range frames {
		if m.Borrow(&f) != nil {
			break
		}
		n := f.Sequence
		sum = crc64.Update(sum, table, []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
		sum = crc64.Update(sum, table, f.Data)
		m.Return(&f)
	}
	return sum
}

// The frames of a seed are the same on every processor and in every version, or results could not
// be compared. A change of these numbers is a change of all accuracy figures, and must be meant.
func TestFramesOfASeedArePinned(t *testing.T) {
	busy := Nominal()
	busy.Dapples, busy.Door, busy.Flicker, busy.Ramp, busy.Sun, busy.Crowd = 12, 1, 5, 10, 100, 40
	busy.Umbrellas, busy.Hats, busy.Trolleys, busy.Doubled = 20, 30, 30, 5
	yuyv := small(Door(5, busy, 60))
	yuyv.Format.Pixel = camera.YUYV
	odd := small(Door(6, Nominal(), 60))
	odd.Format = camera.Format{Pixel: camera.NV12, Width: 101, Height: 67, Stride: 112, Interval: time.Second / 15}
	odd.PersonArea = 104_000
	odd.Lines = []Line{{Point{one / 3, one}, Point{one / 2, 0}}, {Point{one, one / 2}, Point{0, one / 2}}}
	for name, c := range map[string]struct {
		Config
		want uint64
	}{
		"door":   {small(Door(1, Nominal(), 60)), 0xc8b99cdb13ee3cb4},
		"busy":   {yuyv, 0x40cc40cd8732f4bb},
		"odd":    {odd, 0x95c6c8cbea1b6aea},
		"turn":   {small(Turn(2)), 0xc7f65c436669f7ad},
		"hover":  {small(Hover(3)), 0xde89ad8ce6c1a031},
		"stand":  {small(Stand(4)), 0xa87e1643f1e25811},
		"switch": {small(LightSwitch(5)), 0xd0b3fa8143ea7a16},
	} {
		if got := digest(t, c.Config, 220); got != c.want {
			t.Errorf("%s: frames have checksum %#x, want %#x", name, got, c.want)
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	if digest(t, small(Door(1, Nominal(), 60)), 3) == digest(t, small(Door(2, Nominal(), 60)), 3) {
		t.Error("two seeds gave the same frames")
	}
}

// Every format carries the same luma.
func TestFormatsCarryTheSameLuma(t *testing.T) {
	frame := func(p camera.PixelFormat, w, h, pad int) []byte {
		c := small(Door(1, Nominal(), 60))
		c.Format = camera.Format{Pixel: p, Width: w, Height: h, Stride: w + pad, Interval: 40 * time.Millisecond}
		step, first := 1, 0
		switch p {
		case camera.UYVY:
			step, first = 2, 1
		case camera.YUYV:
			step = 2
		}
		c.Format.Stride = step*w + pad
		m := open(t, c)
		var f camera.Frame
		for range 110 {
			if err := m.Borrow(&f); err != nil {
				t.Fatal(err)
			}
			if f.Sequence >= 100 {
				break
			}
			m.Return(&f)
		}
		var luma []byte
		for y := range h {
			for x := range w {
				luma = append(luma, f.Data[y*c.Format.Stride+x*step+first])
			}
		}
		return luma
	}
	for _, size := range [][3]int{{160, 120, 0}, {61, 41, 7}, {8, 8, 0}} {
		want := frame(camera.GREY, size[0], size[1], size[2])
		for _, p := range []camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12} {
			got := frame(p, size[0], size[1], size[2])
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%s %v: pixel %d is %d, in GREY %d", p, size, i, got[i], want[i])
				}
			}
		}
	}
}
