//go:build linux && (amd64 || arm64)

package room

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The test program is also the one that goes into the room, and the one that starts it.
func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "inside":
		inside(os.Args[1:])
	case "outer":
		outer(os.Args[1])
	default:
		os.Exit(m.Run())
	}
}

// inside goes into a room and says what is there.
func inside(devices []string) {
	made, err := Enter(devices)
	fmt.Println("made", made, err)
	if !made {
		return
	}
	fs.WalkDir(os.DirFS("/"), ".", func(path string, d fs.DirEntry, err error) error {
		fmt.Println("sees", path, err)
		return nil
	})
	dir, err := os.Getwd()
	fmt.Println("works in", dir, err)
	for _, name := range append(devices, "/etc/hostname", "/../etc/hostname", "/proc/self/stat") {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		fmt.Println("opens", name, err)
		if err == nil {
			f.Close()
		}
	}
	for _, name := range []string{"/new", "/dev/new"} {
		fmt.Println("makes", name, errors.Is(os.WriteFile(name, nil, 0o600), unix.EROFS))
	}
	done := make(chan bool)
	for range 4 { // threads that are there, and new ones
		go func() {
			_, err := os.Stat("/etc")
			done <- os.IsNotExist(err)
		}()
	}
	fmt.Println("threads", <-done && <-done && <-done && <-done)
}

// outer stands between, in mounts of its own, so that no mistake reaches those of the machine.
func outer(how string) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil && how != "user" {
		fmt.Println("trouble", err)
	}
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	if how == "user" { // an ordinary user, in a namespace of users where it stays who it is
		attr.Cloneflags |= syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		attr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN}
	}
	before := mounts()
	fmt.Print(said(attr, "inside", "/dev/null"))
	fmt.Println("unchanged", before == mounts())
}

// mounts is the table of mounts.
func mounts() string {
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// said runs this program anew and gives what it said.
func said(attr *syscall.SysProcAttr, args ...string) string {
	c := exec.Command("/proc/self/exe")
	c.Args, c.Env, c.SysProcAttr = args, []string{}, attr
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%strouble %v\n", out, err)
	}
	return string(out)
}

// alone are namespaces of mounts and processes.
const alone = syscall.CLONE_NEWNS | syscall.CLONE_NEWPID

// in tells how a program is started in a namespace of users as root, which is this user outside.
func asRoot() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Cloneflags: alone | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}}
}

// denied skips where this user gets no namespaces.
func denied(t *testing.T, out string) {
	t.Helper()
	if strings.Contains(out, "operation not permitted") || strings.Contains(out, "no space left") {
		t.Skipf("this machine gives no namespaces: %s", out)
	}
}

// What is in the room, for root and for root in a namespace of users.
func TestRoom(t *testing.T) {
	link := filepath.Join(t.TempDir(), "camera")
	if err := os.Symlink("/dev/zero", link); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"made true <nil>": true, "sees . <nil>": true, "works in / <nil>": true, "threads true": true,
		"makes /new true": true, "makes /dev/new true": true, "sees dev/null <nil>": true, "opens /dev/null <nil>": true,
		"sees " + link[1:] + " <nil>": true, "opens " + link + " <nil>": true, "sees dev <nil>": true}
	for dir := filepath.Dir(link); dir != "/"; dir = filepath.Dir(dir) {
		want["sees "+dir[1:]+" <nil>"] = true
	}
	for _, gone := range []string{"/etc/hostname", "/../etc/hostname", "/proc/self/stat"} {
		want["opens "+gone+" open "+gone+": no such file or directory"] = true
	}
	before := mounts()
	for name, attr := range map[string]*syscall.SysProcAttr{"root": {Cloneflags: alone}, "root of its own users": asRoot()} {
		t.Run(name, func(t *testing.T) {
			if name == "root" && os.Getuid() != 0 {
				t.Skip("needs root")
			}
			out := said(attr, "inside", "/dev/null", link)
			denied(t, out)
			lines := strings.Split(strings.TrimSpace(out), "\n")
			for _, l := range lines {
				if !want[l] {
					t.Errorf("in the room: %q", l)
				}
			}
			if len(lines) != len(want) {
				t.Errorf("%d lines, want %d:\n%s", len(lines), len(want), out)
			}
		})
	}
	if before != mounts() {
		t.Errorf("the mounts of the machine were\n%s and are\n%s", before, mounts())
	}
}

// An eye without a camera gets a room with nothing in it.
func TestEmptyRoom(t *testing.T) {
	out := said(asRoot(), "inside")
	denied(t, out)
	if !strings.HasPrefix(out, "made true <nil>\nsees . <nil>\nworks in / <nil>\n") {
		t.Errorf("an empty room: %s", out)
	}
}

// A program that has no mounts of its own touches none.
func TestTheMachineIsLeftAlone(t *testing.T) {
	if out := said(&syscall.SysProcAttr{}, "inside", "/dev/null"); out != "made false <nil>\n" {
		t.Errorf("without namespaces: %s", out)
	}
	if os.Getuid() != 0 {
		t.Skip("the rest needs root")
	}
	if out := said(&syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}, "inside", "/dev/null"); out != "made false <nil>\n" {
		t.Errorf("not the first of its processes: %s", out)
	}
	// The first of its processes, but in the mounts of who started it.
	if out := said(&syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}, "outer", "root"); out != "made false <nil>\nunchanged true\n" {
		t.Errorf("with the mounts of another: %s", out)
	}
}

// An ordinary user has a room where its starter leaves it the one right for it, and else none.
func TestOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to become somebody else")
	}
	out := said(&syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}, "outer", "user")
	denied(t, strings.TrimPrefix(out, "trouble operation not permitted\n"))
	if !strings.Contains(out, "made true <nil>\n") || !strings.HasSuffix(out, "unchanged true\n") {
		t.Errorf("an ordinary user: %s", out)
	}
	without := asRoot()
	without.UidMappings[0].ContainerID, without.GidMappings[0].ContainerID = 7, 7
	if out := said(without, "inside", "/dev/null"); out != "made false <nil>\n" {
		t.Errorf("without rights: %s", out)
	}
}

func TestWhatHasNoPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, says string }{
		{"dev/null", "without detours"}, {"/dev/../dev/null", "without detours"}, {"/dev//null", "without detours"}, {"", "without detours"},
		{"/dev/null/", "without detours"}, {"/dev", "no character device"}, {file, "no character device"}, {"/dev/absent", "no such file"},
	} {
		if made, err := Enter([]string{c.name}); made || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, %v, want %q", c.name, made, err, c.says)
		}
	}
}
