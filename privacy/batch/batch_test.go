package batch

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

var update = flag.Bool("update", false, "write the golden files anew")

func good() Batch {
	return Batch{Device: "north-door", Number: Number{1, 2, 3, 4, 5, 6, 7, 8}, Waiting: 3, Dropped: 1, Poll: true, Items: []Item{
		{Kind: Record, Bytes: []byte{0xd2, 1, 2, 3}}, {Kind: Log, Bytes: []byte{9}}, {Kind: Envelope, Bytes: bytes.Repeat([]byte{7}, 40)}}}
}

func empty() Batch { return Batch{Device: "n", Number: Number{1}, Items: []Item{}} }

// fullest is the largest batch that Check lets pass.
func fullest() Batch {
	b := Batch{Device: strings.Repeat("x", maxDevice), Number: Number{0xff}, Waiting: 1<<64 - 1, Dropped: 1<<64 - 1, Poll: true}
	for range MaxItems {
		b.Items = append(b.Items, Item{Kind: Envelope, Bytes: make([]byte, MaxItem)})
	}
	return b
}

func TestGolden(t *testing.T) {
	for name, b := range map[string]Batch{"batch": good(), "empty": empty()} {
		encoded, err := Encode(&b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(encoded)
		if err != nil || !reflect.DeepEqual(got, b) {
			t.Errorf("%s: read %+v, %v, want %+v", name, got, err, b)
		}
		golden(t, name, encoded)
	}
	b := fullest()
	encoded, err := Encode(&b)
	if got, derr := Decode(encoded); err != nil || derr != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("fullest: %v, %v", err, derr)
	}
	if len(encoded) > MaxSize {
		t.Errorf("%d bytes, more than %d", len(encoded), MaxSize)
	}
	t.Logf("the largest batch has %d bytes", len(encoded))
}

// golden compares bytes and their diagnostic notation with testdata.
func golden(t *testing.T, name string, encoded []byte) {
	t.Helper()
	text, err := cbor.Diagnose(encoded)
	if err != nil {
		t.Fatal(err)
	}
	for end, got := range map[string]string{".hex": hex.EncodeToString(encoded) + "\n", ".diag": text + "\n"} {
		path := filepath.Join("testdata", name+end)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != got {
			t.Errorf("%s: %v; got\n%swant\n%sIf the change is meant, run with -update.", path, err, got, want)
		}
	}
}

// TestSizeTellsNothing changes everything that only counts.
func TestSizeTellsNothing(t *testing.T) {
	a := good()
	b := a
	b.Waiting, b.Dropped, b.Poll, b.Number = 1<<63, 1<<40, false, Number{0xfe}
	x, _ := Encode(&a)
	y, _ := Encode(&b)
	if len(x) == 0 || len(x) != len(y) {
		t.Fatalf("%d and %d bytes", len(x), len(y))
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		want string
		turn func(*Batch)
	}{
		{"device", func(b *Batch) { b.Device = "" }},
		{"device", func(b *Batch) { b.Device = "Nord Tür" }},
		{"device", func(b *Batch) { b.Device = strings.Repeat("x", maxDevice+1) }},
		{"device", func(b *Batch) { b.Device = "a/b" }},
		{"device", func(b *Batch) { b.Device = "a+b" }},
		{"number", func(b *Batch) { b.Number = Number{} }},
		{"65 items", func(b *Batch) { b.Items = make([]Item, MaxItems+1) }},
		{"kind 0", func(b *Batch) { b.Items[1].Kind = 0 }},
		{"kind 4", func(b *Batch) { b.Items[1].Kind = 4 }},
		{"item 2: 0 bytes", func(b *Batch) { b.Items[2].Bytes = nil }},
		{"item 0: 1025 bytes", func(b *Batch) { b.Items[0].Bytes = make([]byte, MaxItem+1) }},
	} {
		b := good()
		tc.turn(&b)
		if _, err := Encode(&b); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("got %v, want ErrInvalid with %q", err, tc.want)
		}
	}
}

