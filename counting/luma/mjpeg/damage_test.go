package mjpeg

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// known tells whether an error is one that callers can branch on.
func known(err error) bool {
	return errors.Is(err, ErrTruncated) || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrUnsupported)
}

// TestTruncation: a frame cut anywhere is an error, unless only its end marker and the padding of its
// last byte are missing.
func TestTruncation(t *testing.T) {
	var d Decoder
	for name, restart := range map[string]int{"420": 0, "422": 2, "grey": 5} {
		for _, scale := range []int{8, 4} {
			c := coder{w: 44, h: 36, sampling: samplings[name], quality: 85, restart: restart, scene: speckle}
			frame := c.frame(t)
			want, err := units(&d, frame, scale)
			if err != nil {
				t.Fatal(err)
			}
			for cut := range frame {
				got, err := units(&d, frame[:cut:cut], scale)
				if cut >= len(frame)-2 {
					if err != nil || !reflect.DeepEqual(got, want) {
						t.Errorf("%s cut at %d of %d: %v, or other units", name, cut, len(frame), err)
					}
				} else if !errors.Is(err, ErrTruncated) {
					t.Errorf("%s cut at %d of %d: %v", name, cut, len(frame), err)
				}
				// The same with an end marker, as a camera that ran out of buffer may send it.
				if _, err := units(&d, append(frame[:cut:cut], 0xFF, 0xD9), scale); cut < len(frame)-2 && !known(err) {
					t.Errorf("%s ended at %d of %d: %v", name, cut, len(frame), err)
				}
			}
		}
	}
}

// TestFlips: no flipped bit leads to a panic, a hang, or rows that the header does not announce (units
// panics then). Many go unnoticed: a code has no check of its own.
func TestFlips(t *testing.T) {
	var d Decoder
	c := coder{w: 40, h: 24, sampling: samplings["420"], quality: 60, restart: 2, scene: edges}
	frame := c.frame(t)
	noticed := 0
	for bit := range 8 * len(frame) {
		frame[bit/8] ^= 1 << (bit % 8)
		_, err := units(&d, frame, 4)
		frame[bit/8] ^= 1 << (bit % 8)
		if err != nil {
			noticed++
			if !known(err) {
				t.Errorf("bit %d: %v", bit, err)
			}
		}
	}
	t.Logf("%d of %d flips noticed", noticed, 8*len(frame))
}

// edit replaces the first place of old in a frame.
func edit(t *testing.T, frame []byte, old, new string) []byte {
	t.Helper()
	if !bytes.Contains(frame, []byte(old)) {
		t.Fatalf("no % x in the frame", old)
	}
	return bytes.Replace(frame, []byte(old), []byte(new), 1)
}

