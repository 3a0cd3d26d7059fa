package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ulikunitz/xz"
	"golang.org/x/mod/sumdb/dirhash"

	"tellijn/boards/recipe"
)

// entry is one of a package that a test makes.
type entry struct {
	name, data, link string
	hard             bool
}

func entries() []entry {
	return []entry{
		{name: "./usr/share/doc/tool/copyright", data: "you may"}, {name: "./usr/sbin/tool", data: "\x7fELF program"},
		{name: "./usr/lib/libx.so.1.2", data: "library"}, {name: "./usr/lib/libx.so.1", link: "libx.so.1.2"},
		{name: "./usr/lib/libx.so", link: "/usr/lib/libx.so.1"}, {name: "./usr/lib/same", link: "./usr/lib/libx.so.1.2", hard: true},
		{name: "./usr/lib/circle", link: "circle"}, {name: "./usr/lib/out", link: "../../../../etc/passwd"},
	}
}

// deb makes a package.
func deb(t testing.TB, compression string, all []entry) []byte {
	var data bytes.Buffer
	var w interface {
		Write([]byte) (int, error)
		Close() error
	}
	switch compression {
	case ".xz":
		x, err := xz.NewWriter(&data)
		if err != nil {
			t.Fatal(err)
		}
		w = x
	default:
		w = gzip.NewWriter(&data)
	}
	a := tar.NewWriter(w)
	for _, e := range all {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.data)), Typeflag: tar.TypeReg, Linkname: e.link}
		if e.link != "" {
			h.Typeflag = tar.TypeSymlink
			if e.hard {
				h.Typeflag = tar.TypeLink
			}
		}
		if err := a.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		a.Write([]byte(e.data))
	}
	if err := errors.Join(a.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	b := []byte("!<arch>\n")
	for _, f := range []struct{ name, data string }{{"debian-binary", "2.0\n"}, {"control.tar.gz", "odd"}, {"data.tar" + compression, data.String()}} {
		b = fmt.Appendf(b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", f.name, 0, 0, 0, "100644", len(f.data), f.data)
		if len(f.data)%2 == 1 {
			b = append(b, '\n')
		}
	}
	return b
}

func wanted() map[string]bool {
	return map[string]bool{"usr/share/doc/tool/copyright": true, "usr/sbin/tool": true, "usr/lib/libx.so": true, "usr/lib/same": true}
}

func TestUnpack(t *testing.T) {
	for _, compression := range []string{".gz", ".xz"} {
		got, err := unpack(deb(t, compression, entries()), wanted())
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"usr/sbin/tool": "\x7fELF program", "usr/lib/libx.so": "library", "usr/lib/same": "library",
			"usr/share/doc/tool/copyright": "you may"} {
			if string(got[name]) != want {
				t.Errorf("%s %s: %q", compression, name, got[name])
			}
		}
		if got, err := unpack(deb(t, compression, entries()), map[string]bool{"usr/lib/circle": true, "usr/lib/out": true, "none": true}); len(got) != 0 || err != nil {
			t.Errorf("links that lead nowhere: %v, %v", got, err)
		}
	}
	whole := deb(t, ".gz", entries())
	for _, b := range [][]byte{nil, whole[:7], whole[:60], whole[:200], whole[:len(whole)-9], deb(t, ".zst", nil), bytes.Replace(whole, []byte("`\n"), []byte("??"), 1)} {
		if _, err := unpack(b, wanted()); err == nil {
			t.Errorf("took %d bytes of %d", len(b), len(whole))
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(deb(f, ".gz", entries()))
	f.Add(deb(f, ".xz", entries()))
	f.Add([]byte("!<arch>\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := unpack(b, wanted())
		for name := range got {
			if err != nil || !wanted()[name] {
				t.Errorf("%q with %v", name, err)
			}
		}
	})
}

// mirror serves one package and counts how often.
func mirror(t *testing.T, body *[]byte) (*Store, *atomic.Int32) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path != "/debian/pool/main/t/tool_1_arm64.deb" {
			http.NotFound(w, r)
			return
		}
		w.Write(*body)
	}))
	t.Cleanup(s.Close)
	return &Store{filepath.Join(t.TempDir(), "deep", "cache"), s.URL + "/", s.Client()}, &asked
}

