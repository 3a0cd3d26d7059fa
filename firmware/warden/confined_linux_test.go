package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/starter"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

// keeper is the name of this test program where it plays a core with a ledger.
const keeper = "keeper"

func TestMain(m *testing.M) {
	if os.Args[0] == keeper {
		if err := keep(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// keep does all that is done to a ledger, confined as the core is: the file grows and shrinks, fails,
// is read and looked through, and is let go.
func keep(path string) error {
	l, err := ledger.Open(path, ledger.Options{MaxEach: 200})
	if err != nil {
		return err
	}
	if _, err := confine.Enter(sandbox.Warden(starter.LineFd, int(l.Fd()), os.Getpid())); err != nil {
		return err
	}
	if _, made, err := l.Keys(strings.NewReader(strings.Repeat("random", 16))); err != nil || !made {
		return fmt.Errorf("keys: %v, %w", made, err)
	}
	for n := range 300 {
		err := l.Update(func(tx *ledger.Tx) error {
			return errors.Join(tx.Put(fmt.Sprint("a", n%100), make([]byte, 4000)), tx.Delete(fmt.Sprint("a", (n+50)%100)))
		})
		if err != nil {
			return err
		}
	}
	failed := errors.New("failed")
	if err := l.Update(func(tx *ledger.Tx) error { _ = tx.Put("a", nil); return failed }); !errors.Is(err, failed) {
		return fmt.Errorf("a change that failed: %w", err)
	}
	return errors.Join(l.Check(), l.View(func(tx *ledger.Tx) error { tx.Items(0, 100); return nil }), l.Close())
}

// TestLedger has the list of calls of the core hold for the ledger that there is.
func TestLedger(t *testing.T) {
	if _, _, e := syscall.AllThreadsSyscall(syscall.SYS_GETPID, 0, 0, 0); e != 0 {
		t.Skip("built with cgo (the race detector needs it): run without -race, or with CGO_ENABLED=0")
	}
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ledger.db")
	c := exec.Command(me)
	c.Args, c.Env = []string{keeper, path}, []string{"GODEBUG=updatemaxprocs=0,containermaxprocs=0,decoratemappings=0"}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if info, err := os.Stat(path); err != nil || info.Size() < 256<<10 {
		t.Errorf("the file did not grow: %v", err)
	}
}
