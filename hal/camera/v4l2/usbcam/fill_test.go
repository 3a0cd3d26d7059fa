package usbcam

import (
	"bytes"
	"testing"
)

// TestFill sees that pixels made elsewhere arrive whole, numbered from zero, and that MJPEG stays
// as it is.
func TestFill(t *testing.T) {
	var asked []uint32
	c := &Camera{Fill: func(n uint32, pixels []byte) {
		asked = append(asked, n)
		for i := range pixels {
			pixels[i] = byte(i*7) ^ byte(n+1)
		}
	}}
	q := plug(t, c)
	q.control(0x21, setCur, 2<<8, 1, 26, wish(yuyv)...)
	for n := range 2 {
		p := q.pull(16384)[payloadHead:]
		if len(p) != 320*240*2 {
			t.Fatalf("frame %d has %d bytes", n, len(p))
		}
		for i := range p {
			if p[i] != byte(i*7)^byte(n+1) {
				t.Fatalf("frame %d, byte %d is %#x", n, i, p[i])
			}
		}
	}
	q.control(0x02, clearFeature, 0, bulkIn, 0)
	q.control(0x21, setCur, 2<<8, 1, 26, wish(mjpeg)...)
	if p := q.pull(512); !bytes.Equal(p[payloadHead:payloadHead+2], []byte{0xFF, 0xD8}) {
		t.Errorf("MJPEG begins with % x", p[payloadHead:payloadHead+2])
	}
	if len(asked) != 2 || asked[0] != 0 || asked[1] != 1 {
		t.Errorf("asked for frames %v, want 0 and 1", asked)
	}
}
