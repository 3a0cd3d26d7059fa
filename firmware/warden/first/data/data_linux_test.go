package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"tellijn/boards/card"
)

// aloneEnv says that this test program runs in a namespace of mounts of its own. In that of the machine every program
// that is started meanwhile with one of its own would take a copy of what is mounted here, and hold it.
const aloneEnv = "TELLIJN_DATA_ALONE"

func TestMain(m *testing.M) {
	if os.Geteuid() != 0 {
		os.Exit(m.Run())
	}
	if os.Getenv(aloneEnv) != "" {
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			println("mounts reach others:", err.Error())
		}
		os.Exit(m.Run())
	}
	c := exec.Command("/proc/self/exe", os.Args[1:]...)
	c.Stdin, c.Stdout, c.Stderr, c.Env = os.Stdin, os.Stdout, os.Stderr, append(os.Environ(), aloneEnv+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	err := c.Run()
	if c.ProcessState == nil { // no namespaces here
		os.Exit(m.Run())
	}
	if err != nil {
		os.Exit(1)
	}
}

// bench is a card's data partition in a file.
type bench struct {
	t        *testing.T
	medium   string
	pristine string
	p        Place
	said     []string
	steps    int // of a repair
}

// ledger and other stand for files of the programs: two of them, in two folders.
func ledger() []byte { return bytes.Repeat([]byte("what must not be lost. "), 20_000) }
func other() []byte  { return bytes.Repeat([]byte("what waits. "), 5_000) }

const (
	ledgerFile = "tellijn/warden/ledger.db"
	otherFile  = "tellijn/courier/queue.db"
)

// lay makes a partition with an empty file system, which is also the pristine one, and puts files into it.
func lay(t *testing.T) *bench {
	t.Helper()
	mke2fs := tool(t, "mke2fs")
	dir := t.TempDir()
	b := &bench{t: t, medium: filepath.Join(dir, "data.img"), pristine: filepath.Join(dir, "pristine.gz")}
	f, err := os.Create(b.medium)
	must(t, err)
	must(t, f.Truncate(card.Data().Size))
	must(t, f.Close())
	b.run(mke2fs, "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-N", "2048", "-m", "1", "-J", "size=4", "-e", "remount-ro",
		"-O", "none,has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum",
		"-E", "lazy_itable_init=0,lazy_journal_init=0", b.medium, "30720")
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	whole := b.read(0, card.DataSize)
	z.Write(whole)
	z.Close()
	must(t, os.WriteFile(b.pristine, packed.Bytes(), 0o600))
	b.attach(false)
	must(t, b.mounted(func() {
		for name, text := range map[string][]byte{ledgerFile: ledger(), otherFile: other()} {
			must(t, os.MkdirAll(filepath.Join(b.p.Dir, filepath.Dir(name)), 0o700))
			must(t, os.WriteFile(filepath.Join(b.p.Dir, name), text, 0o600))
		}
		must(t, os.Chown(filepath.Join(b.p.Dir, otherFile), 65533, 65533))
	}))
	return b
}

// attach shows the partition as a block device and fills in the place.
func (b *bench) attach(readOnly bool) {
	b.t.Helper()
	f, err := os.OpenFile(b.medium, os.O_RDWR, 0)
	must(b.t, err)
	defer f.Close()
	loop, err := attach(f)
	if err != nil {
		b.t.Skipf("no loop device here: %v", err)
	}
	b.t.Cleanup(func() { loop.Close() })
	if readOnly {
		must(b.t, unix.IoctlSetPointerInt(int(loop.Fd()), unix.BLKROSET, 1))
		// It would stay so for the next who is given this device.
		b.t.Cleanup(func() { must(b.t, unix.IoctlSetPointerInt(int(loop.Fd()), unix.BLKROSET, 0)) })
	}
	dir, old := b.t.TempDir(), b.t.TempDir()
	b.p = Place{Device: loop.Name(), Dir: dir, Old: old, Pristine: b.pristine, Now: 1_800_000_000, Say: func(line string) { b.said = append(b.said, line) }}
	b.t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
}

// mounted mounts the file system as it is, does something in it, and takes it off.
func (b *bench) mounted(do func()) error {
	if err := unix.Mount(b.p.Device, b.p.Dir, "ext4", 0, ""); err != nil {
		if errors.Is(err, unix.EPERM) {
			b.t.Skip("mounting needs root")
		}
		return err
	}
	do()
	return unix.Unmount(b.p.Dir, 0)
}

