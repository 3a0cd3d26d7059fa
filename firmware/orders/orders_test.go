package orders

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/privacy/wire/fixed"
)

func good() Orders {
	o := Orders{
		Board: Simulated, Driver: Sim, Beat: time.Second, Speed: 20,
		Wanted: Wanted{camera.GREY, 160, 120, 40 * time.Millisecond},
		Sim:    Scripted{Seed: 7, Seconds: 250},
	}
	o.Scene.PersonArea = 20_000
	o.Scene.NLines = 1
	o.Scene.Lines[0] = scene.Line{A: scene.Point{X: 1000, Y: 30000}, B: scene.Point{X: 60000, Y: 30000}}
	o.Scene.NZones = 1
	o.Scene.Zones[0].N = 3
	o.Scene.Zones[0].Corners = [12]scene.Point{{X: 0, Y: 0}, {X: 60000, Y: 0}, {X: 0, Y: 60000}}
	return o
}

func real() Orders {
	o := good()
	o.Board, o.Driver, o.Device, o.Speed, o.Sim = Real, V4L2, "/dev/video0", 1, Scripted{}
	return o
}

func TestThereAndBack(t *testing.T) {
	for _, o := range []Orders{good(), real()} {
		buf, err := Encode(&o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(bytes.NewReader(buf[:]))
		if err != nil || got != o {
			t.Fatalf("read %+v, %v, want %+v", got, err, o)
		}
	}
}

func TestSize(t *testing.T) {
	o := good()
	c := fixed.Writing(make([]byte, 2*Size))
	if o.layout(&c); c.At() != Size {
		t.Fatalf("the layout has %d bytes, Size says %d", c.At(), Size)
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		what string
		from func() Orders
		turn func(*Orders)
		want string
	}{
		{"board", good, func(o *Orders) { o.Board = 9 }, "board kind 9"},
		{"driver", good, func(o *Orders) { o.Driver = 0 }, "camera driver 0"},
		{"sim on a real board", real, func(o *Orders) { o.Driver, o.Device = Sim, "" }, "only v4l2"},
		{"clip on a real board", real, func(o *Orders) { o.Driver, o.Device = Feed, "" }, "only v4l2"},
		{"fast real clock", real, func(o *Orders) { o.Speed = 2 }, "speed 2"},
		{"no speed", good, func(o *Orders) { o.Speed = 0 }, "speed 0"},
		{"short beat", good, func(o *Orders) { o.Beat = time.Millisecond }, "beat 1ms"},
		{"path elsewhere", real, func(o *Orders) { o.Device = "/etc/passwd" }, "below /dev/"},
		{"path upwards", real, func(o *Orders) { o.Device = "/dev/../etc/passwd" }, "below /dev/"},
		{"path with blank", real, func(o *Orders) { o.Device = "/dev/vid eo" }, "without blanks"},
		{"path for sim", good, func(o *Orders) { o.Device = "/dev/video0" }, "has none"},
		{"long path", real, func(o *Orders) { o.Device = "/dev/" + strings.Repeat("a", MaxPath) }, "at most"},
		{"size", good, func(o *Orders) { o.Wanted.Width = 5000 }, "5000x120"},
		{"format", good, func(o *Orders) { o.Wanted.Pixel = 77 }, "pixel format"},
		{"nanoseconds", good, func(o *Orders) { o.Wanted.Interval++ }, "whole microseconds"},
		{"play on v4l2", real, func(o *Orders) { o.Sim.Seed = 1 }, "a play"},
		{"play", good, func(o *Orders) { o.Sim.Play = 9 }, "play 9"},
		{"endless play", good, func(o *Orders) { o.Sim.Seconds = 1 << 30 }, "at most 604800"},
		{"scene", good, func(o *Orders) { o.Scene.PersonArea = 1 }, "person area"},
		{"line behind the last", good, func(o *Orders) { o.Scene.Lines[5].A.X = 1 }, "line 5"},
		{"zone behind the last", good, func(o *Orders) { o.Scene.Zones[5].N = 1 }, "zone 5"},
		{"corner behind the last", good, func(o *Orders) { o.Scene.Zones[0].Corners[9].X = 1 }, "corner 9"},
	} {
		o := tc.from()
		tc.turn(&o)
		_, err := Encode(&o)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want ErrInvalid with %q", tc.what, err, tc.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	o := good()
	buf, _ := Encode(&o)
	for n := range buf {
		if _, err := Read(bytes.NewReader(buf[:n])); !errors.Is(err, ErrInvalid) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	if _, err := Read(bytes.NewReader(append(buf[:], 0))); !errors.Is(err, ErrInvalid) {
		t.Fatalf("a byte too many: %v", err)
	}
}

// sealed gives the message a right sum, so that the fuzzer gets behind it.
func sealed(b []byte) (buf [Size]byte) {
	copy(buf[:], b)
	binary.LittleEndian.PutUint32(buf[Size-4:], crc32.ChecksumIEEE(buf[:Size-4]))
	return buf
}

// FuzzDecode looks for a second spelling of the same orders, and for orders that do not hold.
func FuzzDecode(f *testing.F) {
	for _, o := range []Orders{good(), real()} {
		buf, err := Encode(&o)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(buf[:])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		buf := sealed(b)
		o, err := Decode(&buf)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		again, err := Encode(&o)
		if err != nil || again != buf {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}
