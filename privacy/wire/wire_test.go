package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/wire/fixed"
)

func good() Message {
	m := Message{Stream: Stream{camera.YUYV, 640, 480, time.Second / 30, layers.Needed}}
	m.Tally = tally.Tally{From: 30, To: 60, Cycles: 28, Damaged: 1, Dropped: 3,
		Lifetime: tally.Lifetime{Worst: 900, P999: 1024}, Quality: tally.Crowded}
	m.Tally.Lines[0] = tally.Line{Forward: 2, Backward: 1}
	m.Tally.Lines[1] = tally.Line{Forward: 1}
	m.Tally.Zones[0] = tally.Zone{Inside: 3, Peak: 4}
	return m
}

func terms(since time.Duration) Terms {
	return Terms{Lines: 2, Zones: 1, Beat: time.Second, Speed: 1,
		Since: func() time.Duration { return since }}
}

func TestSize(t *testing.T) {
	m := good()
	c := fixed.Writing(make([]byte, 2*Size))
	if m.layout(&c); c.At() != Size {
		t.Fatalf("the layout has %d bytes, Size says %d", c.At(), Size)
	}
}

func TestThereAndBack(t *testing.T) {
	var pipe bytes.Buffer
	in := good()
	w := NewWriter(&pipe, in.Stream)
	for n := range uint32(3) {
		in.Tally.Number, in.Tally.From, in.Tally.To = n, 30*n, 30*n+30
		if err := w.Write(&in.Tally); err != nil {
			t.Fatal(err)
		}
	}
	r := NewReader(&pipe, terms(0))
	for range 3 {
		m, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if m.Tally.Number == 2 && m != in {
			t.Fatalf("read %+v, want %+v", m, in)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Fatalf("at the end: %v, want io.EOF", err)
	}
}

func TestLies(t *testing.T) {
	for _, tc := range []struct {
		what string
		turn func(*Message)
		want string
	}{
		{"number", func(m *Message) { m.Tally.Number = 7 }, "number 7"},
		{"backwards", func(m *Message) { m.Tally.To = m.Tally.From }, "interval"},
		{"gap", func(m *Message) { m.Tally.From-- }, "the last one ended"},
		{"cycles", func(m *Message) { m.Tally.Cycles = 30 }, "31 cycles"},
		{"drops", func(m *Message) { m.Tally.Dropped = 1 << 30 }, "drops"},
		{"lifetime", func(m *Message) { m.Tally.Lifetime.P999 = MaxLifetime + 1 }, "lifetime"},
		{"quality", func(m *Message) { m.Tally.Quality |= 1 << 9 }, "0x200"},
		{"crowd", func(m *Message) { m.Tally.Lines[0].Forward = 64 * 30 }, "line 0"},
		{"overflow", func(m *Message) { m.Tally.Lines[0] = tally.Line{Forward: 1 << 31, Backward: 1 << 31} }, "line 0"},
		{"line", func(m *Message) { m.Tally.Lines[2].Forward = 1 }, "line 2"},
		{"zone", func(m *Message) { m.Tally.Zones[1] = tally.Zone{Inside: 1, Peak: 1} }, "zone 1"},
		{"peak", func(m *Message) { m.Tally.Zones[0].Inside = 5 }, "zone 0"},
		{"full zone", func(m *Message) { m.Tally.Zones[0].Peak = 65 }, "zone 0"},
		{"stream", func(m *Message) { m.Stream.Width = 320 }, "stream changed"},
		{"format", func(m *Message) { m.Stream.Pixel = 9 }, "pixel format"},
		{"layers", func(m *Message) { m.Stream.Held = layers.All + 1 }, "unknown layers"},
		{"fewer layers", func(m *Message) { m.Stream.Held = 0 }, "stream changed"},
	} {
		first, second := good(), good()
		first.Tally.From, first.Tally.To, second.Tally.Number = 0, 30, 1
		tc.turn(&second)
		var buf [Size]byte
		var pipe bytes.Buffer
		for _, m := range []*Message{&first, &second} {
			Encode(&buf, m)
			pipe.Write(buf[:])
		}
		r := NewReader(&pipe, terms(0))
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		var lie *Lie
		if _, err := r.Next(); !errors.As(err, &lie) || !strings.Contains(lie.What, tc.want) {
			t.Errorf("%s: got %v, want a lie with %q", tc.what, err, tc.want)
		}
	}
}

func TestCutAndBent(t *testing.T) {
	var whole [Size]byte
	m := good()
	Encode(&whole, &m)
	var lie *Lie
	for n := 1; n < Size; n++ {
		if _, err := NewReader(bytes.NewReader(whole[:n]), terms(0)).Next(); !errors.As(err, &lie) {
			t.Fatalf("%d bytes: %v", n, err)
		}
		bent := whole
		bent[n] ^= 1
		if _, err := Decode(&bent); !errors.As(err, &lie) {
			t.Fatalf("byte %d bent: %v", n, err)
		}
	}
}

// Every bit means something: there is none in which an eye could put anything else. A bit that is
// turned, with the sum put right, is a lie, or other numbers, and never the same numbers.
func TestNoBitIsFree(t *testing.T) {
	var whole [Size]byte
	m := good()
	Encode(&whole, &m)
	lies := 0
	for bit := range 8 * (Size - 4) {
		bent := whole
		bent[bit/8] ^= 1 << (bit % 8)
		binary.LittleEndian.PutUint32(bent[Size-4:], crc32.ChecksumIEEE(bent[:Size-4]))
		got, err := Decode(&bent)
		if err != nil {
			lies++
		} else if got == m {
			t.Errorf("bit %d of byte %d says nothing", bit%8, bit/8)
		}
	}
	if lies < 500 {
		t.Errorf("%d of %d turned bits are lies", lies, 8*(Size-4))
	}
	t.Logf("%d of %d turned bits are lies, each other changes a number", lies, 8*(Size-4))
}

func TestRate(t *testing.T) {
	count := func(since time.Duration, unpaced bool) (n int) {
		var pipe bytes.Buffer
		m := good()
		m.Tally.To = 0
		w := NewWriter(&pipe, m.Stream)
		for range 100 {
			m.Tally.From, m.Tally.To = m.Tally.To, m.Tally.To+30
			if err := w.Write(&m.Tally); err != nil {
				t.Fatal(err)
			}
			m.Tally.Number++
		}
		terms := terms(since)
		terms.Unpaced = unpaced
		for r := NewReader(&pipe, terms); ; n++ {
			if _, err := r.Next(); err != nil {
				var lie *Lie
				if n < 100 && !errors.As(err, &lie) {
					t.Fatal(err)
				}
				return n
			}
		}
	}
	if n := count(0, false); n != burst {
		t.Errorf("%d tallies at once, want %d", n, burst)
	}
	if n := count(8*time.Second, false); n != 10+burst {
		t.Errorf("%d tallies in 8 s, want %d", n, 10+burst)
	}
	if n := count(time.Hour, false); n != 100 {
		t.Errorf("%d tallies after a stall, want all 100", n)
	}
	if n := count(0, true); n != 100 {
		t.Errorf("%d tallies of a clip, want all 100", n)
	}
}

// A tally may span frames that never came, but no more frames than there was time for.
func TestFramesNeedTime(t *testing.T) {
	read := func(since time.Duration, from, to uint32) error {
		var buf [Size]byte
		m := good()
		m.Tally.From, m.Tally.To = from, to
		Encode(&buf, &m)
		_, err := NewReader(bytes.NewReader(buf[:]), terms(since)).Next()
		return err
	}
	var lie *Lie
	for _, c := range []struct {
		since    time.Duration
		from, to uint32
		ok       bool
	}{
		{10 * time.Second, 0, 300, true}, {10 * time.Second, 0, 490, true}, {10 * time.Second, 0, 600, false},
		{time.Hour, 0, 108_000, true}, {10 * time.Second, 0, 1 << 31, false}, {10 * time.Second, 1, 60, false},
	} {
		if err := read(c.since, c.from, c.to); (err == nil) != c.ok || err != nil && !errors.As(err, &lie) {
			t.Errorf("frames %d to %d after %v: %v", c.from, c.to, c.since, err)
		}
	}
}

// What Error says is one of a few sentences, whatever numbers a lie holds.
func TestALieIsNotRepeated(t *testing.T) {
	said := map[string]bool{}
	for n := range uint32(200) {
		var buf [Size]byte
		m := good()
		m.Tally.From, m.Tally.Number = 0, n*77_777_777
		if n%2 == 1 {
			m.Tally.Number, m.Tally.Lines[0].Forward = 0, 1<<31+n*7_777_777
		}
		Encode(&buf, &m)
		_, err := NewReader(bytes.NewReader(buf[:]), terms(time.Hour)).Next()
		if n == 0 {
			if err != nil {
				t.Fatalf("no lie: %v", err)
			}
			continue
		}
		var lie *Lie
		if !errors.As(err, &lie) || strings.ContainsAny(err.Error(), "0123456789") {
			t.Fatalf("%v", err)
		}
		said[err.Error()] = true
	}
	if len(said) != 2 {
		t.Errorf("%d sentences for two kinds of lies: %v", len(said), said)
	}
}

func TestACameraIsNoFasterThanAskedFor(t *testing.T) {
	var buf [Size]byte
	m := good()
	m.Tally.From = 0
	Encode(&buf, &m)
	for shortest, ok := range map[time.Duration]bool{0: true, m.Stream.Interval: true, m.Stream.Interval + 1: false} {
		terms := terms(time.Hour)
		terms.Shortest = shortest
		if _, err := NewReader(bytes.NewReader(buf[:]), terms).Next(); (err == nil) != ok {
			t.Errorf("shortest %v: %v", shortest, err)
		}
	}
}

func TestWriterAllocatesNothing(t *testing.T) {
	m := good()
	w := NewWriter(io.Discard, m.Stream)
	if n := testing.AllocsPerRun(100, func() {
		if err := w.Write(&m.Tally); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Fatalf("%v allocations, want 0", n)
	}
}

// FuzzDecode looks for a second spelling of one message, and for errors that are not lies.
func FuzzDecode(f *testing.F) {
	var buf [Size]byte
	m := good()
	Encode(&buf, &m)
	f.Add(buf[:])
	m.Tally = tally.Tally{To: 1}
	Encode(&buf, &m)
	f.Add(buf[:])
	f.Fuzz(func(t *testing.T, b []byte) {
		var buf, again [Size]byte
		copy(buf[:], b)
		// The right sum lets the fuzzer get behind it.
		binary.LittleEndian.PutUint32(buf[Size-4:], crc32.ChecksumIEEE(buf[:Size-4]))
		m, err := Decode(&buf)
		if err != nil {
			var lie *Lie
			if !errors.As(err, &lie) {
				t.Fatalf("%v is no lie", err)
			}
			return
		}
		if Encode(&again, &m); again != buf {
			t.Fatal("not the same bytes again")
		}
	})
}
