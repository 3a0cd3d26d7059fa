package repeat

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"tellijn/tools/fieldkit/image"
	"tellijn/tools/fieldkit/source"
)

// TestReproducible makes the image of the virtual board twice, by everything that may differ between two people:
// from another folder (with spaces) by another user's settings, in another time zone and language, on a
// computer of another name, with files of another age, with odd settings for Go, with another version
// control around it, and with nothing built before. Both images must be one.
//
// The date of the computer is not changed: neither Go nor a program that it made asks the C library for it,
// so faketime reaches none of them. TestNoClock looks that none of ours asks at all.
func TestReproducible(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("building twice takes too long with the race detector, and with -short")
	}
	dir := t.TempDir()
	tree, other := filepath.Join(dir, "tree"), filepath.Join(dir, "another place", "of the tree")
	copyTree(t, "../../../..", tree) // so that nobody changes it meanwhile
	copyTree(t, tree, other)
	first := filepath.Join(dir, "first.img")
	want, err := image.Build(t.Context(), image.Options{Board: "virt", Path: first, Tree: tree}, io.Discard)
	if errors.Is(err, source.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("sha256 %s", want)

	tool := filepath.Join(dir, "fieldkit")
	build := exec.Command("go", "build", "-o", tool, "./tools/fieldkit")
	build.Dir = other
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	home, empty := filepath.Join(dir, "home"), filepath.Join(dir, "empty")
	for _, name := range []string{home, empty} {
		if err := os.Mkdir(name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	modules, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(dir, "second.img")
	args := []string{tool, "image", "-board", "virt", "-o", second, "-cache", filepath.Join(dir, "packages")}
	if unshare, err := exec.LookPath("unshare"); err == nil && os.Geteuid() == 0 && runtime.GOOS == "linux" {
		args = append([]string{unshare, "--uts", "sh", "-c", `hostname elsewhere && umask 077 && exec "$@"`, "sh"}, args...)
	} else {
		t.Log("without another host name: no unshare, or not root")
	}
	c := exec.Command(args[0], args[1:]...)
	c.Dir = filepath.Join(other, "boards")
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USER=somebody", "LOGNAME=somebody", "TZ=Pacific/Kiritimati", "LC_ALL=C", "LANG=ja_JP.UTF-8",
		"SOURCE_DATE_EPOCH=1", "GOCACHE=" + empty, "GOMODCACHE=" + strings.TrimSpace(string(modules)), "GOPROXY=off", "GOTOOLCHAIN=local",
		"GOFLAGS=-tags=odd -ldflags=-X=main.odd=odd", "GOARM64=v8.2", "GOEXPERIMENT=", "CGO_ENABLED=1", "GOAMD64=v2", "TMPDIR=" + home}
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	from := time.Now()
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	t.Logf("%s: %s", time.Since(from).Round(time.Second), strings.TrimSpace(out.String()))
	if got := out.String(); got != "sha256 "+want+" "+second+"\n" {
		t.Errorf("the second time: %q, want sha256 %s", got, want)
	}
	a, err1 := os.ReadFile(first + ".manifest.json")
	b, err2 := os.ReadFile(second + ".manifest.json")
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(a, b) {
		t.Errorf("other manifests, %v: see which file differs\n%s", err, differ(a, b))
	}
}

// differ gives the lines of b that are not in a.
func differ(a, b []byte) string {
	known := map[string]bool{}
	for line := range strings.Lines(string(a)) {
		known[line] = true
	}
	var out strings.Builder
	for line := range strings.Lines(string(b)) {
		if !known[line] {
			out.WriteString(line)
		}
	}
	return out.String()
}

// TestNoClock looks for what could bring the date, the computer or the user into an image. Progress may tell
// how long it took.
func TestNoClock(t *testing.T) {
	asked := 0
	for _, dir := range []string{"../../fat", "../../mbr", "../../initrd", "../../pristine", "../../bom", "../../programs", "../system", ".."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", dir, files, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"time.Now", "ModTime()", "os.Hostname", `"os/user"`, `math/rand`, `crypto/rand`} {
				n := strings.Count(string(b), word)
				if name == "../image.go" && word == "time.Now" {
					asked += n
				} else if n > 0 && name != "../../fat/file.go" { // which tells a date that never changes
					t.Errorf("%s: %s", name, word)
				}
			}
		}
	}
	if asked != 1 {
		t.Errorf("the clock is asked %d times for progress, want once", asked)
	}
}

// copyTree copies the source, with files from 2001, into a repository of its own that has no history.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	old := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, p)
		if name := d.Name(); d.IsDir() && rel != "." && (name[0] == '.' || rel == "out" || name == "testdata") {
			return fs.SkipDir
		}
		at := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(at, 0o755)
		}
		if !d.Type().IsRegular() || strings.HasSuffix(p, "_test.go") || strings.HasSuffix(p, ".img") {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(at, b, 0o644), os.Chtimes(at, old, old))
	})
	if err != nil {
		t.Fatal(err)
	}
	if git, err := exec.LookPath("git"); err == nil {
		c := exec.Command(git, "init", "-q", to)
		c.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		if out, err := c.CombinedOutput(); err != nil {
			t.Logf("without version control: %v %s", err, out)
		}
	}
}
