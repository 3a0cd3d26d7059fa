package pipeline

import (
	"testing"

	"tellijn/hal/camera"
)

// benchmark runs the whole cycle, the wipe of the frame included, on a door of 640x480 YUYV. Putting
// a frame into the buffer is timed too: take 30 to 60 us off.
func benchmark(b *testing.B, area int32, w, h int) {
	f := shape(camera.YUYV, 640, 480)
	p := made(b, across(area), f)
	if p.Plan().W != w || p.Plan().H != h {
		b.Fatalf("%dx%d cells, want %dx%d", p.Plan().W, p.Plan().H, w, h)
	}
	all := frames(b, f, area, 160)[100:]
	buffer := make([]byte, len(all[0]))
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		copy(buffer, all[i%len(all)])
		loan := camera.Frame{Data: buffer}
		if err := p.Reduce(&loan); err != nil {
			b.Fatal(err)
		}
		clear(buffer)
		p.Count(uint32(i))
		i++
	}
}

func BenchmarkCycle80x60(b *testing.B)   { benchmark(b, 25_208, 80, 60) }
func BenchmarkCycle160x120(b *testing.B) { benchmark(b, 6_302, 160, 120) }
