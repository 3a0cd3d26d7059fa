package device

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestThere(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "config.toml", "x")
	if err := os.Mkdir(filepath.Join(dir, "keys.bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if There(dir, "config.toml") != path || There(dir, "keys.bin") != "" || There(dir, "wifi.toml") != "" {
		t.Error("what is there is not said, or more")
	}
}

func TestCertificates(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "new", "courier")
	check := func(want ...string) {
		t.Helper()
		got, err := Certificates(from, to)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
		all, _ := os.ReadDir(to)
		for _, e := range all {
			a, _ := os.ReadFile(filepath.Join(from, e.Name()))
			b, _ := os.ReadFile(filepath.Join(to, e.Name()))
			info, _ := e.Info()
			if !bytes.Equal(a, b) || info.Mode() != 0o600 {
				t.Errorf("%s is not the one of the card, or has mode %v", e.Name(), info.Mode())
			}
		}
	}
	check()
	write(t, from, "ca.pem", "authority")
	write(t, from, "device.key", "key")
	write(t, from, "other.pem", "not for the courier")
	check("ca.pem", "device.key")
	check() // nothing is written again
	write(t, from, "device.key", "another")
	write(t, from, "device.pem", "certificate")
	check("device.pem", "device.key")
	write(t, from, "ca.pem", string(make([]byte, mostFile+1)))
	if got, err := Certificates(from, to); err == nil || len(got) != 0 {
		t.Errorf("too long: %q, %v", got, err)
	}
	if b, _ := os.ReadFile(filepath.Join(to, "ca.pem")); string(b) != "authority" {
		t.Error("the one before is gone")
	}
}

// TestWipe sees that nothing of the file is left under another name of it.
func TestWipe(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "keys.bin", "secret secret")
	other := filepath.Join(dir, "other")
	if err := os.Link(path, other); err != nil {
		t.Skip(err)
	}
	if err := Wipe(path); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(other); err != nil || !bytes.Equal(b, make([]byte, len("secret secret"))) {
		t.Errorf("left over: %q, %v", b, err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("it is still there")
	}
	if err := Wipe(path); err == nil {
		t.Error("what is not there was wiped")
	}
}