func TestRefused(t *testing.T) {
	c := coder{w: 40, h: 24, sampling: samplings["420"], quality: 80, restart: 2, scene: floor}
	frame := c.frame(t)
	const sof = "\xff\xc0\x00\x11\x08\x00\x18\x00\x28\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
	const sos = "\xff\xda\x00\x0c\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00"
	dht := frame[bytes.Index(frame, []byte("\xff\xc4")):][:33]
	for _, c := range []struct {
		name, old, new string
		want           error
		says           string
	}{
		{"progressive", sof[:2], "\xff\xc2", ErrUnsupported, "0xc2"},
		{"lossless", sof[:2], "\xff\xc3", ErrUnsupported, "0xc3"},
		{"arithmetic", sof[:2], "\xff\xc9", ErrUnsupported, "0xc9"},
		{"arithmetic conditioning", sof[:2], "\xff\xcc", ErrUnsupported, "0xcc"},
		{"number of lines later", sof[:2], "\xff\xdc", ErrUnsupported, "0xdc"},
		{"12 bits", sof[:5], sof[:4] + "\x0c", ErrUnsupported, "12 bits"},
		{"no lines", sof[:7], sof[:5] + "\x00\x00", ErrUnsupported, "40x0"},
		{"too wide", sof[:9], sof[:7] + "\x10\x01", ErrUnsupported, "4097x24"},
		{"too many units", sof[:9], sof[:7] + "\x0f\x08", ErrUnsupported, "3848 pixels"},
		{"two components", sof, sof[:3] + "\x0e\x08\x00\x18\x00\x28\x02" + sof[10:16], ErrUnsupported, "2 components"},
		{"chroma finer", sof[:12], sof[:11] + "\x11", nil, ""},
		{"chroma finer", sof[:15], sof[:14] + "\x41", ErrUnsupported, "4x1"},
		{"sampling of 0", sof[:12], sof[:11] + "\x02", ErrCorrupt, "0x2"},
		{"too many blocks", sof[:12], sof[:11] + "\x44", ErrCorrupt, "18 blocks"},
		{"two frame headers", sof, sof + sof, ErrCorrupt, "two frame"},
		{"scan first", sof, "", ErrCorrupt, "before the frame header"},
		{"other quantisation table", sof[:13], sof[:12] + "\x03", ErrCorrupt, "quantisation table 3 missing"},
		{"partial scan", "\x00\x3f\x00", "\x00\x05\x00", ErrUnsupported, "0 to 5"},
		{"chroma first", sos[:6], sos[:5] + "\x02", ErrUnsupported, "component 2"},
		{"table 2", sos[:7], sos[:6] + "\x22", ErrUnsupported, "tables 2 and 2"},
		{"code missing", string(dht), "", ErrCorrupt, "Huffman table missing"},
		{"code too full", string(dht[:6]), string(dht[:5]) + "\x03", ErrCorrupt, "Huffman table"},
		{"step of 0", "\xff\xdb\x00\x43\x00\x04", "\xff\xdb\x00\x43\x00\x00", ErrCorrupt, "step of 0"},
		{"restart interval of 1 byte", "\xff\xdd\x00\x04\x00\x02", "\xff\xdd\x00\x03\x02", ErrCorrupt, "restart interval"},
		{"second restart", "\xff\xd1", "\xff\xd2", ErrCorrupt, "want restart marker 1"},
		{"restart too early", "\xff\xdd\x00\x04\x00\x02", "\xff\xdd\x00\x04\x00\x03", ErrCorrupt, "0xd0"},
		{"restart too late", "\xff\xdd\x00\x04\x00\x02", "\xff\xdd\x00\x04\x00\x01", ErrCorrupt, "restart marker 0"},
		{"no segments", sof[:2], "\x00\x00", ErrCorrupt, "want a marker"},
		{"end before scan", sof[:2], "\xff\xd9", ErrCorrupt, "before any scan"},
	} {
		var d Decoder
		_, err := units(&d, edit(t, frame, c.old, c.new), 8)
		if c.want == nil {
			continue // 4:4:4 with the data of 4:2:0: whatever comes, no panic
		}
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %q, %v", c.name, err, c.says, c.want)
		}
	}
}

// TestWild: luma that drifts out of its range is damage, not black or white.
func TestWild(t *testing.T) {
	var d Decoder
	c := coder{w: 64, h: 16, sampling: samplings["grey"], quality: 80, scene: floor}
	frame := c.frame(t)
	start := bytes.Index(frame, []byte("\xff\xda")) + 10
	// Blocks of a DC difference and an end of block: 111111110 11111111111 1010 is +2047, stuffed.
	const up = "\xff\x00\x7f\xfa"
	const level = "\x28\xa2\x8a" // 00 1010, four times
	for data, want := range map[string]error{
		up + strings.Repeat(level, 4):      nil,
		up + up + strings.Repeat(level, 4): ErrCorrupt,
	} {
		for _, scale := range []int{8, 4} {
			_, err := units(&d, append(frame[:start:start], data+"\xff\xd9"...), scale)
			if !errors.Is(err, want) || want != nil && !strings.Contains(err.Error(), "beyond black or white") {
				t.Errorf("scale %d: %v, want %v", scale, err, want)
			}
		}
	}
}

func FuzzDecoder(f *testing.F) {
	for name, sampling := range samplings {
		for _, scene := range []func(x, y float64) float64{floor, speckle} {
			c := coder{w: 33, h: 27, sampling: sampling, quality: 70, scene: scene, restart: len(name) % 3, bare: name == "440"}
			f.Add(c.frame(f), len(name)%2 == 0)
		}
	}
	c := coder{w: 24, h: 16, sampling: samplings["422"], quality: 90, scene: speckle, code: backwards}
	f.Add(c.frame(f), true)
	c.code, c.lowest = nil, true
	f.Add(c.frame(f), true)
	f.Fuzz(func(t *testing.T, frame []byte, quarter bool) {
		var d Decoder
		scale := 8
		if quarter {
			scale = 4
		}
		given := bytes.Clone(frame)
		if _, err := units(&d, frame, scale); err != nil && !known(err) {
			t.Error(err)
		}
		if !bytes.Equal(frame, given) {
			t.Error("the frame was written to")
		}
	})
}
