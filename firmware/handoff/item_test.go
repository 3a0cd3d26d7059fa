package handoff

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
)

func item(k ItemKind, n int) Item {
	return Item{Kind: k, Boot: [16]byte{1, 2, 15: 9}, Sequence: 0xfffefdfc, At: 1_795_330_800, Bytes: bytes.Repeat([]byte{0xd2}, n)}
}

// counter counts the writes.
type counter struct {
	bytes.Buffer
	writes int
}

func (c *counter) Write(b []byte) (int, error) { c.writes++; return c.Buffer.Write(b) }

func TestItems(t *testing.T) {
	var pipe counter
	all := []Item{item(ItemRecord, 1), item(ItemLog, MaxItem), item(ItemEnvelope, MaxEnvelope), {Kind: ItemRecord, Boot: [16]byte{1}, Bytes: []byte{0}}}
	for _, it := range all {
		if err := WriteItem(&pipe, it); err != nil {
			t.Fatal(err)
		}
	}
	if pipe.writes != len(all) {
		t.Errorf("%d writes for %d items", pipe.writes, len(all))
	}
	for _, it := range all {
		if got, err := ReadItem(&pipe); err != nil || !reflect.DeepEqual(got, it) {
			t.Fatalf("%+v, %v, want %+v", got, err, it)
		}
	}
	if _, err := ReadItem(&pipe); err != io.EOF {
		t.Fatalf("at the end: %v", err)
	}
	var one bytes.Buffer
	if err := WriteItem(&one, item(ItemRecord, MaxItem)); err != nil || one.Len() != MaxItemSize {
		t.Fatalf("%d bytes, %v", one.Len(), err)
	}
	for n := 1; n < MaxItemSize; n++ {
		if _, err := ReadItem(bytes.NewReader(one.Bytes()[:n])); err == nil || err == io.EOF {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
}

func TestItemsRefused(t *testing.T) {
	for what, turn := range map[string]func(*Item){
		"kind 0":         func(it *Item) { it.Kind = 0 },
		"kind 4":         func(it *Item) { it.Kind = 4 },
		"no boot":        func(it *Item) { it.Boot = [16]byte{} },
		"nothing":        func(it *Item) { it.Bytes = nil },
		"large":          func(it *Item) { it.Bytes = make([]byte, MaxItem+1) },
		"large envelope": func(it *Item) { it.Kind, it.Bytes = ItemEnvelope, make([]byte, MaxEnvelope+1) },
		"before 1970":    func(it *Item) { it.At = -1 },
		"after 9999":     func(it *Item) { it.At = maxAt },
	} {
		it := item(ItemRecord, 30)
		turn(&it)
		var pipe bytes.Buffer
		if err := WriteItem(&pipe, it); !errors.Is(err, ErrInvalid) || pipe.Len() != 0 {
			t.Errorf("%s: %v, %d bytes written", what, err, pipe.Len())
		}
	}
	good := func() []byte {
		var pipe bytes.Buffer
		if err := WriteItem(&pipe, item(ItemEnvelope, 3)); err != nil {
			t.Fatal(err)
		}
		return pipe.Bytes()
	}
	for what, turn := range map[string]func(b []byte){
		"kind 0": func(b []byte) { b[0] = 0 }, "kind 9": func(b []byte) { b[0] = 9 }, "no boot": func(b []byte) { clear(b[1:17]) },
		"negative": func(b []byte) { b[28] = 0x80 }, "no bytes": func(b []byte) { b[29] = 0 }, "far too many": func(b []byte) { b[30] = 0xff },
	} {
		b := good()
		turn(b)
		if _, err := ReadItem(bytes.NewReader(b)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzReadItem(f *testing.F) {
	for _, it := range []Item{item(ItemRecord, 3), item(ItemEnvelope, MaxEnvelope)} {
		var pipe bytes.Buffer
		if err := WriteItem(&pipe, it); err != nil {
			f.Fatal(err)
		}
		f.Add(pipe.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		it, err := ReadItem(bytes.NewReader(b))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteItem(&again, it); err != nil || !bytes.HasPrefix(b, again.Bytes()) {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}

func backs() []Back {
	return []Back{{Kind: Hello}, {Kind: Stored, Boot: [16]byte{1, 15: 2}, Sequence: 0x01020304, Upto: 5, Tail: [32]byte{6, 31: 7}, Waiting: 8, Dropped: 9, Refused: 10, Failed: 1 << 60},
		{Kind: Held, Waiting: 1 << 40}, {Kind: Hello, Aside: true}, {Kind: Inward, Envelope: []byte{1}}, {Kind: Inward, Envelope: make([]byte, MaxEnvelope)}}
}

func TestBack(t *testing.T) {
	var pipe counter
	for _, m := range backs() {
		if err := WriteBack(&pipe, m); err != nil {
			t.Fatal(err)
		}
	}
	if pipe.writes != len(backs()) {
		t.Errorf("%d writes for %d messages", pipe.writes, len(backs()))
	}
	for _, m := range backs() {
		if got, err := ReadBack(&pipe); err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("%+v, %v, want %+v", got, err, m)
		}
	}
	if _, err := ReadBack(&pipe); err != io.EOF {
		t.Fatalf("at the end: %v", err)
	}
	for _, m := range []Back{{}, {Kind: 5}, {Kind: Inward}, {Kind: Inward, Envelope: make([]byte, MaxEnvelope+1)}} {
		if err := WriteBack(&pipe, m); !errors.Is(err, ErrInvalid) || pipe.Len() != 0 {
			t.Errorf("kind %d with %d bytes: %v", m.Kind, len(m.Envelope), err)
		}
	}
	for _, m := range backs()[3:5] {
		var one bytes.Buffer
		if err := WriteBack(&one, m); err != nil {
			t.Fatal(err)
		}
		b := one.Bytes()
		for i := range b {
			for bit := range 8 {
				b[i] ^= 1 << bit
				if _, err := ReadBack(bytes.NewReader(b)); err == nil || err == io.EOF {
					t.Fatalf("kind %d, byte %d, bit %d bent: %v", m.Kind, i, bit, err)
				}
				b[i] ^= 1 << bit
			}
			if i > 0 {
				if _, err := ReadBack(bytes.NewReader(b[:i])); err == nil || err == io.EOF {
					t.Fatalf("cut after %d bytes: %v", i, err)
				}
			}
		}
	}
}

func FuzzReadBack(f *testing.F) {
	for _, m := range backs() {
		var pipe bytes.Buffer
		if err := WriteBack(&pipe, m); err != nil {
			f.Fatal(err)
		}
		f.Add(pipe.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ReadBack(bytes.NewReader(b))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteBack(&again, m); err != nil || !bytes.HasPrefix(b, again.Bytes()) {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}
