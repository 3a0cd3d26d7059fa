package clip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/cameratest"
)

// chunk builds one RIFF chunk; odd data gets its pad byte.
func chunk(id string, data ...[]byte) []byte {
	body := bytes.Join(data, nil)
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func list(kind string, data ...[]byte) []byte {
	return chunk("LIST", append([][]byte{[]byte(kind)}, data...)...)
}

func riff(kind string, data ...[]byte) []byte {
	return chunk("RIFF", append([][]byte{[]byte(kind)}, data...)...)
}

func words(v ...uint32) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

// head is the header list of a 32x24 MJPG stream.
func head(usPer, scale, rate uint32) []byte {
	strh := append([]byte("vidsMJPG"), words(0, 0, 0, scale, rate, 0, 0, 0, 0, 0, 0, 0)...)
	strf := append(words(40, 32, 24, 1|24<<16), []byte("MJPG")...)
	return list("hdrl", chunk("avih", words(usPer, 0, 0, 0x10, 0, 0, 1, 0, 32, 24, 0, 0, 0, 0)),
		list("strl", chunk("strh", strh), chunk("strf", strf, words(0, 0, 0, 0, 0))))
}

// still is a payload of n bytes that begins and ends like a compressed frame and names its number.
func still(i, n int) []byte {
	b := bytes.Repeat([]byte{byte(i + 1)}, n)
	copy(b, []byte{0xFF, 0xD8})
	copy(b[n-2:], []byte{0xFF, 0xD9})
	return b
}

func frames(n int) (b []byte) {
	for i := range n {
		b = append(b, chunk("00dc", still(i, 9+i))...)
	}
	return b
}

func open16(t testing.TB, b []byte, o Options) *Clip {
	t.Helper()
	c, err := NewReader(bytes.NewReader(b), int64(len(b)), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// play reads a clip to its end and answers for each frame its length, -1 for a damaged one.
func play(t testing.TB, c *Clip) (lengths []int, end error) {
	t.Helper()
	var f camera.Frame
	for i := 0; ; i++ {
		if err := c.Borrow(&f); err != nil {
			if again := c.Borrow(&f); again != err {
				t.Errorf("the end changed from %v to %v", err, again)
			}
			if len(lengths) != c.Frames() {
				t.Errorf("%d frames played, Frames says %d", len(lengths), c.Frames())
			}
			return lengths, err
		}
		if int(f.Sequence) != i {
			t.Fatalf("frame %d has sequence %d", i, f.Sequence)
		}
		n := len(f.Data)
		if f.Damaged {
			n = -1
		}
		lengths = append(lengths, n)
		if _, err := c.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConformance(t *testing.T) {
	avi := riff("AVI ", head(40000, 1, 25), list("movi", frames(30)))
	cameratest.Conformance(t, func() camera.Source { return open16(t, avi, Options{}) })
	y := yuv("YUV4MPEG2 W16 H8 F10:1 C420", 30, 16*8*3/2)
	cameratest.Conformance(t, func() camera.Source { return open16(t, y, Options{}) })
	path := filepath.Join(t.TempDir(), "c.avi")
	if err := os.WriteFile(path, avi, 0o600); err != nil {
		t.Fatal(err)
	}
	cameratest.Conformance(t, func() camera.Source {
		start := time.Now()
		c, err := Open(path, Options{Clock: func() time.Duration { return time.Since(start) }})
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
}

func TestPacing(t *testing.T) {
	var dues []time.Duration
	stop := errors.New("stop")
	c := open16(t, riff("AVI ", head(40000, 1, 25), list("movi", frames(4))), Options{Wait: func(due time.Duration) error {
		if len(dues) == 3 {
			return stop
		}
		dues = append(dues, due)
		return nil
	}})
	var f camera.Frame
	for range 3 {
		if err := c.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Borrow(&f); err != stop {
		t.Errorf("Borrow: %v, want the error of Wait", err)
	}
	dues = dues[:2]
	if err := c.Borrow(&f); err != nil || f.Sequence != 3 {
		t.Errorf("Borrow after an error of Wait: frame %d, %v, want frame 3", f.Sequence, err)
	}
	dues = append(dues[:2], 80*time.Millisecond)
	for i, d := range dues {
		if want := time.Duration(i) * 40 * time.Millisecond; d != want {
			t.Errorf("frame %d is due at %v, want %v", i, d, want)
		}
	}
}

func TestRates(t *testing.T) {
	for _, c := range []struct {
		usPer, scale, rate uint32
		want               time.Duration
	}{
		{0, 1001, 30000, 33366667}, {66666, 1, 15, 66666667}, {40000, 0, 0, 40 * time.Millisecond},
		{1, 0, 25, 0}, {0, 0, 0, 0}, {40000, 1 << 31, 1, 40 * time.Millisecond}, {1 << 31, 1, 1 << 30, 0},
	} {
		b := riff("AVI ", head(c.usPer, c.scale, c.rate), list("movi", frames(1)))
		got, err := NewReader(bytes.NewReader(b), int64(len(b)), Options{})
		if c.want == 0 {
			if !errors.Is(err, ErrInterval) {
				t.Errorf("%+v: %v, want ErrInterval", c, err)
			}
			continue
		}
		if err != nil || got.Format().Interval != c.want {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	b := riff("AVI ", head(0, 0, 0), list("movi", frames(1)))
	if got := open16(t, b, Options{Interval: time.Second}).Format().Interval; got != time.Second {
		t.Errorf("interval of the options: got %v", got)
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none.avi"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Open(t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "regular file") {
		t.Errorf("folder: %v", err)
	}
	for name, b := range map[string][]byte{
		"tiny": []byte("RIFF"), "no frames": riff("AVI ", head(1, 1, 25), list("movi")), "no header": riff("AVI ", list("movi", frames(2))),
		"headless y4m": []byte("YUV4MPEG2 W16 H8 F10:1" + strings.Repeat(" ", 2000)), "bad width": yuv("YUV4MPEG2 Wx H8 F10:1", 1, 10),
	} {
		if _, err := NewReader(bytes.NewReader(b), int64(len(b)), Options{}); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v, want ErrBroken", name, err)
		}
	}
	for name, b := range map[string][]byte{
		"text": []byte("hello, this is no clip"), "h264": bytes.ReplaceAll(riff("AVI ", head(1, 1, 25), list("movi", frames(2))), []byte("MJPG"), []byte("H264")),
		"deep": yuv("YUV4MPEG2 W16 H8 F10:1 C420p10", 1, 10), "huge": yuv("YUV4MPEG2 W16 H8000 F10:1", 1, 10), "small": yuv("YUV4MPEG2 W4 H8 F10:1 Cmono", 1, 32),
	} {
		if _, err := NewReader(bytes.NewReader(b), int64(len(b)), Options{}); !errors.Is(err, camera.ErrFormat) {
			t.Errorf("%s: %v, want camera.ErrFormat", name, err)
		}
	}
}

// failing answers half of what lies at one place, and an error.
type failing struct {
	io.ReaderAt
	place int64
}

func (f *failing) ReadAt(b []byte, at int64) (int, error) {
	if at == f.place {
		n, _ := f.ReaderAt.ReadAt(b[:len(b)/2], at)
		return n, errors.New("disk says no")
	}
	return f.ReaderAt.ReadAt(b, at)
}

func TestCloseClosesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.y4m")
	if err := os.WriteFile(path, yuv("YUV4MPEG2 W16 H8 F10:1 Cmono", 30, 128), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := c.file
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file was still open: %v", err)
	}
}

func TestReadErrorLeavesNothingBehind(t *testing.T) {
	b := yuv("YUV4MPEG2 W16 H8 F10:1 Cmono", 30, 128)
	r := &failing{bytes.NewReader(b), int64(bytes.Index(b, []byte("FRAME\n"))) + 6}
	c, err := NewReader(r, int64(len(b)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	buf, _ := c.lender.Buffer()
	var f camera.Frame
	if err := c.Borrow(&f); err == nil || !strings.Contains(err.Error(), "disk says no") {
		t.Fatalf("Borrow: %v, want the disk's error", err)
	}
	if !bytes.Equal(buf, make([]byte, len(buf))) {
		t.Error("a failed read left pixels in the buffer")
	}
}
