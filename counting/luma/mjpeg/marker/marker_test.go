package marker

import (
	"errors"
	"testing"
)

func TestNext(t *testing.T) {
	for _, c := range []struct {
		data   string
		pos    int
		marker byte
		at     int
		err    error
	}{
		{"\xff\xd8", 0, SOI, 2, nil},
		{"..\xff\xff\xff\xd9..", 2, EOI, 6, nil},
		{"", 0, 0, 0, ErrTruncated},
		{"\xff", 0, 0, 0, ErrTruncated},
		{"\xff\xff", 0, 0, 0, ErrTruncated},
		{"x\xff\xd8", 0, 0, 0, ErrCorrupt},
		{"\xff\x00", 0, 0, 0, ErrCorrupt},
		{"\xff\xd8", 9, 0, 0, ErrTruncated},
	} {
		m, at, err := Next([]byte(c.data), c.pos)
		if !errors.Is(err, c.err) || err == nil && (m != c.marker || at != c.at) {
			t.Errorf("%q from %d: %#x, %d, %v", c.data, c.pos, m, at, err)
		}
	}
}

func TestAlone(t *testing.T) {
	for m, want := range map[byte]bool{TEM: true, RST0: true, RST0 + 7: true, SOI: false, SOF0: false, DHT: false} {
		if Alone(m) != want {
			t.Errorf("%#x: %v", m, !want)
		}
	}
}
