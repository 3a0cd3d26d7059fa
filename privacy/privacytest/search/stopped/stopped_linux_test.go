package stopped_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/privacy/privacytest/search/stopped"
)

const modeKey = "TELLIJN_STOPPED_MODE"

func TestMain(m *testing.M) {
	mode, pid, _ := strings.Cut(os.Getenv(modeKey), " ")
	switch mode {
	case "":
		os.Exit(m.Run())
	case "stop": // somebody else stops a process
		n, _ := strconv.Atoi(pid)
		p, err := stopped.Stop(n)
		if err == nil {
			p.Resume()
		}
		fmt.Println(errors.Is(err, stopped.ErrDenied), err)
	case "beat": // a beat a millisecond
		for {
			fmt.Println("beat")
			time.Sleep(time.Millisecond)
		}
	case "signals": // answers each signal with a line
		c := make(chan os.Signal, 100)
		signal.Notify(c, syscall.SIGUSR1)
		fmt.Println("ready")
		for range c {
			fmt.Println("signal")
		}
	case "threads": // makes threads that end, as fast as it can
		fmt.Println("ready")
		for range 3 {
			go func() {
				for {
					done := make(chan bool)
					go func() {
						runtime.LockOSThread() // so that the thread ends with the goroutine
						close(done)
					}()
					<-done
				}
			}()
		}
		io.Copy(io.Discard, os.Stdin)
	}
	os.Exit(0)
}

// child starts one and reads its lines.
func child(t *testing.T, mode string, attr *syscall.SysProcAttr) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeKey+"="+mode)
	cmd.SysProcAttr = attr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd, bufio.NewReader(out)
}

func want(t *testing.T, r *bufio.Reader, line string) {
	t.Helper()
	if got, err := r.ReadString('\n'); err != nil || got != line+"\n" {
		t.Fatalf("child said %q, want %q: %v", got, line, err)
	}
}

// state is the letter of /proc/PID/stat.
func state(t *testing.T, pid int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	return string(text[strings.LastIndex(string(text), ") ")+2])
}

// TestStill: no thread moves until it is let go; then it goes on.
func TestStill(t *testing.T) {
	cmd, lines := child(t, "beat", nil)
	want(t, lines, "beat")
	p, err := stopped.Stop(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", cmd.Process.Pid))
	if err != nil || len(list) != p.Threads() || p.Threads() < 2 {
		t.Errorf("%d threads stopped of %d: %v", p.Threads(), len(list), err)
	}
	for _, e := range list {
		tid, _ := strconv.Atoi(e.Name())
		if s := state(t, tid); s != "t" {
			t.Errorf("thread %d is in state %s, want t", tid, s)
		}
	}
	names, sizes := map[string]int{}, 0
	if err := p.Registers(func(name string, b []byte) { names[name]++; sizes += len(b) }); err != nil {
		t.Error(err)
	}
	if names["registers: general"] != p.Threads() || sizes < p.Threads()*(100+512) {
		t.Errorf("%v of %d threads, %d bytes", names, p.Threads(), sizes)
	}
	if err := p.Resume(); err != nil {
		t.Error(err)
	}
	for range 50 {
		want(t, lines, "beat")
	}
}

// TestSignals: a signal that comes at any moment of a stop gets there, once.
func TestSignals(t *testing.T) {
	cmd, lines := child(t, "signals", nil)
	want(t, lines, "ready")
	for range 200 {
		sent := make(chan error)
		go func() { sent <- cmd.Process.Signal(syscall.SIGUSR1) }()
		p, err := stopped.Stop(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(<-sent, p.Resume()); err != nil {
			t.Fatal(err)
		}
		want(t, lines, "signal")
	}
}

// TestThreads: threads that come and go meanwhile are stopped too, and the process lives on.
func TestThreads(t *testing.T) {
	cmd, lines := child(t, "threads", nil)
	want(t, lines, "ready")
	most, least := 0, 1<<30
	for range 30 {
		p, err := stopped.Stop(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", cmd.Process.Pid))
		running := 0
		for _, e := range list {
			tid, _ := strconv.Atoi(e.Name())
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", tid)); err == nil && strings.ContainsAny(
				string(text[strings.LastIndex(string(text), ") ")+2]), "RSD") {
				running++
			}
		}
		if running > 0 {
			t.Errorf("%d of %d threads still run", running, len(list))
		}
		most, least = max(most, p.Threads()), min(least, p.Threads())
		if err := p.Resume(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d to %d threads", least, most)
	if s := state(t, cmd.Process.Pid); strings.Contains("tTZ", s) {
		t.Errorf("afterwards it is in state %s", s)
	}
}

// TestKilled: a process that is killed while it stands still ends, and whoever started it hears how.
func TestKilled(t *testing.T) {
	cmd, lines := child(t, "beat", nil)
	want(t, lines, "beat")
	p, err := stopped.Stop(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.Registers(func(string, []byte) {}); err != nil && !errors.Is(err, stopped.ErrGone) {
		t.Errorf("registers: %v", err)
	}
	if err := p.Resume(); err != nil {
		t.Error(err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("its end: %v", err)
	}
	if _, err := stopped.Stop(cmd.Process.Pid); !errors.Is(err, stopped.ErrGone) {
		t.Errorf("afterwards: %v, want ErrGone", err)
	}
}

// TestEnded: a process that nobody has asked for its end yet is gone too, and its end stays to be asked for.
func TestEnded(t *testing.T) {
	cmd, lines := child(t, "beat", nil)
	want(t, lines, "beat")
	cmd.Process.Kill()
	for state(t, cmd.Process.Pid) != "Z" {
		time.Sleep(time.Millisecond)
	}
	if _, err := stopped.Stop(cmd.Process.Pid); !errors.Is(err, stopped.ErrGone) {
		t.Errorf("%v, want ErrGone", err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Errorf("its end: %v", err)
	}
}

// TestDenied: who may not is told so, with what would help; the process goes on.
func TestDenied(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can start somebody else")
	}
	cmd, lines := child(t, "beat", nil)
	want(t, lines, "beat")
	const nobody = 65534
	_, answer := child(t, fmt.Sprint("stop ", cmd.Process.Pid), &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}})
	line, err := answer.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "true ") || !strings.Contains(line, "CAP_SYS_PTRACE") {
		t.Errorf("%q, %v", line, err)
	}
	want(t, lines, "beat")
	// Somebody else is tracing it already.
	p, err := stopped.Stop(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	_, answer = child(t, fmt.Sprint("stop ", cmd.Process.Pid), nil)
	if line, err = answer.ReadString('\n'); err != nil || !strings.HasPrefix(line, "true ") {
		t.Errorf("traced: %q, %v", line, err)
	}
	if err := p.Resume(); err != nil {
		t.Error(err)
	}
	want(t, lines, "beat")
}

// TestSelf: nobody can stop himself.
func TestSelf(t *testing.T) {
	if _, err := stopped.Stop(unix.Getpid()); err == nil {
		t.Error("no error")
	}
}
