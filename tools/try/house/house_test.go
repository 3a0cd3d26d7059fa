package house

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/tools/collector/enrol"
)

func TestTake(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "house")
	leave, err := Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "north-door", "warden"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir); !errors.Is(err, ErrTaken) {
		t.Errorf("two houses at one place: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "north-door")); err != nil {
		t.Errorf("the second one put things of the first away: %v", err)
	}
	leave()
	leave, err = Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	if _, err := os.Stat(filepath.Join(dir, "north-door")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what an earlier house left is still there: %v", err)
	}
}

// TestTakeNothingElse: somebody named the wrong directory.
func TestTakeNothingElse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "thesis.txt")
	if err := write(path, "years of work"); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir); err == nil || !strings.Contains(err.Error(), "-dir") {
		t.Errorf("took a directory with other things in it: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: want it as it was", entries, err)
	}
}

// TestHere holds the broker to this computer, with the configuration that enrol really makes.
func TestHere(t *testing.T) {
	conf, err := enrol.Broker(t.TempDir(), []string{"127.0.0.1:18883"}, t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got, err := here(conf, "127.0.0.1:18883")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "listener") {
			n++
			if line != "listener 18883 127.0.0.1\n" {
				t.Errorf("%q, which others could reach", line)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d listeners, want 1", n)
	}
	if _, err := here("listener 1\n", "127.0.0.1:18883"); err == nil {
		t.Error("a configuration without that listener is taken")
	}
}

// TestMosquitto: it is there, or somebody is told how to get it.
func TestMosquitto(t *testing.T) {
	path, err := Mosquitto()
	if (path == "") != errors.Is(err, ErrNoBroker) {
		t.Errorf("%q, %v", path, err)
	}
	if !strings.Contains(ErrNoBroker.Error(), "apt-get install mosquitto") {
		t.Errorf("%v: does not say what to do", ErrNoBroker)
	}
}

func TestFree(t *testing.T) {
	address, err := free()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if !strings.HasPrefix(address, "127.0.0.1:") {
		t.Errorf("%s, want one of this computer", address)
	}
}
