package fat

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// written puts a card's files into an image of which they begin 4 MiB in.
func written(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "card.img")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(64 * mib); err != nil {
		t.Fatal(err)
	}
	if err := Write(f, 4*mib, 60*mib, "START", 0xCAFE1234, card()); err != nil {
		t.Fatal(err)
	}
	return path
}

// have finds a program of the system, or skips.
func have(t *testing.T, name, pkg string) string {
	t.Helper()
	for _, p := range []string{name, "/usr/sbin/" + name, "/sbin/" + name} {
		if found, err := exec.LookPath(p); err == nil {
			return found
		}
	}
	t.Skipf("no %s here (Debian package %s)", name, pkg)
	return ""
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "LC_ALL=C", "MTOOLS_SKIP_CHECK=0")
	b, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, b)
	}
	return string(b)
}

func TestFsck(t *testing.T) {
	fsck := have(t, "fsck.vfat", "dosfstools")
	image, err := os.ReadFile(written(t))
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(alone, image[4*mib:], 0o600); err != nil {
		t.Fatal(err)
	}
	out := output(t, fsck, "-n", "-v", "-V", alone)
	for _, want := range []string{"Data area starts at byte", "512 bytes per cluster", "313 files"} {
		if !strings.Contains(out, want) {
			t.Errorf("fsck.vfat does not say %q:\n%s", want, out)
		}
	}
	for _, bad := range []string{"differ", "Free cluster summary", "dirty", "Bad", "bad", "orphan", "Dropping", "wrong"} {
		if strings.Contains(out, bad) {
			t.Errorf("fsck.vfat says %q:\n%s", bad, out)
		}
	}
	image[4*mib+67]++ // the serial of the first of two boot sectors
	if err := os.WriteFile(alone, image[4*mib:], 0o600); err != nil {
		t.Fatal(err)
	}
	if b, _ := exec.Command(fsck, "-n", alone).CombinedOutput(); !strings.Contains(string(b), "differences between boot sector and its backup") {
		t.Errorf("fsck.vfat takes a file system that was changed:\n%s", b)
	}
}

func TestMtools(t *testing.T) {
	mtype := have(t, "mtype", "mtools")
	at := written(t) + "@@4M"
	for _, f := range card() {
		if strings.Contains(f.Path, "overlay-number-1") || !strings.Contains(f.Path, "/") {
			if out := output(t, mtype, "-i", at, "::"+f.Path); out != string(f.Data) {
				t.Errorf("mtype %s gives %d bytes, want %d", f.Path, len(out), len(f.Data))
			}
		}
	}
	out := output(t, have(t, "mdir", "mtools"), "-i", at, "-/", "::")
	for _, want := range []string{"Volume in drive : is START", "CAFE-1234", "1980-01-01", "bcm2710-rpi-3-b-plus.dtb", "START    ELF   3145728"} {
		if !strings.Contains(out, want) {
			t.Errorf("mdir does not say %q:\n%s", want, out[:min(len(out), 3000)])
		}
	}
}

