package starter

import (
	"os"
	"strings"
	"testing"

	"tellijn/privacy/layers"
)

const confined = "Name:\teye\nUid:\t65534\t65534\t65534\t65534\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n" +
	"CapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n"

func TestStatus(t *testing.T) {
	both := layers.Filter | layers.Rights
	if got := status([]byte(confined), filters); got != both {
		t.Fatalf("confined: %s", got)
	}
	for _, c := range []struct {
		from, to string
		want     layers.Layers
	}{
		{"Seccomp:\t2", "Seccomp:\t0", layers.Rights},
		{"Seccomp_filters:\t3", "Seccomp_filters:\t2", layers.Rights},
		{"Seccomp_filters:\t3", "Seccomp_filters:\tx", layers.Rights},
		{"NoNewPrivs:\t1", "NoNewPrivs:\t0", layers.Filter},
		{"CapPrm:\t0000000000000000", "CapPrm:\t0000000000000400", layers.Filter},
		{"Uid:\t65534", "Uid:\t0", layers.Filter},
		{"Seccomp:\t2\n", "", 0},
		{"Uid:", "Gid:", 0},
	} {
		if got := status([]byte(strings.Replace(confined, c.from, c.to, 1)), filters); got != c.want {
			t.Errorf("%q for %q: %s, want %s", c.to, c.from, got, c.want)
		}
	}
}

// This test is not confined, and nobody is there under a number that is not.
func TestLook(t *testing.T) {
	for _, pid := range []int{os.Getpid(), 1 << 30} {
		if got := look(pid); got != 0 && got != layers.Rights {
			t.Errorf("process %d: %s", pid, got)
		}
	}
}
