package needles_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tellijn/tools/fieldkit/wipe/needles"
)

func noise(seed byte, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// A window is found wherever it lies, across the borders of what is read at once too; one byte less is not.
func TestEverywhere(t *testing.T) {
	if raceDetector {
		t.Skip("one goroutine that computes for long: not with the race detector")
	}
	const size = 9 << 20
	secret := noise(1, 40)
	rapid.Check(t, func(t *rapid.T) {
		medium := noise(2, size)
		at := rapid.OneOf(rapid.IntRange(0, size-needles.Window), rapid.IntRange(4<<20-20, 4<<20+20), rapid.IntRange(256<<10-20, 256<<10+20),
			rapid.SampledFrom([]int{0, size - needles.Window, 8<<20 - 15, 8<<20 - 1})).Draw(t, "at")
		from := rapid.IntRange(0, len(secret)-needles.Window).Draw(t, "from")
		n := rapid.SampledFrom([]int{needles.Window, needles.Window - 1}).Draw(t, "bytes")
		copy(medium[at:], secret[from:from+n])
		if at+n < size {
			medium[at+n] = ^secret[(from+n)%len(secret)] // no longer by chance
		}
		if at > 0 {
			medium[at-1] = ^secret[(from+len(secret)-1)%len(secret)]
		}
		s := needles.New()
		s.Add("keys", secret)
		r, err := s.Search(bytes.NewReader(medium), size, nil)
		if err != nil || r.Bytes != size || r.Pieces() != 25 || r.Found() != max(0, n-needles.Window+1) {
			t.Fatalf("%d bytes at %d: %v, %v", n, at, &r, err)
		}
	})
}

func TestGroups(t *testing.T) {
	key, text := noise(1, 32), []byte("device = \"north-door\"\n################################\n[upload]\n")
	medium := make([]byte, 5<<20)
	copy(medium[100:], key)
	copy(medium[4<<20+3:], key)            // twice is found once
	copy(medium[3<<20:], text[:24])        // in part
	copy(medium[2<<20:], text[22:22+32+1]) // runs are on every card
	s := needles.New()
	s.Add("keys", key)
	s.Add("configuration", text)
	s.Add("keys", key[3:]) // nothing new
	s.Add("short", []byte("abc"))
	var looked int64
	r, err := s.Search(bytes.NewReader(medium), int64(len(medium)), func(off int64, b []byte) error {
		if off != looked || !bytes.Equal(b, medium[off:off+int64(len(b))]) {
			t.Error("not shown what was searched")
		}
		looked += int64(len(b))
		return nil
	})
	if err != nil || looked != int64(len(medium)) || len(r.Groups) != 3 || r.Groups[0] != (needles.Group{Name: "keys", Pieces: 17, Found: 17}) ||
		r.Groups[1].Found != 9 || r.Groups[2].Pieces != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if !strings.Contains(r.String(), "keys 17 of 17, configuration 9 of") {
		t.Error(r.String())
	}
	if _, err := s.Search(bytes.NewReader(medium), 8<<20, func(int64, []byte) error { return io.ErrNoProgress }); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

// bad cannot be read in one block.
type bad struct {
	io.ReaderAt
	from, to int64
	fired    int
}

func (m *bad) ReadAt(b []byte, off int64) (int, error) {
	if off < m.to && off+int64(len(b)) > m.from {
		m.fired++
		return 0, errors.New("bad block")
	}
	return m.ReaderAt.ReadAt(b, off)
}

func TestBadBlocks(t *testing.T) {
	key := noise(1, 32)
	medium := make([]byte, 5<<20)
	copy(medium[10:], key)
	copy(medium[3<<20:], key)
	s := needles.New()
	s.Add("keys", key)
	m := &bad{ReaderAt: bytes.NewReader(medium), from: 5000, to: 5001}
	r, err := s.Search(m, int64(len(medium)), nil)
	if err != nil || m.fired == 0 || r.Unread != needles.Block || r.Found() != 17 || !strings.Contains(r.String(), "4096 bytes could not be read") {
		t.Errorf("%v, %v, %d", &r, err, m.fired)
	}
	clear(medium[10:100])
	m = &bad{ReaderAt: bytes.NewReader(medium), from: 3 << 20, to: 3<<20 + 1}
	if r, _ := s.Search(m, int64(len(medium)), nil); r.Found() != 0 || r.Unread != needles.Block {
		t.Errorf("found where nothing can be read: %v", &r)
	}
	r, _ = s.Search(bytes.NewReader(medium[:1<<20]), 2<<20, nil) // it ends before it should
	if r.Unread != 1<<20 {
		t.Error(r.Unread)
	}
}

func TestZeros(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want bool
	}{{nil, true}, {[]byte{0}, true}, {[]byte{1}, false}, {make([]byte, 100), true}, {append(make([]byte, 99), 1), false}, {append([]byte{1}, make([]byte, 99)...), false}, {bytes.Repeat([]byte{2}, 9), false}} {
		if needles.Zeros(c.b) != c.want {
			t.Error(c)
		}
	}
}