// bend gives encodings that are readable CBOR and still not the encoding of anything.
func bend(t *testing.T, encoded []byte, text int) map[string][]byte {
	t.Helper()
	var m map[int]any
	if err := cbor.Unmarshal(encoded, &m); err != nil {
		t.Fatal(err)
	}
	det, _ := cbor.CoreDetEncOptions().EncMode()
	if same, _ := det.Marshal(m); !bytes.Equal(same, encoded) {
		t.Fatal("the map of the fields is not the encoding")
	}
	with := func(k int, v any) []byte {
		n := map[int]any{k: v}
		for i, v := range m {
			if i != k {
				n[i] = v
			}
		}
		if v == nil {
			delete(n, k)
		}
		b, err := det.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	out := map[string][]byte{
		"unknown key":   with(len(m)+1, 1),
		"version":       with(1, 2),
		"version float": with(1, 1.0),
		"tag":           with(text, cbor.Tag{Number: 1, Content: m[text]}),
		"trailing byte": append(bytes.Clone(encoded), 0),
		"double key":    append(append([]byte{encoded[0] + 1}, encoded[1:]...), byte(len(m)), 0),
		"long number":   append([]byte{encoded[0], 1, 0x18, 1}, encoded[3:]...),
		"no map":        {0x80},
		"nothing":       nil,
		"large":         make([]byte, MaxSize+1),
		"endless map":   append(append([]byte{0xbf}, encoded[1:]...), 0xff),
	}
	for k := range m {
		out["no field "+string(rune('0'+k))] = with(k, nil)
	}
	for n := range encoded {
		out["cut "+string(rune(n))] = encoded[:n]
	}
	return out
}

func TestDecodeRefuses(t *testing.T) {
	b := good()
	encoded, _ := Encode(&b)
	for what, bytes := range bend(t, encoded, 2) {
		if _, err := Decode(bytes); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", what, err)
		}
	}
	// What is too long is not even looked at.
	if _, err := Decode(append(encoded, make([]byte, MaxSize)...)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("long: %v", err)
	}
	null := bytes.Replace(mustEncode(t, empty()), []byte{4, 0x80}, []byte{4, 0xf6}, 1)
	if _, err := Decode(null); !errors.Is(err, ErrInvalid) {
		t.Errorf("null for no items: %v", err)
	}
}

func mustEncode(t testing.TB, b Batch) []byte {
	t.Helper()
	encoded, err := Encode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func FuzzDecode(f *testing.F) {
	f.Add(mustEncode(f, good()))
	f.Add(mustEncode(f, empty()))
	f.Add([]byte{0xbf, 0xff})
	f.Fuzz(func(t *testing.T, encoded []byte) {
		b, err := Decode(encoded)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		if again, err := Encode(&b); err != nil || !bytes.Equal(again, encoded) {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}

func TestPlaces(t *testing.T) {
	if Up("d") != "tellijn/v1/d/up" || Down("d") != "tellijn/v1/d/down" || Status("d") != "tellijn/v1/d/status" {
		t.Error(Up("d"), Down("d"), Status("d"))
	}
	for _, device := range []string{"d", "north-door-2", strings.Repeat("x", maxDevice)} {
		for _, n := range []uint64{0, 7, 999_999_999_999, 1<<64 - 1} {
			for _, end := range []string{BatchFile, AnswerFile} {
				name := FileName(device, n, end)
				if d, m, e, ok := ParseFileName(name); !ok || d != device || m != n || e != end {
					t.Errorf("%s: %q %d %q %v", name, d, m, e, ok)
				}
			}
		}
	}
	if a, b := FileName("d", 9, BatchFile), FileName("d", 10, BatchFile); a >= b {
		t.Errorf("%s sorts behind %s", a, b)
	}
	for _, name := range []string{"", "tellijn-d-1.batch", "tellijn-d-000000000001.batch.tmp", "tellijn-D-000000000001.batch", "tellijn--000000000001.batch",
		"tellijn-d-0000000000001.batch", "tellijn-d.batch", "x-d-000000000001.batch", "tellijn-d-00000000000a.answer", "tellijn-../d-000000000001.batch"} {
		if d, n, _, ok := ParseFileName(name); ok {
			t.Errorf("%q taken: %q %d", name, d, n)
		}
	}
}
