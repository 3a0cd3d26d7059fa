package first

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards/card"
	"tellijn/boards/recipe"
	"tellijn/firmware/warden/ledger"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/initrd"
	"tellijn/tools/fieldkit/pristine"
	"tellijn/tools/rig/inside"
	"tellijn/tools/rig/vm"
)

// testCard is a card and what is booted from it.
type testCard struct {
	kernel    *vm.Kernel
	initrd    []byte
	path      string
	signature uint32
	modules   int // that can be loaded
	keys      ledger.Keys
}

func newCard(t *testing.T) *testCard {
	t.Helper()
	if testing.Short() {
		t.Skip("a virtual machine takes minutes; run without -short")
	}
	if inside.Guest() {
		t.Skip("this is the virtual machine")
	}
	tool(t, "debugfs")
	tool(t, "e2fsck")
	tool(t, "go")
	r, err := recipe.Lookup("virt")
	need(t, err)
	k, err := vm.BoardKernel(r.Kernel.Version)
	need(t, err)
	dir := t.TempDir()
	var files []initrd.File
	c := &testCard{kernel: k, path: filepath.Join(dir, "card.img"), signature: 0x74656C6C}
	for i := range c.keys.Sign {
		c.keys.Sign[i], c.keys.Seal[i], c.keys.Secret[i] = byte(i), byte(2*i+1), byte(3*i+1)
	}
	for _, p := range []struct{ name, of, tags string }{{"warden", "firmware/warden", ""}, {"eye", "firmware/eye", "sim"}, {"courier", "firmware/courier", ""},
		{"dialer", "firmware/dialer", ""}, {"scout", "tools/rig/first/caller", ""}} {
		out := filepath.Join(dir, p.name+".arm64")
		build(t, out, p.of, p.tags, "GOARCH=arm64")
		files = append(files, initrd.File{Name: "bin/" + p.name, Data: read(t, out), Mode: 0o755})
	}
	modules, err := initrd.Modules(func(name string) ([]byte, error) {
		for _, dir := range []string{"common", "*/*"} {
			if found, _ := filepath.Glob(filepath.Join(k.From, "lib/modules/*/kernel/drivers/media", dir, strings.ReplaceAll(name, "_", "?")+".ko")); len(found) == 1 {
				return os.ReadFile(found[0])
			}
		}
		return nil, nil // built in
	}, "uvcvideo")
	need(t, err)
	if len(modules) == 0 {
		t.Fatal("no modules to load")
	}
	c.modules = len(modules)
	files = append(append(files, modules...), initrd.File{Name: "modules/99-broken.ko", Data: []byte("\x7fELF and nothing more"), Mode: 0o644})
	packed, err := pristine.Gzip()
	need(t, err)
	files = append(files, initrd.File{Name: "init", Link: "bin/warden"}, initrd.File{Name: strings.TrimPrefix(card.Pristine, "/"), Data: packed, Mode: 0o600},
		initrd.File{Name: strings.TrimPrefix(card.BoardFile, "/"), Data: []byte("virt\n"), Mode: 0o644})
	c.initrd, err = initrd.Pack(files, "proc", "sys", "run", "tmp", "etc", "card", "data")
	need(t, err)
	f, err := os.Create(c.path)
	need(t, err)
	need(t, f.Truncate(card.Size))
	need(t, pristine.WriteTo(f, card.Data().Start))
	need(t, f.Close())
	c.start(t, "device = \"first-try\"\n")
	c.write(t, 0, table(c.signature))
	return c
}

// start writes the first partition, with this configuration and with the keys.
func (c *testCard) start(t *testing.T, config string) {
	t.Helper()
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	need(t, err)
	defer f.Close()
	need(t, fat.Write(f, card.Start().Start, card.Start().Size, card.Start().Label, 1, []fat.File{
		{Path: card.Device + "/" + card.Config, Data: []byte(config)}, {Path: card.Device + "/" + card.Keys, Data: c.keys.Bytes()}}))
}

// write writes somewhere on the card.
func (c *testCard) write(t *testing.T, at int64, b []byte) {
	t.Helper()
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	need(t, err)
	defer f.Close()
	_, err = f.WriteAt(b, at)
	need(t, err)
}

// table is the first sector of a card.
func table(signature uint32) []byte {
	b := make([]byte, card.Sector)
	binary.LittleEndian.PutUint32(b[440:], signature)
	for i, p := range card.All() {
		e := b[446+16*i:]
		e[4] = p.Type
		binary.LittleEndian.PutUint32(e[8:], uint32(p.Start/card.Sector))
		binary.LittleEndian.PutUint32(e[12:], uint32(p.Size/card.Sector))
	}
	b[510], b[511] = 0x55, 0xAA
	return b
}

// data copies the data file system out of the card.
func (c *testCard) data(t *testing.T) string {
	t.Helper()
	f, err := os.Open(c.path)
	need(t, err)
	defer f.Close()
	path := filepath.Join(t.TempDir(), "data.ext4")
	out, err := os.Create(path)
	need(t, err)
	defer out.Close()
	_, err = io.Copy(out, io.NewSectionReader(f, card.Data().Start, card.DataSize))
	need(t, err)
	return path
}

// sound has the file system checked by the tool that repairs such.
func (c *testCard) sound(t *testing.T) {
	t.Helper()
	run(t, tool(t, "e2fsck"), "-f", "-n", c.data(t))
}

// hasKeys tells whether the card still has the keys, anywhere in its first partition.
func (c *testCard) hasKeys(t *testing.T) bool {
	t.Helper()
	f, err := os.Open(c.path)
	need(t, err)
	defer f.Close()
	b := make([]byte, card.Start().Size)
	_, err = f.ReadAt(b, card.Start().Start)
	need(t, err)
	return bytes.Contains(b, c.keys.Sign[:]) || bytes.Contains(b, c.keys.Seal[:]) || bytes.Contains(b, c.keys.Secret[:])
}

// known sees that the ledger of the card has the keys that were made for the device.
func (c *testCard) known(t *testing.T) {
	t.Helper()
	image, dir := c.data(t), t.TempDir()
	run(t, tool(t, "e2fsck"), "-p", image) // the journal, after a cut
	need(t, os.MkdirAll(filepath.Join(dir, "warden"), 0o700))
	run(t, tool(t, "debugfs"), "-R", "dump /tellijn/warden/ledger.db "+filepath.Join(dir, "warden", "ledger.db"), image)
	l, err := ledger.Open(filepath.Join(dir, "warden", "ledger.db"), ledger.Options{})
	need(t, err)
	defer l.Close()
	if taken, err := l.Take(c.keys); err != nil || taken != ledger.TakenThere {
		t.Errorf("the keys of the card are not those of the ledger: %v, %v", taken, err)
	}
}

// lists tells whether a folder of the data file system has a file of this name.
func (c *testCard) lists(t *testing.T, dir, name string) bool {
	t.Helper()
	out, err := exec.Command(tool(t, "debugfs"), "-R", "ls -p "+dir, c.data(t)).Output()
	need(t, err)
	if !strings.Contains(string(out), "/ledger.db/") {
		t.Fatalf("nothing is listed: %s", out)
	}
	return strings.Contains(string(out), "/"+name+"/")
}

func tool(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"", "/sbin/", "/usr/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	t.Skipf("no %s here", name)
	return ""
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out)
	}
}

func build(t *testing.T, out, of, tags string, env ...string) {
	t.Helper()
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w -buildid=", "-tags", tags, "-o", out, "tellijn/"+of)
	c.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS="), env...)
	if b, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", of, err, b)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	need(t, err)
	return b
}
