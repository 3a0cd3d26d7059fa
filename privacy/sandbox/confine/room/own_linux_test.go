//go:build linux && (amd64 || arm64)

package room

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParentIn(t *testing.T) {
	for stat, want := range map[string]int{
		"7 (eye) S 3 7 7 0 -1":             3,
		"7 (a) R 9 (b) S 12 7":             12,
		"7 (x y\n) S 44) S 5 5":            5,
		"1 (eye) S 0 1 1":                  0,
		"7 (eye) S":                        0,
		"7 (eye) S x":                      0,
		"":                                 0,
		"7 (eye) S 99999999999999999999 1": 0,
	} {
		if got := parentIn([]byte(stat)); got != want {
			t.Errorf("%q: %d, want %d", stat, got, want)
		}
	}
	stat, err := read("/proc/self/stat")
	if err != nil || parentIn(stat) != os.Getppid() {
		t.Errorf("%d in %q (%v), want %d", parentIn(stat), stat, err, os.Getppid())
	}
}

// Only a map of one line that is not the machine's own shows a namespace of users; whatever is not
// understood is taken for the machine's.
func TestWhole(t *testing.T) {
	for users, want := range map[string]bool{
		"         0          0 4294967295\n": true,
		"         0       1000          1\n": false,
		"      1000       1000          1\n": false,
		"":                                   true,
		"0 0 1\n1 1 4294967294\n":            true,
		"0 0":                                true,
	} {
		if got := whole([]byte(users)); got != want {
			t.Errorf("%q: %v", users, got)
		}
	}
}

// This test is not the first process of anything, and its mounts are those of who started it.
func TestOwn(t *testing.T) {
	mine, err := link("/proc/self/ns/mnt")
	if err != nil || !strings.HasPrefix(mine, "mnt:[") {
		t.Fatalf("%q, %v", mine, err)
	}
	if own(unix.Getpid()) || own(1) {
		t.Error("the mounts of this test are its own")
	}
	if _, err := link("/proc/self/ns/absent"); err == nil {
		t.Error("a link that is not there")
	}
	if _, err := read("/proc/absent"); err == nil {
		t.Error("a file that is not there")
	}
}

func TestRefused(t *testing.T) {
	if err := refused("x", unix.EPERM); err != nil {
		t.Error(err)
	}
	if err := refused("x", unix.ENOMEM); err == nil || !strings.Contains(err.Error(), "room: x: ") {
		t.Error(err)
	}
}
