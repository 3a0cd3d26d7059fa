package enrol

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/firmware/warden/ledger"
)

func some(n byte) ledger.Keys {
	return ledger.Keys{Sign: [32]byte{n}, Seal: [32]byte{n, 1}, Secret: [32]byte{n, 2}}
}

// bench is a device and a card.
type bench struct {
	t          *testing.T
	path, file string
	said       string
}

func begin(t *testing.T) *bench {
	dir := t.TempDir()
	return &bench{t: t, path: filepath.Join(dir, "warden", "ledger.db"), file: filepath.Join(dir, "keys.bin")}
}

func (b *bench) put(text []byte) {
	b.t.Helper()
	if err := os.WriteFile(b.file, text, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) take() (int, error) {
	b.said = ""
	return Take(b.file, b.path, func(line string) { b.said += line + "\n" })
}

// keys are those of the device; made new if there are none.
func (b *bench) keys() ledger.Keys {
	b.t.Helper()
	l, err := ledger.Open(b.path, ledger.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	defer l.Close()
	k, _, err := l.Keys(bytes.NewReader(bytes.Repeat([]byte{99}, 96)))
	if err != nil || l.Lost != nil {
		b.t.Fatal(err, l.Lost)
	}
	return k
}

func TestTake(t *testing.T) {
	b := begin(t)
	k := some(1)
	b.put(k.Bytes())
	if code, err := b.take(); code != 0 || err != nil || !strings.Contains(b.said, "Loaded   keys: those that were made for this device") || b.keys() != k {
		t.Fatalf("new: %d, %v, %s", code, err, b.said)
	}
	// The power went before the file was wiped.
	if code, err := b.take(); code != 0 || err != nil || !strings.Contains(b.said, "has those of the file already") || b.keys() != k {
		t.Errorf("again: %d, %v, %s", code, err, b.said)
	}
	other := some(2)
	b.put(other.Bytes())
	if code, err := b.take(); code != 0 || err != nil || !strings.Contains(b.said, "keeps them") || b.keys() != k {
		t.Errorf("others: %d, %v, %s", code, err, b.said)
	}
	b.put([]byte("no keys"))
	if code, err := b.take(); code != 0 || err != nil || !strings.Contains(b.said, "keeps those that it has") || b.keys() != k {
		t.Errorf("nonsense on a device with keys: %d, %v, %s", code, err, b.said)
	}
	for _, secret := range []string{"\x01\x01", "\x02\x02"} {
		if strings.Contains(b.said, secret) {
			t.Error("a key is shown")
		}
	}
}

func TestUnusable(t *testing.T) {
	b := begin(t)
	k := some(1)
	for name, text := range map[string][]byte{"empty": {}, "short": k.Bytes()[1:], "long": append(k.Bytes(), 0), "huge": make([]byte, 1<<20), "zeros": (&ledger.Keys{}).Bytes()} {
		b.put(text)
		if code, err := b.take(); code != Unusable || !errors.Is(err, errForm) || !strings.Contains(err.Error(), "-keys") {
			t.Errorf("%s: %d, %v", name, code, err)
		}
	}
	if err := os.Remove(b.file); err != nil {
		t.Fatal(err)
	}
	if code, err := b.take(); code != 1 || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %d, %v", code, err)
	}
	// None of that made keys: those that come later are taken.
	b.put(k.Bytes())
	if code, err := b.take(); code != 0 || err != nil || b.keys() != k {
		t.Errorf("%d, %v, %s", code, err, b.said)
	}
}
