//go:build linux && (amd64 || arm64)

package confine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/privacy/wire"
)

// The test program is also the one that is confined: it runs itself with the name of what to try.

// Exit codes of the confined program.
const (
	worked  = 40
	refused = 41
	trouble = 42
)

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "confined" {
		os.Exit(confined(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == "parent" {
		os.Exit(parent(os.Args[2]))
	}
	os.Exit(m.Run())
}

// stages are the manifests that a program enters, one after the other.
func stages(how string) []sandbox.Manifest {
	e := eyes.Eye{Device: os.Getenv("CAMERA"), Camera: -1, Pid: os.Getpid()}
	switch how {
	case "opens":
		return []sandbox.Manifest{eyes.Opens(e)}
	case "settles":
		return []sandbox.Manifest{eyes.Settles(e)}
	case "counts":
		return []sandbox.Manifest{eyes.Settles(e), eyes.Counts(e)}
	case "thrice":
		return []sandbox.Manifest{eyes.Opens(e), eyes.Settles(e), eyes.Counts(e)}
	case "courier":
		return []sandbox.Manifest{sandbox.Courier(os.Getenv("DIR"), os.Getpid())}
	case "dialer", "plain":
		return []sandbox.Manifest{sandbox.Dialer(sandbox.Calling{Port: allowedPort, Named: how == "dialer", Files: []string{"/dev/null"}}, os.Getpid())}
	case "ledger":
		fd, err := unix.Open(filepath.Join(os.Getenv("DIR"), "f"), unix.O_RDWR, 0)
		if err != nil || unix.Dup2(fd, ledger) != nil {
			os.Exit(trouble)
		}
		return []sandbox.Manifest{sandbox.Warden(9, ledger, os.Getpid())}
	}
	return []sandbox.Manifest{sandbox.Warden(9, -1, os.Getpid())}
}

// confined enters its manifests and tries one thing.
func confined(what string) int {
	how, what, _ := strings.Cut(what, " ")
	for _, m := range stages(how) {
		held, err := Enter(m)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return trouble
		}
		want := layers.Filter | layers.Limits
		if !m.Narrows {
			want |= layers.Closed
			if !m.Rights {
				want |= layers.Rights
			}
			if m.Room && os.Getpid() == 1 {
				want |= layers.Room
			}
			want |= held & layers.Paths // as the kernel has it
		}
		if held != want {
			return trouble + 1 // words might end it here
		}
	}
	if err := try(how, what); err != nil {
		return refused
	}
	return worked
}

// try does one thing; nil says that it worked.
func try(how, what string) error {
	verb, arg, _ := strings.Cut(what, "=")
	switch verb {
	case "live":
		// Threads, garbage, waiting on each other: what a program that works does. After a collection
		// Go gives memory back by a timer, for which it makes a poller; so the eye collects nothing.
		eye := how == "counts" || how == "settles" || how == "thrice" || how == "opens"
		if eye {
			debug.SetGCPercent(-1)
		}
		done := make(chan []byte)
		for range 8 {
			go func() {
				var last []byte
				for i := range 40 {
					last = make([]byte, 16<<10)
					if i%10 == 0 && !eye {
						runtime.GC()
					}
				}
				done <- last
			}()
		}
		for range 8 {
			<-done
		}
		return nil
	case "stay":
		return stay()
	case "open":
		_, err := unix.Open(arg, unix.O_RDONLY, 0)
		return err
	case "create":
		_, err := unix.Open(arg, unix.O_CREAT|unix.O_RDWR, 0o600)
		return err
	case "gone":
		var st unix.Stat_t
		if err := unix.Stat(arg, &st); err != unix.ENOENT {
			return fmt.Errorf("%s: %v", arg, err)
		}
		return nil
	case "socket":
		_, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		return err
	case "exec":
		return unix.Exec("/bin/true", []string{"true"}, nil)
	case "tally":
		_, err := unix.Write(eyes.FdTally, make([]byte, wire.Size))
		return err
	case "more":
		_, err := unix.Write(eyes.FdTally, make([]byte, wire.Size+1))
		return err
	case "words":
		_, err := unix.Write(2, []byte("x"))
		return err
	case "core":
		return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
	case "flags": // an alarm that does not wait would ring for nobody
		_, err := unix.FcntlInt(eyes.FdAlarm, unix.F_SETFL, unix.O_NONBLOCK)
		return err
	case "limits":
		return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1, Max: 1}, nil)
	case "third":
		return unix.Close(eyes.FdTally)
	case "ioctl":
		_, err := unix.IoctlGetInt(0, unix.TIOCGPTN)
		return err
	}
	return network(verb, arg)
}

