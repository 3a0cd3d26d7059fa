package mjpeg

import (
	"errors"
	"reflect"
	"testing"
	"unsafe"
)

func TestNoAllocation(t *testing.T) {
	c := coder{w: 64, h: 48, sampling: samplings["420"], quality: 80, scene: floor}
	frames := [][]byte{c.frame(t)}
	c.code = flat
	frames = append(frames, c.frame(t))
	c.bare = true
	c.code = nil
	frames = append(frames, c.frame(t))
	var d Decoder
	var band Band
	n := testing.AllocsPerRun(20, func() {
		for _, f := range frames {
			for _, scale := range []int{4, 8} {
				if _, _, err := d.Start(f, scale); err != nil {
					t.Fatal(err)
				}
				for rows := 1; rows > 0; {
					var err error
					if rows, err = d.Next(f, &band); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSize(t *testing.T) {
	if n := unsafe.Sizeof(Decoder{}); n > 24<<10 {
		t.Errorf("decoder has %d bytes, want at most 24 KB", n)
	}
}

// TestWipe: after Wipe, and after an error, two decoders that saw different scenes are the same.
func TestWipe(t *testing.T) {
	ends := map[string]func(d *Decoder, frame []byte){
		"midway": func(d *Decoder, frame []byte) {
			var band Band
			d.Start(frame, 4)
			if rows, err := d.Next(frame, &band); rows == 0 || err != nil {
				t.Fatal(rows, err)
			}
			if reflect.DeepEqual(d.frame, frame0) {
				t.Fatal("nothing to wipe midway: the test proves nothing")
			}
			d.Wipe()
		},
		"started": func(d *Decoder, frame []byte) {
			d.Start(frame, 4)
			d.Wipe()
		},
		"error": func(d *Decoder, frame []byte) {
			if _, err := units(d, frame[:len(frame)*3/4], 4); !errors.Is(err, ErrTruncated) {
				t.Fatal(err)
			}
		},
	}
	for name, end := range ends {
		var a, b Decoder
		c := coder{w: 64, h: 48, sampling: samplings["420"], quality: 80, scene: floor}
		end(&a, c.frame(t))
		c.scene = speckle
		end(&b, c.frame(t))
		if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(a.frame, frame0) {
			t.Errorf("%s: something is left", name)
		}
	}
	// At the end of a frame, before Wipe, nothing is held any more.
	var d Decoder
	c := coder{w: 16, h: 16, sampling: samplings["grey"], quality: 80, scene: floor}
	if _, err := units(&d, c.frame(t), 8); err != nil || d.frame != (frame{open: true, scale: 8, columns: 2}) {
		t.Errorf("something is held after the last row (%v)", err)
	}
}

var frame0 frame

func TestIdle(t *testing.T) {
	var d Decoder
	var band Band
	if _, err := d.Next(nil, &band); !errors.Is(err, ErrIdle) {
		t.Error(err)
	}
	c := coder{w: 16, h: 16, sampling: samplings["grey"], quality: 80, scene: floor}
	frame := c.frame(t)
	if _, err := units(&d, frame, 8); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if rows, err := d.Next(frame, &band); rows != 0 || err != nil {
			t.Error(rows, err)
		}
	}
	d.Wipe()
	if _, err := d.Next(nil, &band); !errors.Is(err, ErrIdle) {
		t.Error(err)
	}
	if _, _, err := d.Start(frame, 2); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
}

// The decoder holds no frame, so a caller may show Next another one than Start. That is an error or
// nonsense, never harm, and the frame after it is read as ever.
func TestOtherData(t *testing.T) {
	c := coder{w: 64, h: 48, sampling: samplings["420"], quality: 80, scene: floor}
	frame := c.frame(t)
	c.scene = speckle
	other := c.frame(t)
	var d, fresh Decoder
	want, err := units(&fresh, frame, 8)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(other) {
		var band Band
		if _, _, err := d.Start(frame, 8); err != nil {
			t.Fatal(err)
		}
		rows, err := 1, error(nil)
		for err == nil && rows > 0 {
			rows, err = d.Next(other[:n:n], &band)
		}
		if n < 100 && !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d bytes of another frame: %d rows, %v", n, rows, err)
		}
	}
	if got, err := units(&d, frame, 8); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("after other data: %v", err)
	}
}
