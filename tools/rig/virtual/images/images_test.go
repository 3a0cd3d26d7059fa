package images_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/tools/rig/virtual/images"
)

// TestReady gives images that were made before, with a sum that follows the file.
func TestReady(t *testing.T) {
	path := filepath.Join(t.TempDir(), "virt.img")
	put := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	s := images.Store{Ready: map[string]string{"virt": path}}
	say := func(line string) { t.Errorf("made: %s", line) }
	for i, c := range []struct{ text, want string }{
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}, // FIPS 180-4
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	} {
		put(c.text, time.Unix(int64(i), 0))
		for _, named := range []string{"", path} {
			at, sum, err := s.Get(t.Context(), "virt", named, say)
			if at != path || sum != c.want || err != nil {
				t.Errorf("%q: %q, %q, %v", c.text, at, sum, err)
			}
		}
	}
	put("ab", time.Unix(1, 0)) // another size at the same moment
	if _, sum, err := s.Get(t.Context(), "virt", "", say); err != nil || sum != "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603" {
		t.Errorf("%q, %v", sum, err)
	}
	if _, _, err := s.Get(t.Context(), "virt", path+".no", say); err == nil {
		t.Error("an image that is not there")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("what somebody else made is gone: %v", err)
	}
}

// TestMake sees that what cannot be made is an error, and nothing is left.
func TestMake(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := images.Store{Tree: "."}
	said := ""
	if _, _, err := s.Get(t.Context(), "toaster", "", func(line string) { said = line }); err == nil || said == "" {
		t.Errorf("a board that is not there: %v, said %q", err, said)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
