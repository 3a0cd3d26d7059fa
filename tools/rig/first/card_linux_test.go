package first

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards/card"
	"tellijn/firmware/warden/ledger"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/rig/inside"
	"tellijn/tools/rig/vm"
)

// kernelVersion of the boards; boards/recipe has it too, and a test holds them together.
const kernelVersion = "v0.0.0-20251127164438-9778ec0261de"

// testCard is a card and what is booted from it.
type testCard struct {
	kernel    *vm.Kernel
	files     []vm.File
	path      string
	signature uint32
	keys      ledger.Keys
	warden    string // a build for this machine
}

// config is that of the device.
const config = "device = \"first-try\"\n"

func newCard(t *testing.T) *testCard {
	t.Helper()
	if testing.Short() {
		t.Skip("a virtual machine takes minutes; run without -short")
	}
	if inside.Guest() {
		t.Skip("this is the virtual machine")
	}
	mke2fs := tool(t, "mke2fs")
	tool(t, "debugfs")
	tool(t, "e2fsck")
	tool(t, "go")
	k, err := vm.BoardKernel(kernelVersion)
	need(t, err)
	dir := t.TempDir()
	c := &testCard{kernel: k, path: filepath.Join(dir, "card.img"), signature: 0x74656C6C, warden: filepath.Join(dir, "warden")}
	for i := range c.keys.Sign {
		c.keys.Sign[i], c.keys.Seal[i], c.keys.Secret[i] = byte(i), byte(2*i+1), byte(3*i+1)
	}
	build(t, c.warden, "firmware/warden", "")
	for _, p := range []struct{ name, of, tags string }{{"warden", "firmware/warden", ""}, {"eye", "firmware/eye", "sim"}, {"courier", "firmware/courier", ""},
		{"dialer", "firmware/dialer", ""}, {"scout", "tools/rig/first/caller", ""}} {
		out := filepath.Join(dir, p.name+".arm64")
		build(t, out, p.of, p.tags, "GOARCH=arm64")
		c.files = append(c.files, vm.File{Name: "bin/" + p.name, Data: read(t, out), Mode: 0o755})
	}
	c.files[0].Name = "init"
	empty := filepath.Join(dir, "empty.ext4")
	run(t, mke2fs, "-q", "-t", "ext4", "-b", "4096", "-g", "8192", "-F", empty, fmt.Sprintf("%dk", card.DataSize>>10))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	plain := read(t, empty)
	z.Write(plain)
	z.Close()
	c.files = append(c.files, vm.File{Name: strings.TrimPrefix(card.Pristine, "/"), Data: packed.Bytes(), Mode: 0o600},
		vm.File{Name: strings.TrimPrefix(card.BoardFile, "/"), Data: []byte("virt\n"), Mode: 0o644})
	f, err := os.Create(c.path)
	need(t, err)
	defer f.Close()
	need(t, f.Truncate(card.Size))
	need(t, fat.Write(f, card.Start().Start, card.Start().Size, card.Start().Label, 1, []fat.File{
		{Path: card.Device + "/" + card.Config, Data: []byte(config)}, {Path: card.Device + "/" + card.Keys, Data: c.keys.Bytes()}}))
	_, err = f.WriteAt(plain, card.Data().Start)
	need(t, err)
	_, err = f.WriteAt(table(c.signature), 0)
	need(t, err)
	return c
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

// identity is what the ledger of the card has as keys, and that these are those that were made for it.
func (c *testCard) identity(t *testing.T) string {
	t.Helper()
	image, dir := c.data(t), t.TempDir()
	run(t, tool(t, "e2fsck"), "-p", image) // the journal, after a cut
	need(t, os.MkdirAll(filepath.Join(dir, "warden"), 0o700))
	run(t, tool(t, "debugfs"), "-R", "dump /tellijn/warden/ledger.db "+filepath.Join(dir, "warden", "ledger.db"), image)
	l, err := ledger.Open(filepath.Join(dir, "warden", "ledger.db"), ledger.Options{})
	need(t, err)
	defer l.Close()
	taken, err := l.Take(c.keys)
	if err != nil || taken != ledger.TakenThere {
		t.Errorf("the keys of the card are not those of the ledger: %v, %v", taken, err)
	}
	return fmt.Sprint(taken)
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