// open opens the place, sees that what is expected came of it, and takes it off.
func (b *bench) open(want Found, look func()) {
	b.t.Helper()
	b.said = nil
	found, err := b.p.Open()
	if err != nil || found != want {
		b.t.Fatalf("%+v, %v, want %+v\n%s", found, err, want, strings.Join(b.said, "\n"))
	}
	if look != nil {
		look()
	}
	must(b.t, unix.Unmount(b.p.Dir, 0))
}

// holds tells whether a file has these bytes, and its rights.
func (b *bench) holds(name string, want []byte) bool {
	got, err := os.ReadFile(filepath.Join(b.p.Dir, name))
	return err == nil && bytes.Equal(got, want)
}

func (b *bench) noted() Why {
	got, err := os.ReadFile(filepath.Join(b.p.Dir, Note))
	if err != nil || len(got) != 1 {
		return Sound
	}
	return Why(got[0])
}

func (b *bench) read(at, n int64) []byte {
	f, err := os.Open(b.medium)
	must(b.t, err)
	defer f.Close()
	out := make([]byte, n)
	_, err = f.ReadAt(out, at)
	must(b.t, err)
	return out
}

// device opens the block device.
func (b *bench) device() *os.File {
	f, err := os.OpenFile(b.p.Device, os.O_RDWR, 0)
	must(b.t, err)
	b.t.Cleanup(func() { f.Close() })
	return f
}

// write changes the partition behind the kernel's back, and has it forget what it had read.
func (b *bench) write(at int64, text []byte) {
	f, err := os.OpenFile(b.p.Device, os.O_RDWR, 0)
	must(b.t, err)
	defer f.Close()
	_, err = f.WriteAt(text, at)
	must(b.t, err)
	must(b.t, f.Sync())
}

