package coding

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"
)

type thing struct {
	Name  string  `cbor:"1,keyasint"`
	Count uint32  `cbor:"2,keyasint"`
	Sum   [2]byte `cbor:"3,keyasint"`
	Rest  []byte  `cbor:"10,keyasint"`
}

// the only encoding of one thing.
const one = "a4" + "01" + "626162" + "02" + "1901f4" + "03" + "420102" + "0a" + "41ff"

func TestOneForm(t *testing.T) {
	b, err := Marshal(thing{"ab", 500, [2]byte{1, 2}, []byte{0xff}})
	if err != nil || hex.EncodeToString(b) != one {
		t.Fatalf("%x, %v", b, err)
	}
	var back thing
	if err := Unmarshal(b, &back); err != nil || back.Name != "ab" || back.Count != 500 || back.Sum != [2]byte{1, 2} {
		t.Fatalf("%+v, %v", back, err)
	}
	if _, err := Marshal(make(chan int)); err == nil {
		t.Error("a channel is written")
	}
}

func TestRefuses(t *testing.T) {
	for what, code := range map[string]string{
		"nothing":           "",
		"behind the end":    one + "00",
		"twice":             one + one,
		"missing key":       "a3" + "01" + "626162" + "02" + "1901f4" + "03" + "420102",
		"unknown key":       "a5" + one[2:] + "0b00",
		"text key":          "a5" + one[2:] + "616100",
		"double key":        "a5" + one[2:] + "0a41ff",
		"other order":       "a4" + "02" + "1901f4" + "01" + "626162" + "03" + "420102" + "0a" + "41ff",
		"longer number":     "a4" + "01" + "626162" + "02" + "1a000001f4" + "03" + "420102" + "0a" + "41ff",
		"longer length":     "a4" + "01" + "78026162" + "02" + "1901f4" + "03" + "420102" + "0a" + "41ff",
		"longer map":        "b804" + one[2:],
		"indefinite map":    "bf" + one[2:] + "ff",
		"text in pieces":    "a4" + "01" + "7f61616162ff" + "02" + "1901f4" + "03" + "420102" + "0a" + "41ff",
		"bytes in pieces":   "a4" + "01" + "626162" + "02" + "1901f4" + "03" + "420102" + "0a" + "5f41ffff",
		"float":             "a4" + "01" + "626162" + "02" + "f95fd0" + "03" + "420102" + "0a" + "41ff",
		"not a number":      "a4" + "01" + "626162" + "02" + "f97e00" + "03" + "420102" + "0a" + "41ff",
		"tag":               "a4" + "01" + "626162" + "02" + "c11901f4" + "03" + "420102" + "0a" + "41ff",
		"negative":          "a4" + "01" + "626162" + "02" + "20" + "03" + "420102" + "0a" + "41ff",
		"too large":         "a4" + "01" + "626162" + "02" + "1b0000000100000000" + "03" + "420102" + "0a" + "41ff",
		"null":              "a4" + "01" + "f6" + "02" + "1901f4" + "03" + "420102" + "0a" + "41ff",
		"list for bytes":    "a4" + "01" + "626162" + "02" + "1901f4" + "03" + "820102" + "0a" + "41ff",
		"short array":       "a4" + "01" + "626162" + "02" + "1901f4" + "03" + "4101" + "0a" + "41ff",
		"bytes for text":    "a4" + "01" + "426162" + "02" + "1901f4" + "03" + "420102" + "0a" + "41ff",
		"text that is none": "a4" + "01" + "62ff62" + "02" + "1901f4" + "03" + "420102" + "0a" + "41ff",
		"a number":          "05",
		"deep":              strings.Repeat("81", 100) + "00",
		"endless":           "5b7fffffffffffffff",
	} {
		b, err := hex.DecodeString(code)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if err := Unmarshal(b, new(thing)); !errors.Is(err, ErrForm) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestDiag(t *testing.T) {
	b, _ := hex.DecodeString(one)
	fields := []Field{{1, "name"}, {2, "count"}, {3, "sum"}, {10, "rest"}}
	text, err := Diag(b, fields)
	if want := "{\n  1: \"ab\", / name /\n  2: 500, / count /\n  3: h'0102', / sum /\n  10: h'ff' / rest /\n}\n"; err != nil || text != want {
		t.Errorf("%v, %s", err, text)
	}
	for what, wrong := range map[string][]Field{"hides one": fields[:3], "one more": append(fields[:4:4], Field{11, "x"}),
		"another": {{1, "name"}, {2, "count"}, {3, "sum"}, {4, "x"}}} {
		if text, err := Diag(b, wrong); !errors.Is(err, ErrForm) || text != "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Diag([]byte{0x80}, nil); !errors.Is(err, ErrForm) {
		t.Errorf("a list: %v", err)
	}
}

func TestWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n") >> rapid.IntRange(0, 63).Draw(t, "bits")
		b, err := Marshal(n)
		if err != nil || len(b) != Width(n) {
			t.Fatalf("%d takes %d bytes, Width says %d, %v", n, len(b), Width(n), err)
		}
	})
	for n, want := range map[uint64]int{0: 1, 23: 1, 24: 2, 255: 2, 256: 3, 65_535: 3, 65_536: 5, 1<<32 - 1: 5, 1 << 32: 9, 1<<64 - 1: 9} {
		if Width(n) != want {
			t.Errorf("%d takes %d bytes, want %d", n, Width(n), want)
		}
	}
}

func TestPad(t *testing.T) {
	for spare := range 300 {
		p := Pad(spare - 10)
		if want := spare - 10 + 24; spare < 10 || want > 255 {
			if p != nil || IsPad(p, spare-10) {
				t.Errorf("spare %d: %d bytes", spare-10, len(p))
			}
			continue
		} else if len(p) != want || !bytes.Equal(p, make([]byte, want)) || !IsPad(p, spare-10) || IsPad(p, spare-9) || IsPad(append(p[1:], 1), spare-10) {
			t.Errorf("spare %d: pad %x", spare-10, p)
		}
		if b, _ := cbor.Marshal(p); len(b) != len(p)+2 {
			t.Errorf("a pad of %d takes %d", len(p), len(b))
		}
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "north-door-2": true, "0": true, "-": true, strings.Repeat("z", 32): true,
		"": false, strings.Repeat("z", 33): false, "A": false, "a b": false, "ä": false, "a_b": false, "a.b": false, "a\n": false, "a/b": false} {
		if ValidName(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	b, _ := hex.DecodeString(one)
	f.Add(b)
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var v thing
		if err := Unmarshal(b, &v); err != nil {
			if !errors.Is(err, ErrForm) {
				t.Fatal(err)
			}
			return
		}
		if again, err := Marshal(v); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x, %v", again, err)
		}
	})
}
