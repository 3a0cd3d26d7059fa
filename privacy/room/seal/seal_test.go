package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func key(t testing.TB, n byte) Key {
	t.Helper()
	k, err := NewKey([32]byte{1, 2, n})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSeal(t *testing.T) {
	k, info := key(t, 1), []byte("to whom")
	for _, size := range []int{0, 1, 279, 4096} {
		plain := bytes.Repeat([]byte{0x5a}, size)
		b, err := Seal(k.Public(), info, plain)
		if err != nil || len(b) != size+Overhead {
			t.Fatalf("%d bytes for %d, %v", len(b), size, err)
		}
		if got, err := Open(k, info, b); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %x, %v", size, got, err)
		}
		if again, _ := Seal(k.Public(), info, plain); bytes.Equal(again, b) {
			t.Error("the same message gives the same bytes")
		}
		if size > 16 && bytes.Contains(b, plain[:16]) {
			t.Error("the message can be read in it")
		}
	}
}

// Each bit counts, and so do key and info.
func TestNothingElseOpens(t *testing.T) {
	k, info := key(t, 1), []byte("to whom")
	b, err := Seal(k.Public(), info, []byte("seven people"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(b) * 8 {
		// RFC 7748 section 5: the highest bit of a public key is not looked at; HPKE binds the bytes.
		wrong := bytes.Clone(b)
		wrong[i/8] ^= 1 << (i % 8)
		if _, err := Open(k, info, wrong); !errors.Is(err, ErrSealed) {
			t.Errorf("bit %d: %v", i, err)
		}
	}
	for n := range b {
		if _, err := Open(k, info, b[:n]); !errors.Is(err, ErrSealed) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	for name, try := range map[string]func() ([]byte, error){
		"longer":      func() ([]byte, error) { return Open(k, info, append(bytes.Clone(b), 0)) },
		"other key":   func() ([]byte, error) { return Open(key(t, 2), info, b) },
		"other info":  func() ([]byte, error) { return Open(k, []byte("to who"), b) },
		"no info":     func() ([]byte, error) { return Open(k, nil, b) },
		"no key":      func() ([]byte, error) { return Open(Key{}, info, b) },
		"key of zero": func() ([]byte, error) { return Seal(Public{}, info, b) },
		"low order":   func() ([]byte, error) { return Seal(Public{1}, info, b) },
	} {
		if got, err := try(); !errors.Is(err, ErrSealed) || got != nil {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

// TestGolden opens what an earlier version sealed.
func TestGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/sealed.hex")
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Open(key(t, 7), []byte("info"), b); err != nil || string(got) != "seven people" {
		t.Errorf("%q, %v", got, err)
	}
}

// A key that somebody prints by mistake does not show, and one that was not made has no public half.
func TestKeyIsNotShown(t *testing.T) {
	k, err := NewKey([32]byte(bytes.Repeat([]byte{0xa8}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%v %+v %#v %x %s %v", k, k, k, k, &k, struct{ K Key }{k})
	if strings.Contains(said, "a8") || strings.Contains(said, "168") || !strings.Contains(said, "not shown") {
		t.Error(said)
	}
	if (Key{}).Public() != (Public{}) || k.Public() == (Public{}) {
		t.Error("public halves")
	}
}

func FuzzOpen(f *testing.F) {
	k := key(f, 1)
	b, err := Seal(k.Public(), []byte("info"), []byte("seven people"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("info"), b)
	f.Add([]byte(""), []byte{})
	f.Add([]byte("info"), b[:Overhead])
	f.Fuzz(func(t *testing.T, info, b []byte) {
		got, err := Open(k, info, b)
		if err != nil && !errors.Is(err, ErrSealed) {
			t.Errorf("%v does not wrap ErrSealed", err)
		}
		if err == nil && len(got)+Overhead != len(b) {
			t.Errorf("%d bytes from %d", len(got), len(b))
		}
	})
}
