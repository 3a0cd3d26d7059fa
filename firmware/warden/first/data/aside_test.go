package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"tellijn/boards/card"
)

// worn is a device in memory, some of which cannot be read.
type worn struct {
	b        []byte
	from, to int64 // what cannot be read
	fired    int
}

func (w *worn) ReadAt(b []byte, at int64) (int, error) {
	if at < w.to && w.from < at+int64(len(b)) {
		w.fired++
		return 0, errors.New("medium error")
	}
	return copy(b, w.b[at:]), nil
}

func (w *worn) WriteAt(b []byte, at int64) (int, error) { return copy(w.b[at:], b), nil }
func (w *worn) Sync() error                             { return nil }

// TestWorn sets aside what can be read around what cannot.
func TestWorn(t *testing.T) {
	w := &worn{b: make([]byte, Least), from: 5*chunk + grain + 100, to: 5*chunk + 3*grain + 100}
	for i := range w.b[:card.DataSize] {
		w.b[i] = byte(i>>12 + 1)
	}
	want := bytes.Clone(w.b[:card.DataSize])
	clear(want[5*chunk+grain : 5*chunk+4*grain])
	h, err := setAside(w, Marked, 7)
	if err != nil || w.fired == 0 {
		t.Fatalf("%v after %d faults", err, w.fired)
	}
	if h.Lost != 3*grain || h.Sum != sha256.Sum256(want) || !bytes.Equal(w.b[CopyAt:CopyAt+card.DataSize], want) {
		t.Errorf("%d bytes lost, SHA-256 %x", h.Lost, h.Sum)
	}
	if got, ok := ReadHead(w); !ok || got != h {
		t.Errorf("%v, %+v, want %+v", ok, got, h)
	}
}

// TestRenew refuses what is not exactly one file system, and then leaves nothing that could be mounted.
func TestRenew(t *testing.T) {
	pack := func(n int) *bytes.Reader {
		var packed bytes.Buffer
		z, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
		z.Write(bytes.Repeat([]byte{7}, n))
		z.Close()
		return bytes.NewReader(packed.Bytes())
	}
	whole := pack(card.DataSize)
	w := &worn{b: make([]byte, Least)}
	if err := renew(w, whole); err != nil || !bytes.Equal(w.b[:card.DataSize], bytes.Repeat([]byte{7}, card.DataSize)) || w.b[card.DataSize] != 0 {
		t.Errorf("%v", err)
	}
	short := make([]byte, whole.Size()-20)
	_, _ = whole.ReadAt(short, 0)
	for name, r := range map[string]*bytes.Reader{"short": pack(card.DataSize - 1), "long": pack(card.DataSize + 1), "cut": bytes.NewReader(short),
		"none": bytes.NewReader(nil), "other": bytes.NewReader([]byte("hello hello hello"))} {
		copy(w.b, strings.Repeat("x", grain))
		err := renew(w, r)
		started := name != "none" && name != "other"
		if err == nil || started && !bytes.Equal(w.b[:grain], make([]byte, grain)) {
			t.Errorf("%s: %v, begins with %x", name, err, w.b[:4])
		}
	}
}

func TestPlaces(t *testing.T) {
	if Least > card.Data().Size || headAt < CopyAt+card.DataSize || CopyAt < card.DataSize || Least < headAt+headSize || card.DataSize%chunk != 0 || chunk%grain != 0 {
		t.Error("no room")
	}
}

func super(magic, state uint16) []byte {
	b := make([]byte, superAt+superSize)
	binary.LittleEndian.PutUint16(b[superAt+magicAt:], magic)
	binary.LittleEndian.PutUint16(b[superAt+stateAt:], state)
	return b
}

func TestExamine(t *testing.T) {
	for _, c := range []struct {
		b    []byte
		want Why
	}{{super(0xEF53, 1), Sound}, {super(0xEF53, 0), Sound}, {super(0xEF53, 4), Sound}, {super(0xEF53, 2), Marked}, {super(0xEF53, 7), Marked},
		{super(0, 1), NoSuper}, {super(0x53EF, 1), NoSuper}, {super(0xEF53, 1)[:superAt+100], NoSuper}, {nil, NoSuper}} {
		if got := examine(bytes.NewReader(c.b)); got != c.want {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

// FuzzHead: a head is exactly what is written for one, so nothing else on a card is taken for it.
func FuzzHead(f *testing.F) {
	h := Head{At: 1, Why: NoRead, Lost: 4096, Carried: true, Sum: [32]byte{1, 2, 3}}
	f.Add(h.bytes())
	f.Add((&Head{}).bytes())
	f.Add([]byte(headMagic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		part := &shifted{b}
		h, ok := ReadHead(part)
		if ok && !bytes.Equal(h.bytes(), b[:headSize]) {
			t.Fatalf("%+v of %x", h, b)
		}
		if len(b) >= headSize && bytes.Equal(b[:headSize], h.bytes()) != ok {
			t.Fatalf("%v for %x", ok, b)
		}
	})
}

// shifted shows bytes at the place of a head.
type shifted struct{ b []byte }

func (s *shifted) ReadAt(b []byte, at int64) (int, error) {
	return bytes.NewReader(s.b).ReadAt(b, at-headAt)
}
