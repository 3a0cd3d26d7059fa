package radio

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

// TestRun has a program that ends at once: it runs as somebody else with two rights, its words can be read, and it
// is started again, less and less often.
func TestRun(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to start programs as others")
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	now := time.Hour
	s := Supplicant{Path: "/bin/sh", Args: []string{"sh", "-c", `echo "for $0"; cat /proc/self/status`}, Env: []string{"PATH=/bin"}, User: 65533, Null: null.Fd(), Boot: func() time.Duration { return now }}
	words := func(fd int) string {
		f := os.NewFile(uintptr(fd), "words")
		defer f.Close()
		b, err := io.ReadAll(f)
		if err != nil {
			t.Error(err)
		}
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) { // it ends after its last word
			if stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid)); strings.Contains(string(stat), ") Z ") {
				break
			}
		}
		return string(b)
	}
	fd, err := s.Run("wlan7")
	if err != nil || fd < 0 {
		t.Fatal(fd, err)
	}
	said := words(fd)
	for _, want := range []string{"for wlan7\n", "Uid:\t65533\t65533", "Gid:\t65533", "Groups:\t \n", "CapEff:\t0000000000003000", "CapAmb:\t0000000000003000"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	starts := 1
	for end := now + time.Hour; now < end; now += time.Second {
		fd, err := s.Run("wlan7")
		if err != nil {
			t.Fatal(err)
		}
		if fd >= 0 {
			starts++
			words(fd)
		}
	}
	if starts < 30 || starts > 70 {
		t.Errorf("started %d times in an hour", starts)
	}
	s.Path = "/nowhere"
	now += time.Hour
	if fd, err := s.Run("wlan7"); err == nil || fd >= 0 {
		t.Errorf("%d, %v", fd, err)
	}
}

// TestRunsOn has a program that does not end: it is not started again.
func TestRunsOn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to start programs as others")
	}
	now := time.Hour
	s := Supplicant{Path: "/bin/sh", Args: []string{"sh", "-c", "sleep 5"}, Env: []string{"PATH=/bin"}, User: 65533, Boot: func() time.Duration { return now }}
	fd, err := s.Run("wlan7")
	if err != nil || fd < 0 {
		t.Fatal(fd, err)
	}
	defer os.NewFile(uintptr(fd), "words").Close()
	for range 100 {
		now += time.Minute
		if fd, err := s.Run("wlan7"); fd >= 0 || err != nil {
			t.Fatalf("again: %d, %v", fd, err)
		}
	}
}