func TestPackage(t *testing.T) {
	body := deb(t, ".xz", entries())
	store, asked := mirror(t, &body)
	p := recipe.Package{Name: "tool", Version: "1", Arch: "arm64", URL: "debian/pool/main/t/tool_1_arm64.deb", SHA256: fmt.Sprintf("%x", sha256.Sum256(body)),
		Licence: "usr/share/doc/tool/copyright", Files: []recipe.File{{From: "usr/lib/libx.so", To: "lib/x"}}}
	get := func() (map[string][]byte, error) { return store.Package(t.Context(), p) }
	for range 2 {
		if got, err := get(); err != nil || string(got["usr/lib/libx.so"]) != "library" || string(got[p.Licence]) != "you may" {
			t.Fatalf("%v, %v", got, err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("fetched %d times, want once", asked.Load())
	}
	kept := filepath.Join(store.Dir, "tool_1_arm64.deb")
	if err := os.Truncate(kept, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := get(); err != nil || asked.Load() != 2 {
		t.Errorf("a file that was cut off: %v, fetched %d times", err, asked.Load())
	}

	right := body
	os.Remove(kept)
	body = append(bytes.Clone(body), '!')
	if _, err := get(); !errors.Is(err, ErrSum) || !strings.Contains(err.Error(), "package tool 1 (arm64)") || !strings.Contains(err.Error(), p.SHA256) {
		t.Errorf("another package: %v", err)
	}
	if left, _ := os.ReadDir(store.Dir); len(left) != 0 {
		t.Errorf("what is wrong was kept: %v", left)
	}
	body = right

	p.Files[0].From = "usr/lib/nothing"
	if _, err := get(); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), `"usr/lib/nothing"`) {
		t.Errorf("a file that is not in it: %v", err)
	}
	p.URL = "debian/pool/gone_1_arm64.deb"
	if _, err := get(); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "404") || !strings.Contains(err.Error(), "snapshot.debian.org") {
		t.Errorf("a package that is gone: %v", err)
	}
	store.Mirror = "http://127.0.0.1:1/"
	if _, err := get(); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "without a network, put the file to "+filepath.Join(store.Dir, "gone_1_arm64.deb")) {
		t.Errorf("no network: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Package(ended, p); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

// kernel is a module that the go command brings; the tests are skipped where it cannot.
func kernel(t *testing.T) (m Module, sum string) {
	t.Helper()
	r, err := recipe.Lookup("virt")
	if err != nil {
		t.Fatal(err)
	}
	m, err = FetchModule(t.Context(), r.Kernel.Module, r.Kernel.Version, r.Kernel.Sum)
	if errors.Is(err, ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m, r.Kernel.Sum
}

func TestFetchModule(t *testing.T) {
	m, sum := kernel(t)
	if b, err := m.File("LICENSE.linux"); err != nil || !bytes.Contains(b, []byte("GNU GENERAL PUBLIC LICENSE")) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	for _, name := range []string{"nothing", "../kernel", "/etc/passwd", ""} {
		if _, err := m.File(name); err == nil || name != "" && !errors.Is(err, ErrAbsent) {
			t.Errorf("file %q: %v", name, err)
		}
	}
	if all, err := m.Files("_build", ".patch"); err != nil || len(all) != 1 {
		t.Errorf("%q, %v", all, err)
	}
	wrong := strings.Replace(sum, "h1:", "h1:A", 1)
	if _, err := FetchModule(t.Context(), m.Path, m.Version, wrong); !errors.Is(err, ErrSum) || !strings.Contains(err.Error(), "want "+wrong) {
		t.Errorf("another sum: %v", err)
	}
}

func TestFetchModuleAbsent(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	_, err := FetchModule(t.Context(), "example.org/kernel", "v1.0.0", "h1:")
	if !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "module example.org/kernel@v1.0.0") || !strings.Contains(err.Error(), "go mod download") {
		t.Error(err)
	}
	t.Setenv("PATH", "")
	if _, err := FetchModule(t.Context(), "example.org/kernel", "v1.0.0", "h1:"); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "install Go") {
		t.Error(err)
	}
}

// served makes a module that the go command fetches from a folder instead of the network, into a cache of its
// own.
func served(t *testing.T) (path, version, sum string) {
	t.Helper()
	dir, kept := t.TempDir(), t.TempDir()
	path, version = "example.org/kernel", "v1.0.0"
	files := map[string]string{"go.mod": "module example.org/kernel\n", "vmlinuz": "kernel"}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for name, text := range files {
		f, err := w.Create(path + "@" + version + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(text))
	}
	at := filepath.Join(dir, path, "@v")
	if err := errors.Join(w.Close(), os.MkdirAll(at, 0o700), os.WriteFile(filepath.Join(at, version+".zip"), packed.Bytes(), 0o600),
		os.WriteFile(filepath.Join(at, version+".mod"), []byte(files["go.mod"]), 0o600),
		os.WriteFile(filepath.Join(at, version+".info"), []byte(`{"Version":"v1.0.0"}`), 0o600)); err != nil {
		t.Fatal(err)
	}
	sum, err := dirhash.HashZip(filepath.Join(at, version+".zip"), dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(dir))
	t.Setenv("GOMODCACHE", kept)
	t.Cleanup(func() { // the go command takes away the right to write
		filepath.WalkDir(kept, func(p string, d fs.DirEntry, err error) error { return errors.Join(err, os.Chmod(p, 0o700)) })
	})
	return path, version, sum
}

// TestModuleChanged changes a file in the cache of Go modules, which the go command does not notice.
func TestModuleChanged(t *testing.T) {
	path, version, sum := served(t)
	m, err := FetchModule(t.Context(), path, version, sum)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := m.File("vmlinuz"); err != nil || string(b) != "kernel" || m.Name() != "example.org/kernel@v1.0.0" {
		t.Errorf("%q, %v", b, err)
	}
	t.Setenv("GOPROXY", "off")
	if _, err := FetchModule(t.Context(), path, version, sum); err != nil {
		t.Errorf("without a network: %v", err)
	}
	name := filepath.Join(m.dir, "vmlinuz")
	if err := errors.Join(os.Chmod(name, 0o600), os.WriteFile(name, []byte("Kernel"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := FetchModule(t.Context(), path, version, sum); !errors.Is(err, ErrSum) || !strings.Contains(err.Error(), "go clean -modcache") {
		t.Errorf("a kernel that was changed: %v", err)
	}
}