func (b *bench) run(name string, args ...string) string {
	b.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		b.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func tool(t *testing.T, name string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("loop devices and mounting need root")
	}
	for _, dir := range []string{"", "/sbin/", "/usr/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	t.Skipf("no %s here", name)
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bench) whole() {
	b.t.Helper()
	if !b.holds(ledgerFile, ledger()) || !b.holds(otherFile, other()) {
		b.t.Error("files are not what they were")
	}
}

func TestSound(t *testing.T) {
	b := lay(t)
	b.open(Found{}, func() {
		b.whole()
		var st unix.Statfs_t
		must(t, unix.Statfs(b.p.Dir, &st))
		const want = unix.ST_NOSUID | unix.ST_NODEV | unix.ST_NOEXEC | unix.ST_NOATIME
		if int64(st.Flags)&want != want || int64(st.Flags)&unix.ST_RDONLY != 0 {
			t.Errorf("mounted with %#x", st.Flags)
		}
	})
	if _, ok := ReadHead(bytes.NewReader(b.read(0, card.Data().Size))); ok {
		t.Error("something is set aside")
	}
}

// TestJournal cuts the power while all that was said to be on the disk is in the journal only, and then loses the
// super block as well.
func TestJournal(t *testing.T) {
	b := lay(t)
	var cut []byte
	must(t, b.mounted(func() {
		f, err := os.Create(filepath.Join(b.p.Dir, "tellijn/late"))
		must(t, err)
		_, err = f.WriteString("just said to be stored")
		must(t, err)
		must(t, f.Sync())
		must(t, f.Close())
		cut = b.read(0, card.DataSize)
	}))
	if binary.LittleEndian.Uint32(cut[superAt+incompatAt:])&incompatRecover == 0 || b.listed(cut, "late") {
		t.Fatal("nothing is in the journal only: the test does not test")
	}
	for n, want := range []Found{{}, {Why: NoSuper, Carried: 3}} {
		must(t, os.WriteFile(b.medium, append(make([]byte, n*grain), cut[n*grain:]...), 0o600))
		must(t, os.Truncate(b.medium, card.Data().Size))
		b.attach(false)
		b.open(want, func() {
			b.whole()
			if !b.holds("tellijn/late", []byte("just said to be stored")) {
				t.Errorf("what was in the journal is lost, want %+v", want)
			}
		})
	}
}

// listed tells whether a file is there without the journal.
func (b *bench) listed(cut []byte, name string) bool {
	path := filepath.Join(b.t.TempDir(), "cut")
	must(b.t, os.WriteFile(path, cut, 0o600))
	out := b.run(tool(b.t, "debugfs"), "-R", "ls -p /tellijn", path)
	if !strings.Contains(out, "/warden/") {
		b.t.Fatalf("nothing is listed: %s", out)
	}
	return strings.Contains(out, "/"+name+"/")
}

// TestNoSuper loses the super block, and then the group descriptors as well: the files are taken over all the
// same, what was damaged stays as it was, and from then on nothing is strange any more.
func TestNoSuper(t *testing.T) {
	for name, n := range map[string]int{"super block": 1, "and group descriptors": 2} {
		t.Run(name, func(t *testing.T) {
			b := lay(t)
			b.write(0, make([]byte, n*grain))
			if err := b.mounted(func() {}); err == nil {
				t.Fatal("it can be mounted: the test does not test")
			}
			damaged := sha256.Sum256(b.read(0, card.DataSize))
			b.open(Found{Why: NoSuper, Carried: 2}, func() {
				b.whole()
				if b.noted() != NoSuper {
					t.Errorf("the note says %v", b.noted())
				}
				info, err := os.Stat(filepath.Join(b.p.Dir, otherFile))
				if err != nil || owner(info) != 65533 || info.Mode() != 0o600 {
					t.Errorf("%v, owner %d", info.Mode(), owner(info))
				}
			})
			h, ok := ReadHead(bytes.NewReader(b.read(0, card.Data().Size)))
			if want := (Head{At: 1_800_000_000, Why: NoSuper, Carried: true, Sum: damaged}); !ok || h != want {
				t.Errorf("set aside: %v, %+v, want %+v", ok, h, want)
			}
			if sha256.Sum256(b.read(CopyAt, card.DataSize)) != damaged {
				t.Error("what is set aside is not what was there")
			}
			b.open(Found{}, b.whole)
			b.run(tool(t, "e2fsck"), "-f", "-n", b.medium)
		})
	}
}

// TestMarked finds a file system in which the kernel met an error.
func TestMarked(t *testing.T) {
	b := lay(t)
	b.run(tool(t, "debugfs"), "-w", "-R", "ssv state 3", b.medium)
	b.attach(false)
	if why := examine(bytes.NewReader(b.read(0, 4096))); why != Marked {
		t.Fatalf("%v: the test does not test", why)
	}
	b.open(Found{Why: Marked, Carried: 2}, b.whole)
	b.open(Found{}, b.whole)
}

// TestFolder damages the block of one folder: what lies in the other is taken over.
func TestFolder(t *testing.T) {
	b := lay(t)
	b.spoil("/tellijn/warden")
	copied := *b // a look at the damage marks it
	copied.medium += ".looked"
	must(t, os.WriteFile(copied.medium, b.read(0, card.Data().Size), 0o600))
	copied.attach(false)
	must(t, copied.mounted(func() {
		if _, err := os.ReadDir(filepath.Join(copied.p.Dir, "tellijn/warden")); err == nil {
			t.Fatal("the folder can be read: the test does not test")
		}
	}))
	b.attach(false)
	b.open(Found{Why: NoRead, Carried: 1, Lost: 1}, func() {
		if !b.holds(otherFile, other()) || b.holds(ledgerFile, ledger()) {
			t.Error("not what can be read, or more than that")
		}
	})
}

// spoil damages the block of a folder.
func (b *bench) spoil(folder string) {
	b.t.Helper()
	blocks := b.run(tool(b.t, "debugfs"), "-R", "blocks "+folder, b.medium)
	block := regexp.MustCompile(`(?m)^(\d+)\s*$`).FindStringSubmatch(blocks)
	if block == nil {
		b.t.Fatalf("no block in %q", blocks)
	}
	at, err := strconv.ParseInt(block[1], 10, 64)
	must(b.t, err)
	b.write(at*grain, bytes.Repeat([]byte{0xA5}, grain))
}

// TestFull fills the file system to the last block: it is opened as it is.
func TestFull(t *testing.T) {
	b := lay(t)
	must(t, b.mounted(func() {
		f, err := os.Create(filepath.Join(b.p.Dir, "ballast"))
		must(t, err)
		defer f.Close()
		if _, err := io.Copy(f, io.LimitReader(zeros{}, card.DataSize)); !errors.Is(err, unix.ENOSPC) {
			t.Fatalf("%v: the test does not test", err)
		}
	}))
	b.open(Found{}, b.whole)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func owner(info os.FileInfo) uint32 {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return st.Uid
}
