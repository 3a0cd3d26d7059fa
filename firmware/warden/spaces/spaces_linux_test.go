package spaces

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain plays the program that is started.
func TestMain(m *testing.M) {
	if os.Args[0] == "probe" {
		for _, name := range files() {
			link, _ := os.Readlink("/proc/self/ns/" + name)
			fmt.Println(link)
		}
		dev, _ := os.ReadFile("/proc/self/net/dev")
		fmt.Println(strings.Count(string(dev), ":"), strings.Contains(string(dev), "lo:"), os.Getpid(), os.Geteuid())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// files are the names in /proc/PID/ns, in the order of the bits.
func files() []string { return []string{"net", "mnt", "pid", "ipc", "uts", "user"} }

// probe starts the probe and gives what it said and what came of it.
func probe(t *testing.T, terms Terms) ([]string, Started, error) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := Start("/proc/self/exe", []string{"probe"}, syscall.ProcAttr{Env: []string{}, Files: []uintptr{0, w.Fd(), 2}}, terms)
	w.Close()
	if err != nil {
		return nil, s, err
	}
	var how syscall.WaitStatus
	if _, err := syscall.Wait4(s.Pid, &how, 0, nil); err != nil || how.ExitStatus() != 0 {
		t.Fatalf("%v, %v", how, err)
	}
	b := make([]byte, 4096)
	n, _ := r.Read(b)
	return strings.Split(strings.TrimSpace(string(b[:n])), "\n"), s, nil
}

// TestGot asks for several sets and looks from inside at what came of them.
func TestGot(t *testing.T) {
	for _, want := range []Set{0, Pids, Net, Mounts | Pids | Messages | Names, Net | Mounts | Pids | Messages | Names} {
		said, s, err := probe(t, Terms{Want: want, Dies: true})
		if err != nil {
			t.Fatal(err)
		}
		if s.Why != 0 {
			t.Skipf("this machine gives no namespaces: %v", s.Why)
		}
		if s.Got&^Users != want || want != 0 && os.Geteuid() != 0 && s.Got&Users == 0 {
			t.Fatalf("got %s, want %s", s.Got, want)
		}
		for i, name := range files() {
			own, err := os.Readlink("/proc/self/ns/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if isNew := said[i] != own; isNew != (s.Got&(1<<i) != 0) {
				t.Errorf("want %s: %s is %s outside and %s inside", want, name, own, said[i])
			}
		}
		var cards, pid, uid int
		var loop bool
		if _, err := fmt.Sscan(said[len(said)-1], &cards, &loop, &pid, &uid); err != nil {
			t.Fatal(err, said)
		}
		if want&Net != 0 && (cards != 1 || !loop) {
			t.Errorf("want %s: %d network interfaces, want only lo", want, cards)
		}
		if (want&Pids != 0) != (pid == 1) || uid != os.Geteuid() {
			t.Errorf("want %s: process %d of user %d", want, pid, uid)
		}
	}
}

// again runs one of these tests in another process that turn makes.
func again(t *testing.T, name string, turn func(*exec.Cmd)) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become somebody else")
	}
	dir, err := os.MkdirTemp("", "tellijn-spaces-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	me, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "test")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(path, me, 0o755)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-test.v", "-test.run=^"+name+"$")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", []string{"AGAIN=1"}, &syscall.SysProcAttr{}
	turn(cmd)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "--- SKIP") {
		t.Skipf("%s", out)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+name) {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestOrdinaryUser(t *testing.T) {
	again(t, "TestGot", func(c *exec.Cmd) { c.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534} })
}

// TestRefusal is where no namespaces may be made.
func TestRefusal(t *testing.T) {
	if os.Getenv("AGAIN") == "" {
		again(t, "TestRefusal", func(c *exec.Cmd) {
			c.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
			c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{Size: 1}}
			c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{Size: 1}}
		})
		return
	}
	for _, name := range []string{"user", "net", "mnt", "pid", "ipc", "uts"} {
		if err := os.WriteFile("/proc/sys/user/max_"+name+"_namespaces", []byte("0"), 0); err != nil {
			t.Skipf("cannot forbid namespaces here: %v", err)
		}
	}
	if _, _, err := probe(t, Terms{Want: Net, Need: true}); !errors.Is(err, ErrRefused) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("needs them: %v", err)
	}
	said, s, err := probe(t, Terms{Want: Net})
	if err != nil || s.Got != 0 || s.Why != syscall.ENOSPC {
		t.Fatalf("can do without: %+v, %v", s, err)
	}
	if own, _ := os.Readlink("/proc/self/ns/net"); said[0] != own {
		t.Errorf("network %s, own %s", said[0], own)
	}
	if _, _, err := probe(t, Terms{Need: true}); err != nil {
		t.Errorf("wants none: %v", err)
	}
}

func TestNoProgram(t *testing.T) {
	_, err := Start("/no/such/program", []string{"x"}, syscall.ProcAttr{Files: []uintptr{0, 1, 2}}, Terms{Want: Net})
	if !errors.Is(err, syscall.ENOENT) || errors.Is(err, ErrRefused) {
		t.Fatal(err)
	}
}

func TestWords(t *testing.T) {
	if s := (All &^ Users).String(); s != "network, mounts, processes, messages, names" || Set(0).String() != "none" {
		t.Error(s)
	}
}
