//go:build linux && (amd64 || arm64)

package confine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/privacy/sandbox/eyes"
	"tellijn/privacy/wire"
)

// parent starts a program that is confined and waits, and then waits itself.
func parent(how string) int {
	runtime.LockOSThread() // the thread that starts is the one whose end counts
	c := exec.Command(os.Args[0], "confined", how+" stay")
	c.Env, c.Stderr, c.ExtraFiles = os.Environ(), os.Stderr, []*os.File{os.NewFile(eyes.FdTally, "tally")}
	if err := c.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return trouble
	}
	c.ExtraFiles[0].Close()
	time.Sleep(time.Minute)
	return trouble
}

// stay says a tally each fifth of a second, for ten seconds.
func stay() error {
	for range 50 {
		if _, err := unix.Write(eyes.FdTally, make([]byte, wire.Size)); err != nil {
			return err
		}
		// time.Sleep has timers, for which Go makes a poller.
		if err := unix.Nanosleep(&unix.Timespec{Nsec: 200e6}, nil); err != nil {
			return err
		}
	}
	return nil
}

// outlives kills the parent of a confined program and tells whether that is heard a second later.
func outlives(t *testing.T, how string) bool {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := exec.Command(os.Args[0], "parent", how)
	c.Env = []string{"GODEBUG=decoratemappings=0,updatemaxprocs=0", "DIR=" + t.TempDir()}
	c.ExtraFiles, c.Stderr = []*os.File{w}, os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	tally := make([]byte, wire.Size)
	r.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, err = io.ReadFull(r, tally) // it is confined and lives
	c.Process.Kill()
	c.Wait()
	if err != nil {
		t.Fatalf("%s: never confined: %v", how, err)
	}
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		if _, err = io.ReadFull(r, tally); err != nil {
			return false // the pipe ends with the last program that can write to it
		}
	}
	return true
}

// Who was root has changed its user, so the kernel has forgotten what the parent asked for.
func TestDiesWithItsParent(t *testing.T) {
	pure(t)
	for _, c := range []struct {
		how  string
		want bool
	}{{"counts", false}, {"opens", false}, {"settles", false}, {"thrice", false}, {"warden", false}, {"courier", true}} {
		if got := outlives(t, c.how); got != c.want {
			t.Errorf("%s outlives its parent: %v, want %v", c.how, got, c.want)
		}
	}
}

// A parent that was there before and is gone now sends no signal any more.
func TestOrphan(t *testing.T) {
	pure(t)
	defer all("nothing at the end of the parent", unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, 0)
	if err := tie(os.Getppid() + 1); !errors.Is(err, errOrphan) {
		t.Errorf("%v, want an orphan", err)
	}
	if err := tie(os.Getppid()); err != nil {
		t.Error(err)
	}
}