// TestMount lets the kernel read, and write a file into it that our reader finds.
func TestMount(t *testing.T) {
	mount := have(t, "mount", "mount")
	if os.Geteuid() != 0 {
		t.Skip("mounting needs root")
	}
	image, dir := written(t), t.TempDir()
	if b, err := exec.Command(mount, "-t", "vfat", "-o", "loop,offset=4194304,sizelimit=62914560", image, dir).CombinedOutput(); err != nil {
		if text := string(b); strings.Contains(text, "permi") || strings.Contains(text, "loop device") || strings.Contains(text, "unknown filesystem") {
			t.Skipf("no loop device can be mounted here: %s", b)
		}
		t.Fatalf("%v: %s", err, b)
	}
	mounted := true
	defer func() {
		if mounted {
			exec.Command("umount", dir).Run()
		}
	}()
	for _, f := range card() {
		if b, err := os.ReadFile(filepath.Join(dir, f.Path)); err != nil || !bytes.Equal(b, f.Data) {
			t.Errorf("%s: %d bytes, %v", f.Path, len(b), err)
		}
	}
	want := append(card(), File{"device/written by Linux.txt", []byte("hello")}, File{"small.txt", []byte("1")}, File{"Ünicode.txt", []byte("2")})
	for _, f := range want[len(card()):] {
		if err := os.WriteFile(filepath.Join(dir, f.Path), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output(t, "umount", dir)
	mounted = false
	r, err := os.Open(image)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := Open(r, 4*mib)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Files()
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

// head is a file system cut off behind what is used, so that damage to it is quickly tried.
func head(t testing.TB, files []File) []byte {
	var m sparse
	if err := Write(&m, 0, 34*mib, "A", 1, files); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, m.end)
	m.ReadAt(b, 0)
	return b
}

func TestDamaged(t *testing.T) {
	files := []File{{"a/b/c", []byte("deep")}, {"big", make([]byte, 3000)}, {"twin/x", nil}, {"z", []byte("z")}}
	whole := head(t, files)
	f, err := Open(bytes.NewReader(whole), 0)
	if err != nil {
		t.Fatal(err)
	}
	i := func(name string) *item { i, _ := f.find("", name); return i }
	table := func(b []byte, cluster, next uint32) {
		binary.LittleEndian.PutUint32(b[int64(f.s.reserved)*sector+int64(cluster)*4:], next)
	}
	entryOf := func(b []byte, name string) []byte { return b[bytes.Index(b, []byte(name)):] }
	for name, c := range map[string]struct {
		hurt func(b []byte)
		says string
	}{
		"no signature":          {func(b []byte) { b[510] = 0 }, "signature aa00, want aa55"},
		"other sectors":         {func(b []byte) { b[12] = 4 }, "sector size 1024, want 512"},
		"FAT16":                 {func(b []byte) { b[17] = 2 }, "FAT12 or FAT16, want FAT32"},
		"no clusters":           {func(b []byte) { b[13] = 3 }, "sectors per cluster 3"},
		"tables beyond the end": {func(b []byte) { b[39] = 0xFF }, "places of the tables"},
		"no root":               {func(b []byte) { b[44] = 1 }, "root folder at cluster 1"},
		"folder in a circle":    {func(b []byte) { table(b, 2, 2); fillFolder(b[f.s.at(2):][:512]) }, "comes again"},
		"folder in itself":      {func(b []byte) { entryOf(b, "B          ")[26] = byte(i("a").first) }, "lies in itself"},
		"two folders in one":    {func(b []byte) { entryOf(b, "TWIN       ")[26] = byte(i("a").first) }, "lies in itself"},
		"folder nowhere":        {func(b []byte) { entryOf(b, "B          ")[21] = 0x0F }, "cluster 251658244, want 2 to"},
		"file in a circle":      {func(b []byte) { table(b, i("big").first+2, i("big").first) }, "comes again"},
		"file too large":        {func(b []byte) { entryOf(b, "BIG        ")[30] = 1 }, "clusters of 3072 bytes for 68536"},
		"file huge":             {func(b []byte) { entryOf(b, "BIG        ")[31] = 0xFF }, "want a file of at most"},
		"file cut off":          {func(b []byte) { table(b, i("big").first, endOfChain) }, "clusters of 512 bytes for 3000"},
	} {
		b := bytes.Clone(whole)
		c.hurt(b)
		g, err := Open(bytes.NewReader(b), 0)
		if err == nil {
			_, err = g.Files()
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	for n := 0; n <= len(whole)-sector; n += 400 {
		g, err := Open(bytes.NewReader(whole[:n]), 0)
		if err == nil {
			_, err = g.Files()
		}
		if err == nil {
			t.Errorf("cut off after %d of %d bytes: no error", n, len(whole))
		}
	}
}

// fillFolder makes every entry of a cluster one of a file.
func fillFolder(b []byte) {
	for e := range len(b) / entrySize {
		copy(b[e*entrySize:], entry([11]byte([]byte("FILE    "+string(rune('A'+e))+"  ")), attrFile, 0, 0))
	}
}

// FuzzOpen reads damaged file systems: always to an end, never more than there is.
func FuzzOpen(f *testing.F) {
	files := []File{{"a/b/c", []byte("deep")}, {"a long name", make([]byte, 1500)}, {"z", []byte("z")}}
	whole := head(f, files)
	f.Add(uint32(0), []byte{0xEB}, uint32(0), []byte{0xEB})
	f.Add(uint32(11), []byte{0, 4}, uint32(0x24), []byte{1})
	f.Add(uint32(len(whole)-1024), []byte{0x42}, uint32(0x4008), []byte{2})
	f.Fuzz(func(t *testing.T, at uint32, a []byte, at2 uint32, b []byte) {
		hurt := bytes.Clone(whole)
		copy(hurt[int(at)%len(hurt):], a)
		copy(hurt[int(at2)%len(hurt):], b)
		fs, err := Open(bytes.NewReader(hurt), 0)
		if err != nil {
			return
		}
		all, err := fs.Files()
		if err != nil {
			return
		}
		for _, f := range all {
			if len(f.Data) > mostEntries*sector {
				t.Errorf("%q has %d bytes", f.Path, len(f.Data))
			}
			if r, err := fs.Open(f.Path); err == nil {
				io.Copy(io.Discard, r)
			}
		}
	})
}
