package canary

import (
	"bytes"
	"crypto/cipher"
	"errors"
	"image/jpeg"
	"math"
	"testing"
	"time"

	"tellijn/counting/luma/mjpeg"
	"tellijn/hal/camera"
)

func format(p camera.PixelFormat, w, h, stride int) camera.Format {
	return camera.Format{Pixel: p, Width: w, Height: h, Stride: stride, Interval: time.Second / 30}
}

var seed = Seed{7, 1}

// TestFormats: frames have the size that a camera gives, no two windows of raw ones are the same, and
// every window is found where it lies.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		f    camera.Format
		want int // bytes
	}{
		{format(camera.YUYV, 32, 24, 64), 64 * 24},
		{format(camera.UYVY, 32, 24, 80), 80 * 24},
		{format(camera.NV12, 32, 24, 32), 32 * 36},
		{format(camera.YU12, 32, 23, 40), 40 * 35},
		{format(camera.GREY, 32, 24, 32), 32 * 24},
		{format(camera.MJPEG, 64, 48, 0), 0},
	} {
		frames, set, err := New(c.f, 4, seed)
		if err != nil {
			t.Errorf("%s: %v", c.f.Pixel, err)
			continue
		}
		windows := 0
		for n, f := range frames {
			if c.f.Short(len(f.Data)) || c.want > 0 && len(f.Data) != c.want {
				t.Errorf("%s: %d bytes, want %d", c.f.Pixel, len(f.Data), c.want)
			}
			end := len(f.Data) - f.Tail
			next := f.Head
			set.Search(f.Data, func(at, frame int) {
				if at != next || frame != n {
					t.Fatalf("%s: window at %d of frame %d, want %d of %d", c.f.Pixel, at, frame, next, n)
				}
				next++
			})
			if next != end-Window+1 {
				t.Errorf("%s: windows up to %d were found, want %d", c.f.Pixel, next, end-Window+1)
			}
			windows += end - f.Head - Window + 1
		}
		if set.Windows() != windows || set.Repeats() != 0 || set.Frames() != 4 {
			t.Errorf("%s: %d windows, %d again, of %d frames; want %d", c.f.Pixel, set.Windows(), set.Repeats(), set.Frames(), windows)
		}
	}
}

// TestSeeds: the same seed gives the same frames, another one gives nothing in common.
func TestSeeds(t *testing.T) {
	f := format(camera.YUYV, 64, 48, 128)
	a, set, _ := New(f, 2, seed)
	b, _, _ := New(f, 2, seed)
	if !bytes.Equal(a[1].Data, b[1].Data) || bytes.Equal(a[0].Data, a[1].Data) {
		t.Error("frames are not made from the seed and their number")
	}
	for _, pixel := range []camera.PixelFormat{camera.YUYV, camera.MJPEG} {
		f.Pixel = pixel
		c, _, err := New(f, 2, seed.Next())
		if err != nil {
			t.Fatal(err)
		}
		set.Search(c[0].Data, func(at, frame int) { t.Errorf("window %d of another seed is of frame %d", at, frame) })
	}
}

// dull is a stream that begins again after some bytes.
type dull struct{ n, period int }

func (d *dull) XORKeyStream(to, _ []byte) {
	for i := range to {
		p := d.n % d.period
		to[i] = byte(p*p*31+p>>3) + byte(p>>8)*77
		d.n++
	}
}

// TestRepeat: a seed whose windows repeat is given up for the next one.
func TestRepeat(t *testing.T) {
	f, drawn := format(camera.GREY, 32, 32, 32), 0
	draw := func(s Seed) (cipher.Stream, error) {
		if drawn++; drawn == 1 {
			return &dull{period: 500}, nil
		}
		return stream(s)
	}
	got, _, err := search(f, 1, seed, draw)
	if err != nil || drawn != 2 {
		t.Fatalf("%d seeds: %v", drawn, err)
	}
	want, _, _ := New(f, 1, seed.Next())
	if !bytes.Equal(got[0].Data, want[0].Data) {
		t.Error("the frames are not those of the next seed")
	}
	_, _, err = search(f, 1, seed, func(Seed) (cipher.Stream, error) { return &dull{period: 500}, nil })
	if !errors.Is(err, ErrRepeat) {
		t.Errorf("always dull: %v, want ErrRepeat", err)
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		f    camera.Format
		n    int
		want error
	}{
		"no frames": {format(camera.GREY, 32, 32, 32), 0, ErrSize},
		"too many":  {format(camera.YUYV, 640, 480, 1280), MaxBytes/614400 + 1, ErrSize},
		"a format":  {format('x', 32, 32, 32), 1, camera.ErrFormat},
		"a stride":  {format(camera.YUYV, 32, 32, 32), 1, camera.ErrFormat},
	} {
		if _, _, err := New(c.f, c.n, seed); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestMJPEG: others can read the frame, and so can what counts; it is noise.
func TestMJPEG(t *testing.T) {
	for _, size := range [][2]int{{64, 48}, {640, 480}, {70, 50}} {
		frames, set, err := New(format(camera.MJPEG, size[0], size[1], 0), 2, seed)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			got, err := jpeg.Decode(bytes.NewReader(f.Data))
			if err != nil || got.Bounds().Dx() != size[0] || got.Bounds().Dy() != size[1] {
				t.Fatalf("%v: %v", size, err)
			}
			if len(f.Data) > most(size[0], size[1]) {
				t.Errorf("%v: %d bytes, bound %d", size, len(f.Data), most(size[0], size[1]))
			}
			read(t, size, f.Data)
			set.Search(f.Data[:f.Head+Window-1], func(at, _ int) { t.Errorf("byte %d of the head is in the set", at) })
		}
		if n := entropy(frames); size[0] == 640 && n < 7.8 {
			t.Errorf("%.2f bits of chance a byte", n)
		}
	}
}

// read has counting read the frame, which is to have many levels of grey.
func read(t *testing.T, size [2]int, data []byte) {
	t.Helper()
	var (
		d     mjpeg.Decoder
		band  mjpeg.Band
		lines int
		level [256]bool
	)
	w, h, err := d.Start(data, 8)
	if err != nil || w != size[0] || h != size[1] {
		t.Fatalf("%v: %dx%d: %v", size, w, h, err)
	}
	for {
		rows, err := d.Next(data, &band)
		if err != nil {
			t.Fatalf("%v: after %d rows: %v", size, lines, err)
		}
		if lines += rows; rows == 0 {
			break
		}
		for _, v := range band.Units[0][:band.Width] {
			level[v] = true
		}
	}
	levels := 0
	for _, is := range level {
		if is {
			levels++
		}
	}
	if lines != (h+4)/8 || levels < 10 {
		t.Errorf("%v: %d rows of %d levels of grey", size, lines, levels)
	}
}

// entropy is that of single bytes, in bits.
func entropy(frames []Frame) (sum float64) {
	var count [256]float64
	total := 0.0
	for _, f := range frames {
		for _, b := range f.Data[f.Head : len(f.Data)-f.Tail] {
			count[b]++
			total++
		}
	}
	for _, n := range count {
		if n > 0 {
			sum -= n / total * math.Log2(n/total)
		}
	}
	return sum
}
