package mbr

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards/card"
)

func TestParse(t *testing.T) {
	b := Sector(0xCAFE0123)
	if got, err := Parse(b); err != nil || got != 0xCAFE0123 {
		t.Errorf("%x, %v", got, err)
	}
	for i := range b {
		b[i]++
		_, err := Parse(b)
		if part := i >= table; part != errors.Is(err, ErrNone) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		b[i]--
	}
	if _, err := Parse(b[:511]); !errors.Is(err, ErrNone) {
		t.Errorf("half a sector: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Sector(1))
	f.Add([]byte{0x55, 0xAA})
	f.Fuzz(func(t *testing.T, b []byte) {
		if signed, err := Parse(b); err == nil && string(Sector(signed)[signature:]) != string(append(append([]byte{}, b[signature:signature+4]...), append([]byte{0, 0}, b[table:]...)...)) {
			t.Errorf("%x taken as %x", b, signed)
		}
	})
}

func TestSfdisk(t *testing.T) {
	sfdisk, err := exec.LookPath("sfdisk")
	if err != nil {
		t.Skip("no sfdisk here (Debian package fdisk)")
	}
	path := filepath.Join(t.TempDir(), "card.img")
	if err := os.WriteFile(path, Sector(0xCAFE0123), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, card.Size); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(sfdisk, "--verify", path).CombinedOutput(); err != nil || strings.Contains(string(out), "verlap") {
		t.Errorf("sfdisk --verify: %v\n%s", err, out)
	}
	out, err := exec.Command(sfdisk, "-d", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := []string{"label: dos\n", "label-id: 0xcafe0123\n"}
	for _, p := range card.All() {
		want = append(want, fmt.Sprintf("start=%12d, size=%12d, type=%x\n", p.Start/512, p.Size/512, p.Type))
	}
	for _, w := range want {
		if !strings.Contains(string(out), w) {
			t.Errorf("sfdisk does not say %q:\n%s", w, out)
		}
	}
}