// runs runs the confined program and says how it ended: "worked", "refused", "killed" or the trouble.
func runs(t *testing.T, what string, attr *syscall.SysProcAttr, env ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	c := exec.Command(os.Args[0], "confined", what)
	c.Env = append([]string{"GOMAXPROCS=2", "GODEBUG=decoratemappings=0,updatemaxprocs=0"}, env...)
	c.ExtraFiles, c.SysProcAttr = []*os.File{w}, attr
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	ws := c.ProcessState.Sys().(syscall.WaitStatus)
	if ws.CoreDump() {
		t.Errorf("%s left a core file", what)
	}
	switch {
	case ws.Signaled() && ws.Signal() == syscall.SIGSYS:
		return "killed"
	case ws.ExitStatus() == worked:
		return "worked"
	case ws.ExitStatus() == refused:
		return "refused"
	}
	return fmt.Sprintf("%v: %s", err, out)
}

// pure skips where the test program has cgo, with which Go cannot reach all its threads.
func pure(t *testing.T) {
	t.Helper()
	if _, _, e := syscall.AllThreadsSyscall(unix.SYS_GETPID, 0, 0, 0); e != 0 {
		t.Skip("built with cgo (the race detector needs it): run without -race, or with CGO_ENABLED=0")
	}
}

func TestConfined(t *testing.T) {
	pure(t)
	dir := t.TempDir()
	inside, outside := filepath.Join(dir, "f"), filepath.Join(t.TempDir(), "f")
	for _, f := range []string{inside, outside} {
		if err := os.WriteFile(f, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"DIR=" + dir, "CAMERA=/dev/null"}
	landlock := "refused"
	if _, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, 1); e != 0 {
		landlock = "worked" // said in the log, and by the layers
		t.Logf("this kernel has no Landlock: %v", e)
	}
	for _, c := range []struct{ what, want string }{
		{"counts live", "worked"}, {"counts tally", "worked"}, {"counts more", "killed"}, {"counts words", "killed"},
		{"counts open=/dev/null", "killed"}, {"counts socket", "killed"}, {"counts exec", "killed"}, {"counts core", "killed"}, {"counts ioctl", "killed"},
		{"opens live", "worked"}, {"opens open=/dev/null", "worked"}, {"opens open=" + outside, landlock}, {"opens socket", "killed"},
		{"opens exec", "killed"}, {"opens words", "worked"},
		{"thrice live", "worked"}, {"thrice tally", "worked"}, {"thrice words", "killed"}, {"thrice open=/dev/null", "killed"},
		{"settles live", "worked"}, {"settles tally", "worked"}, {"settles more", "killed"}, {"settles words", "killed"}, {"settles core", "killed"},
		{"settles open=/dev/null", "killed"}, {"settles socket", "killed"}, {"settles flags", "killed"}, {"settles limits", "killed"},
		{"opens more", "killed"}, {"opens core", "killed"}, {"opens flags", "killed"}, {"opens limits", "killed"}, {"opens third", "killed"},
		{"courier live", "worked"}, {"courier open=" + inside, "worked"}, {"courier create=" + filepath.Join(dir, "new"), "worked"},
		{"courier open=" + outside, landlock}, {"courier socket", "killed"}, {"courier exec", "killed"}, {"courier ioctl", "killed"},
		{"warden live", "worked"}, {"warden words", "worked"}, {"warden open=/dev/null", "killed"}, {"warden socket", "killed"}, {"warden exec", "killed"},
	} {
		if got := runs(t, c.what, nil, env...); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// An ordinary user is confined too, and root in a user namespace of its own.
func TestConfinedAsOthers(t *testing.T) {
	pure(t)
	spaces := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	if got := runs(t, "counts live", spaces); got != "worked" {
		if strings.Contains(got, "permitted") {
			t.Skipf("user namespaces are not allowed here: %s", got)
		}
		t.Errorf("in namespaces: %s", got)
	}
	// Where it is alone it has a room, and there its camera; elsewhere it sees what is there.
	for _, c := range []struct {
		what, want string
		attr       *syscall.SysProcAttr
	}{
		{"counts open=/dev/null", "killed", spaces}, {"opens gone=/etc", "worked", spaces}, {"opens gone=/proc/self", "worked", spaces},
		{"opens open=/dev/null", "worked", spaces}, {"opens gone=/dev/null", "refused", spaces}, {"opens gone=/etc", "refused", nil},
		{"courier gone=/etc", "refused", spaces}, {"thrice tally", "worked", spaces}, {"thrice live", "worked", spaces},
	} {
		if got := runs(t, c.what, c.attr, "CAMERA=/dev/null", "DIR="+t.TempDir()); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// What the kernel shows of a confined program is what Enter answered.
func TestStatus(t *testing.T) {
	pure(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := exec.Command(os.Args[0], "confined", "counts tally")
	c.Env, c.ExtraFiles = []string{"GODEBUG=decoratemappings=0,updatemaxprocs=0"}, []*os.File{w}
	// A full pipe holds the program while we look.
	fd := int(w.Fd()) // asked once: each time it makes the pipe blocking
	unix.SetNonblock(fd, true)
	for n := 1; n > 0; {
		n, _ = unix.Write(fd, make([]byte, 4096))
	}
	unix.SetNonblock(fd, false)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Process.Kill()
	var status string
	for end := time.Now().Add(10 * time.Second); !strings.Contains(status, "Seccomp:\t2"); time.Sleep(5 * time.Millisecond) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
		if errors.Is(err, os.ErrNotExist) || time.Now().After(end) {
			t.Fatalf("never confined:\n%s", status)
		}
		status = string(b)
	}
	for _, want := range []string{"NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "Seccomp:\t2"} {
		if !strings.Contains(status, want+"\n") {
			t.Errorf("no %q in\n%s", want, status)
		}
	}
	if os.Getuid() == 0 && !strings.Contains(status, "Uid:\t65534\t65534\t65534\t65534") {
		t.Errorf("not nobody:\n%s", status)
	}
}

func TestEveryCallHasANumber(t *testing.T) {
	e := eyes.Eye{Device: "/dev/video0", Camera: 5, Feed: true, Pid: 1}
	for _, m := range []sandbox.Manifest{eyes.Opens(e), eyes.Settles(e), eyes.Counts(e),
		sandbox.Warden(3, 5, 1), sandbox.Courier("/x", 1), sandbox.Dialer(sandbox.Calling{Port: 1, Named: true}, 1),
		sandbox.Setter(sandbox.Setting{Self: "/x", Etc: "/etc", Chip: 4, Asks: []uint64{1}}, 1), sandbox.Asker(1)} {
		if p, err := compile(m); err != nil || len(p) < 2*len(m.Calls) {
			t.Errorf("%s %s: %v", m.Program, m.Stage, err)
		}
	}
	if _, err := compile(sandbox.Manifest{Calls: []sandbox.Call{{Name: "ptrace"}}}); err == nil {
		t.Error("a call without a number compiles")
	}
}
