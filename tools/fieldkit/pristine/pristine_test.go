package pristine

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards/card"
)

// known is the mke2fs that made the file system.
const known = "mke2fs 1.47.0 (5-Feb-2023)"

// have finds a program of e2fsprogs, or skips.
func have(t *testing.T, name string) string {
	t.Helper()
	for _, p := range []string{name, "/usr/sbin/" + name, "/sbin/" + name} {
		if found, err := exec.LookPath(p); err == nil {
			return found
		}
	}
	t.Skipf("no %s here (Debian package e2fsprogs)", name)
	return ""
}

// mke2fs makes it anew. Its features are those that every kernel from 6.1 on mounts; no table is left to be
// written at the first start, and its dates are 1980-01-01.
func mke2fs(t *testing.T, program string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data")
	config := filepath.Join(t.TempDir(), "mke2fs.conf")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, card.DataSize),
		os.WriteFile(config, []byte("[fs_types]\n ext4 = {\n  blocksize = 4096\n }\n small = {\n  blocksize = 4096\n }\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-N", "2048", "-m", "1", "-J", "size=4",
		"-L", card.Data().Label, "-e", "remount-ro", "-U", "74656c6c-696a-4e00-8000-000000000001",
		"-O", "none,has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum",
		"-E", "hash_seed=74656c6c-696a-4e00-8000-000000000002,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0,nodiscard", path)
	c.Env = []string{"LC_ALL=C", "E2FSPROGS_FAKE_TIME=315532800", "MKE2FS_CONFIG=" + config}
	if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMadeAnew compares what is committed with what mke2fs makes. TELLIJN_PRISTINE=write writes it.
func TestMadeAnew(t *testing.T) {
	program := have(t, "mke2fs")
	out, _ := exec.Command(program, "-V").CombinedOutput()
	if !strings.Contains(string(out), known) {
		t.Skipf("it was made by %s, here is %s", known, strings.SplitN(string(out), "\n", 2)[0])
	}
	want := mke2fs(t, program)
	if os.Getenv("TELLIJN_PRISTINE") == "write" {
		write(t, want)
		return
	}
	packed, err := Gzip()
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("another file system than mke2fs makes (%d bytes, %v)", len(got), err)
	}
}

func write(t *testing.T, whole []byte) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += Block {
		if b := whole[i : i+Block]; !bytes.Equal(b, make([]byte, Block)) {
			w.Write(binary.BigEndian.AppendUint32(nil, uint32(i/Block)))
			w.Write(b)
		}
	}
	if err := errors.Join(w.Close(), os.WriteFile("blocks.gz", out.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// written is the file system as a file, off bytes in.
func written(t *testing.T, off int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(f.Truncate(off+card.DataSize), WriteTo(f, off)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestE2fsck(t *testing.T) {
	e2fsck, path := have(t, "e2fsck"), written(t, 0)
	if out, err := exec.Command(e2fsck, "-fn", path).CombinedOutput(); err != nil || !strings.Contains(string(out), "data: 11/2048 files") {
		t.Errorf("%v\n%s", err, out)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt([]byte{1}, 1024+0x10) // of the number of free inodes
	f.Close()
	if out, err := exec.Command(e2fsck, "-fn", path).CombinedOutput(); err == nil {
		t.Errorf("e2fsck takes a damaged one:\n%s", out)
	}
}

// TestMount lets the kernel write a file into it, and look for it again.
func TestMount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting needs root")
	}
	path, dir := written(t, card.MiB), t.TempDir()
	for i := range 2 {
		options := "loop,offset=1048576,data=ordered,noatime,commit=900,nosuid,nodev,noexec,errors=remount-ro"
		if out, err := exec.Command("mount", "-t", "ext4", "-o", options, path, dir).CombinedOutput(); err != nil {
			if text := string(out); strings.Contains(text, "permi") || strings.Contains(text, "loop device") || strings.Contains(text, "unknown filesystem") {
				t.Skipf("no loop device can be mounted here: %s", out)
			}
			t.Fatalf("%v: %s", err, out)
		}
		name := filepath.Join(dir, "file")
		var err error
		if i == 0 {
			err = os.WriteFile(name, []byte("kept"), 0o600)
		} else if b, e := os.ReadFile(name); e != nil || string(b) != "kept" {
			t.Errorf("%q, %v", b, e)
		}
		if out, e := exec.Command("umount", dir).CombinedOutput(); err != nil || e != nil {
			t.Fatalf("%v, %v: %s", err, e, out)
		}
	}
}

func TestWriterFails(t *testing.T) {
	full := errors.New("full")
	if err := WriteTo(failing{full}, 0); !errors.Is(err, full) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) WriteAt([]byte, int64) (int, error) { return 0, f.err }
