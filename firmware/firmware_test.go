// Package firmware_test runs the three programs as a person would, with real pipes, processes and
// files, and ends them in the middle of their work.
package firmware_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/view"
)

// programs is the directory with the built programs.
var programs string

func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "eye":
		pretend() // this test program plays a bad eye
	case "forbidden":
		forbid() // and a machine without namespaces
	}
	flag.Parse()
	if testing.Short() {
		os.Exit(m.Run()) // every test skips
	}
	dir, err := os.MkdirTemp("", "tellijn-firmware-")
	if err == nil {
		err = os.Chmod(dir, 0o755) // one test runs them as somebody else
	}
	if err == nil {
		cmd := exec.Command("go", "build", "-tags", "sim", "-o", dir, "./eye", "./courier", "./warden")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		var out []byte
		if out, err = cmd.CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "building the programs:", err)
		os.Exit(1)
	}
	programs = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// short skips a test that starts programs.
func short(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts programs for some seconds; not with -short")
	}
}

// warden is a running warden and what it says.
type warden struct {
	t     *testing.T
	cmd   *exec.Cmd
	done  chan struct{}
	mu    sync.Mutex
	words []string
	state view.State
	shown int // states
	recs  int // records
}

// start starts a warden on the simulated board.
func start(t *testing.T, dir string, args ...string) *warden {
	t.Helper()
	return startAs(t, func(*exec.Cmd) {}, dir, args...)
}

// startAs starts it as somebody else, which turn makes of the command.
func startAs(t *testing.T, turn func(*exec.Cmd), dir string, args ...string) *warden {
	t.Helper()
	short(t)
	r, v, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := &warden{t: t, done: make(chan struct{})}
	args = append([]string{"-board", "sim", "-dir", dir, "-view", "3", "-eye", filepath.Join(programs, "eye"),
		"-courier", filepath.Join(programs, "courier")}, args...)
	w.cmd = exec.Command(filepath.Join(programs, "warden"), args...)
	turn(w.cmd)
	out, in := io.Pipe()
	w.cmd.Stdout, w.cmd.Stderr, w.cmd.ExtraFiles = in, in, []*os.File{v}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	v.Close()
	var ends sync.WaitGroup
	ends.Go(func() { w.listen(out) })
	ends.Go(func() { w.look(r) })
	go func() {
		w.cmd.Wait()
		in.Close()
		ends.Wait()
		close(w.done)
	}()
	t.Cleanup(func() {
		w.cmd.Process.Kill()
		<-w.done
		if t.Failed() {
			t.Logf("the warden said:\n%s", w.said())
		}
	})
	return w
}

func (w *warden) listen(r io.Reader) {
	for in := bufio.NewScanner(r); in.Scan(); {
		w.mu.Lock()
		w.words = append(w.words, in.Text())
		w.mu.Unlock()
	}
}

func (w *warden) look(r io.Reader) {
	for {
		m, err := view.Read(r)
		if err != nil {
			return
		}
		w.mu.Lock()
		if m.State != nil {
			w.state = *m.State
			w.shown++
		} else {
			w.recs++
		}
		w.mu.Unlock()
	}
}

func (w *warden) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.words, "\n")
}

// until waits for something to become true.
func (w *warden) until(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		yes := ok()
		w.mu.Unlock()
		if yes {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("waited in vain: %s", what)
		}
	}
}

// hears waits for words.
func (w *warden) hears(text string) {
	w.t.Helper()
	w.until("words "+text, func() bool { return strings.Contains(strings.Join(w.words, "\n"), text) })
}

// forward is the total of the first line as shown.
func (w *warden) forward() (n uint32) {
	if len(w.state.Lines) > 0 {
		n = w.state.Lines[0].Forward
	}
	return n
}

// end waits for the warden to end and gives its exit code.
func (w *warden) end() int {
	w.t.Helper()
	select {
	case <-w.done:
	case <-time.After(40 * time.Second):
		w.t.Fatal("the warden does not end")
	}
	return w.cmd.ProcessState.ExitCode()
}

// stop asks for an orderly end.
func (w *warden) stop(sig syscall.Signal) int {
	w.t.Helper()
	w.cmd.Process.Signal(sig)
	return w.end()
}

// child finds the process of a child by its name, Linux only.
func (w *warden) child(name string) int {
	w.t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(all) == 0 {
		w.t.Skip("no /proc here to find processes in")
	}
	for _, path := range all {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		var pid, parent int
		var comm, state string
		if n, _ := fmt.Sscanf(string(b), "%d %s %s %d", &pid, &comm, &state, &parent); n == 4 && parent == w.cmd.Process.Pid && comm == "("+name+")" {
			return pid
		}
	}
	return 0
}

// find waits for a child.
func (w *warden) find(name string) (pid int) {
	w.t.Helper()
	for end := time.Now().Add(10 * time.Second); pid == 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		pid = w.child(name)
	}
	if pid == 0 {
		w.t.Fatalf("there is no %s", name)
	}
	return pid
}

// kill kills a child without warning.
func (w *warden) kill(name string) {
	w.t.Helper()
	syscall.Kill(w.find(name), syscall.SIGKILL)
}
