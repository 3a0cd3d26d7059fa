package ledger

import (
	"bytes"
	"errors"
	"testing"
)

func some() Keys {
	return Keys{Sign: [32]byte{1, 31: 2}, Seal: [32]byte{3, 31: 4}, Secret: [32]byte{5, 31: 6}}
}

// What Bytes gives is read again, and nothing that differs from it in any byte.
func TestParseKeys(t *testing.T) {
	k := some()
	b := k.Bytes()
	if got, err := ParseKeys(b); err != nil || got != k {
		t.Fatalf("%v, the same keys: %v", err, got == k)
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1
		if got, err := ParseKeys(bad); !errors.Is(err, errKeys) || got != (Keys{}) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for n := range b {
		if _, err := ParseKeys(b[:n]); !errors.Is(err, errKeys) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	for i, z := range []func(*Keys){func(k *Keys) { k.Sign = [32]byte{} }, func(k *Keys) { k.Seal = [32]byte{} }, func(k *Keys) { k.Secret = [32]byte{} }} {
		k := some()
		z(&k)
		if _, err := ParseKeys(k.Bytes()); !errors.Is(err, errKeys) {
			t.Errorf("key %d of zeros: %v", i, err)
		}
	}
}

func FuzzParseKeys(f *testing.F) {
	k := some()
	f.Add(k.Bytes())
	f.Add([]byte{keysVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, err := ParseKeys(b); err == nil && !bytes.Equal(k.Bytes(), b) {
			t.Error("another spelling of keys")
		}
	})
}
