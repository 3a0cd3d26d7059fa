package programs

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// roleEnv makes this test program play one that is started.
const roleEnv = "TELLIJN_PROGRAMS_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleEnv) {
	case "says":
		fmt.Println("to the first")
		fmt.Fprintln(os.Stderr, "to the second", os.Args[1:], len(os.Environ()))
		in, _ := os.Stdin.Read(make([]byte, 1))
		pipes := 0
		for fd := range 100 {
			if to, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)); strings.HasPrefix(to, "pipe:") {
				pipes++
			}
		}
		fmt.Println("read", in, "pipes", pipes)
		os.Exit(7)
	case "waits":
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		fmt.Println("ready")
		<-asked
		os.Exit(0)
	case "stays":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("ready")
		time.Sleep(time.Hour)
	case "leaves":
		// A child of its own that outlives it.
		pid, _ := syscall.ForkExec("/proc/self/exe", os.Args[:1], &syscall.ProcAttr{Env: []string{roleEnv + "=ends"}})
		fmt.Println(pid)
		os.Exit(0)
	case "ends":
		time.Sleep(2 * time.Second)
		os.Exit(9)
	}
	os.Exit(m.Run())
}

// bench hears what programs print.
type bench struct {
	Keeper
	lines chan string
}

func begin() *bench {
	b, start := &bench{lines: make(chan string, 100)}, time.Now()
	b.Since = func() time.Duration { return time.Since(start) }
	b.Follow = func(name string, out *os.File) {
		for in := bufio.NewScanner(out); in.Scan(); {
			b.lines <- name + ": " + in.Text()
		}
		b.lines <- name + " has nothing more to say"
	}
	return b
}

func (b *bench) start(t *testing.T, role string, args ...string) int {
	t.Helper()
	pid, err := b.Start(Program{Name: role, Path: "/proc/self/exe", Args: args, Env: []string{roleEnv + "=" + role}})
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// ends reaps until so many programs have ended.
func (b *bench) ends(t *testing.T, n int) (all []End) {
	t.Helper()
	for late := time.Now().Add(20 * time.Second); len(all) < n && time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
		all = append(all, b.Reap()...)
	}
	if len(all) != n {
		t.Fatalf("%d ends, want %d: %v", len(all), n, all)
	}
	return all
}

func TestProgram(t *testing.T) {
	b := begin()
	b.start(t, "says", "-flag", "value")
	e := b.ends(t, 1)[0]
	if e.Name != "says" || e.Code != 7 || e.Sig != 0 || !strings.HasPrefix(e.String(), "says ended with code 7 after ") {
		t.Errorf("%+v", e)
	}
	var heard []string
	for len(heard) < 4 {
		select {
		case line := <-b.lines:
			heard = append(heard, line)
		case <-time.After(20 * time.Second):
			t.Fatalf("heard only %q", heard)
		}
	}
	if want := []string{"says: to the first", "says: to the second [-flag value] 1", "says: read 0 pipes 2", "says has nothing more to say"}; !slices.Equal(heard, want) {
		t.Errorf("%q, want %q", heard, want)
	}
	if b.Running() != 0 {
		t.Error("it still counts as running")
	}
	if _, err := b.Start(Program{Name: "none", Path: "/nowhere"}); err == nil || b.Running() != 0 {
		t.Errorf("what is not there: %v", err)
	}
}

func TestSignal(t *testing.T) {
	b := begin()
	b.start(t, "waits")
	b.start(t, "stays")
	for range 2 {
		<-b.lines
	}
	b.Signal(syscall.SIGTERM)
	if e := b.ends(t, 1)[0]; e.Name != "waits" || e.Code != 0 {
		t.Errorf("%+v", e)
	}
	if b.Running() != 1 {
		t.Errorf("%d run", b.Running())
	}
	b.Signal(syscall.SIGKILL)
	if e := b.ends(t, 1)[0]; e.Name != "stays" || e.Code != -1 || e.Sig != syscall.SIGKILL || !strings.Contains(e.String(), "signal 9") {
		t.Errorf("%+v", e)
	}
}

// TestOrphans has a program leave a child behind, which comes to this process as it would to the first of a
// machine. It is taken leave of, and is not taken for one of the programs.
func TestOrphans(t *testing.T) {
	const setChildSubreaper = 36 // prctl(2), PR_SET_CHILD_SUBREAPER
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); errno != 0 {
		t.Skip(errno)
	}
	defer syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 0, 0)
	b := begin()
	b.start(t, "leaves")
	if e := b.ends(t, 1)[0]; e.Code != 0 {
		t.Fatalf("%+v", e)
	}
	text, _ := strings.CutPrefix(<-b.lines, "leaves: ")
	status, err := os.ReadFile("/proc/" + text + "/status")
	if err != nil || !strings.Contains(string(status), fmt.Sprintf("PPid:\t%d\n", os.Getpid())) {
		t.Fatalf("there is no orphan: the test does not test: %v", err)
	}
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if ends := b.Reap(); len(ends) > 0 {
			t.Fatalf("taken for a program: %+v", ends)
		}
		if _, err := os.Stat("/proc/" + text); err != nil {
			break
		}
		if time.Now().After(late) {
			t.Fatal("nobody took leave of it")
		}
	}
}
