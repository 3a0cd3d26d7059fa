package record

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"tellijn/privacy/sign"
)

var update = flag.Bool("update", false, "write the golden files anew")

// seed is that of testdata/keys.txt: a key for tests, and for nothing else.
func seed() (s [32]byte) {
	for i := range s {
		s[i] = byte(i)
	}
	return s
}

// golden holds got against a file of testdata, which -update writes anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s: %v; got\n%swant\n%sIf the change is meant, run with -update.", name, err, got, want)
	}
}

// TestGolden holds signed records against files from which others can test what they write.
func TestGolden(t *testing.T) {
	key := sign.NewKey(seed())
	golden(t, "keys.txt", "These keys are for tests, and for nothing else. Each .hex file is a signed record, its .diag the payload.\n"+
		"seed   "+hex.EncodeToString(func() []byte { s := seed(); return s[:] }())+"\n"+
		"public "+key.Public().String()+"\n"+
		"id     "+key.Public().ID().String()+"\n")
	for name, r := range examples() {
		signed, err := Seal(key, &r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(signed) > MaxSize || len(signed) != Size(&r) {
			t.Errorf("%s: %d bytes, Size says %d, at most %d", name, len(signed), Size(&r), MaxSize)
		}
		got, err := Open(key.Public(), signed)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%s: read %+v, %v, want %+v", name, got, err, r)
		}
		payload, err := sign.Open(sign.Record, key.Public(), signed)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text, err := Diag(payload)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %d bytes, %d of them payload", name, len(signed), len(payload))
		golden(t, name+".hex", hex.EncodeToString(signed)+"\n")
		golden(t, name+".diag", text)
	}
}

// TestLargest holds MaxSize and its comment against the largest that there is.
func TestLargest(t *testing.T) {
	r := fullest()
	if Size(&r) != 662 {
		t.Errorf("the largest signed record has %d bytes; mend MaxSize and its comment", Size(&r))
	}
	r.Version = 1
	if Size(&r) != 0 {
		t.Errorf("what Encode refuses has %d bytes", Size(&r))
	}
}

func TestOpenRefuses(t *testing.T) {
	key, other := sign.NewKey(seed()), sign.NewKey([32]byte{1})
	r := good()
	signed, err := Seal(key, &r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(other.Public(), signed); !errors.Is(err, sign.ErrSignature) {
		t.Errorf("the key of another: %v", err)
	}
	payload, _ := Encode(&r)
	asLog, _ := key.Sign(sign.Log, payload)
	if _, err := Open(key.Public(), asLog); !errors.Is(err, sign.ErrInvalid) {
		t.Errorf("signed as a log entry: %v", err)
	}
	lie, _ := key.Sign(sign.Record, payload[:len(payload)-1])
	if _, err := Open(key.Public(), lie); !errors.Is(err, ErrInvalid) {
		t.Errorf("signed, but no record: %v", err)
	}
	if _, err := Seal(sign.Key{}, &r); !errors.Is(err, sign.ErrInvalid) {
		t.Errorf("sealed without a key: %v", err)
	}
	r.Version = 1
	if _, err := Seal(key, &r); !errors.Is(err, ErrInvalid) {
		t.Errorf("sealed what is no record: %v", err)
	}
}

// TestDiagHidesNothing takes the comments and line ends out again and compares.
func TestDiagHidesNothing(t *testing.T) {
	for name, r := range examples() {
		b, _ := Encode(&r)
		text, err := Diag(b)
		if err != nil {
			t.Fatal(err)
		}
		text = regexp.MustCompile(`(?m) / .* /$`).ReplaceAllString(text, "")
		text = strings.NewReplacer("{\n  ", "{", ",\n  ", ", ", "\n}\n", "}").Replace(text)
		if want, _ := cbor.Diagnose(b); text != want {
			t.Errorf("%s: got  %s\nwant %s", name, text, want)
		}
	}
}

// FuzzDecode looks for bytes that are taken although Encode would not have written them.
func FuzzDecode(f *testing.F) {
	for _, r := range examples() {
		b, err := Encode(&r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0xbf, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		again, err := Encode(&r)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not the same bytes again: %v", err)
		}
		if _, err := Diag(b); err != nil {
			t.Fatal(err)
		}
	})
}
