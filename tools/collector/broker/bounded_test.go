package broker

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// wire is a connection on which these bytes come.
type wire struct {
	net.Conn
	io.Reader
	closed bool
}

func (w *wire) Read(p []byte) (int, error) { return w.Reader.Read(p) }
func (w *wire) Close() error               { w.closed = true; return nil }

func packet(n int) []byte {
	b := []byte{0x30}
	for left := n; ; {
		c := byte(left & 0x7f)
		if left >>= 7; left > 0 {
			b = append(b, c|0x80)
			continue
		}
		return append(append(b, c), bytes.Repeat([]byte{0xff}, n)...)
	}
}

// Packets up to the bound come through, in whatever pieces, and a longer one does not, before all of its
// length is there.
func TestBounded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all []byte
		for _, n := range rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 127, 128, 16383, 16384, maxMessage}), 1, 5).Draw(rt, "sizes") {
			all = append(all, packet(n)...)
		}
		for name, large := range map[string][]byte{"": nil, "too long": packet(maxMessage + 1)[:5], "for ever": {0x30, 0xff, 0xff, 0xff, 0xff, 0xff}} {
			w := &wire{Reader: bytes.NewReader(append(bytes.Clone(all), large...))}
			if rapid.Bool().Draw(rt, "single") {
				w.Reader = iotest.HalfReader(w.Reader)
			}
			got, err := io.ReadAll(&bounded{Conn: w})
			switch {
			case large == nil && (err != nil || !bytes.Equal(got, all) || w.closed):
				rt.Fatalf("%d of %d bytes, %v", len(got), len(all), err)
			case large != nil && (!errors.Is(err, errLarge) || !w.closed):
				rt.Fatalf("%s: %v", name, err)
			}
		}
	})
}
