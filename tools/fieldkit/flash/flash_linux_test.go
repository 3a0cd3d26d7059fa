package flash

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/boards/card"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
	"tellijn/tools/fieldkit/cardtest"
	"tellijn/tools/fieldkit/drive"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/medium"
	"tellijn/tools/fieldkit/medium/mediumtest"
	"tellijn/tools/fieldkit/sheet"
)

func now() time.Time { return time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC) }

// bench is a place to write cards at: loop devices in place of drives.
type bench struct {
	kit
	t           *testing.T
	dir         string
	out, errOut bytes.Buffer
	image       string
}

func newBench(t *testing.T, typed string) *bench {
	b := &bench{t: t, dir: t.TempDir(), image: cardtest.Image(t, "virt")}
	b.kit = kit{in: strings.NewReader(typed), out: &b.out, errOut: &b.errOut, places: drive.Here(), unmount: medium.Unmount, random: rand.Reader, now: now,
		open:   func(path string) (target, error) { return opened(medium.Open(path)) },
		create: func(path string, size int64) (target, error) { return opened(medium.Create(path, size)) }}
	pair, err := certs.NewAuthority(now())
	if err != nil {
		t.Fatal(err)
	}
	b.file("ca.pem", string(pair.Certificate))
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) file(name, text string) string {
	b.t.Helper()
	if err := os.WriteFile(b.path(name), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return b.path(name)
}

// config writes the configuration of a device.
func (b *bench) config(device string) string {
	return b.file(device+".toml", fmt.Sprintf("device = %q\n[upload]\nkind = \"https\"\naddress = \"counts.example.edu:8443\"\nreceipts = %q\n", device, sign.NewKey([32]byte{9}).Public()))
}

// drive makes a card that holds something else and boots, or so it looks.
func (b *bench) drive(name string, size int64) (*mediumtest.Loop, string) {
	b.t.Helper()
	file := b.path(name)
	f, err := os.Create(file)
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	old := bytes.Repeat([]byte("old!"), 1<<20)
	old[510], old[511] = 0x55, 0xAA
	for _, err := range []error{f.Truncate(size), write(f, old, 0), write(f, old[1<<20:2<<20], size-1<<20)} {
		if err != nil {
			b.t.Fatal(err)
		}
	}
	return mediumtest.Attach(b.t, file), file
}

func write(f io.WriterAt, b []byte, off int64) error { _, err := f.WriteAt(b, off); return err }

// boots tells whether there is a table of partitions on what lies below a card.
func boots(t *testing.T, file string) bool {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 512)
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return b[510] == 0x55 && b[511] == 0xAA
}

// secrets are the files of a device on a card that nobody else may see.
func secrets(t *testing.T, file string) (keys ledger.Keys, all map[string][]byte) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := fat.Open(f, card.Start().Start)
	if err != nil {
		t.Fatal(err)
	}
	all = map[string][]byte{}
	for _, name := range []string{card.Config, card.Keys, card.CA, card.Cert, card.CertKey} {
		if all[name], err = p.ReadFile(card.Device + "/" + name); err != nil {
			t.Fatal(name, err)
		}
	}
	if keys, err = ledger.ParseKeys(all[card.Keys]); err != nil {
		t.Fatal(err)
	}
	return keys, all
}

// Two cards at once, each its own device; what the operator gets fits what is on them, and no secret is said.
func TestTwoCards(t *testing.T) {
	b := newBench(t, "")
	l1, file1 := b.drive("one", 80<<20)
	l2, file2 := b.drive("two", cardtest.Size)
	b.in = strings.NewReader(filepath.Base(l1.Path) + "\n" + filepath.Base(l2.Path) + "\n")
	err := b.run(t.Context(), []string{l1.Path, "-image", b.image, "-config", b.config("north-door"), "-config=" + b.config("south-door"), "-fixed", "-ca", b.path("ca.pem"),
		"-csv", b.path("devices.csv"), "-label", b.path("labels"), "-whose", "Us", "-read", "https://example.edu", filepath.Base(l2.Path)})
	if err != nil {
		t.Fatal(err, b.errOut.String())
	}
	want, err := os.ReadFile(b.image)
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.Open(b.path("devices.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	rows, err := sheet.Read(list)
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	said := b.out.String() + b.errOut.String()
	for _, name := range []string{"devices.csv", "labels/north-door.pdf", "labels/north-door.png", "labels/south-door.pdf", "labels/south-door.png"} {
		text, err := os.ReadFile(b.path(name))
		if err != nil {
			t.Error(err)
		}
		said += string(text)
	}
	var before ledger.Keys
	for i, file := range []string{file1, file2} {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := card.Start()
		if !bytes.Equal(got[:p.Start], want[:p.Start]) || !bytes.Equal(got[p.Start+p.Size:cardtest.Size], want[p.Start+p.Size:]) {
			t.Error("outside of the first partition it is not the image")
		}
		if bytes.Contains(got[len(got)-1<<20:], []byte("old!")) {
			t.Error("the end still holds what was there")
		}
		keys, all := secrets(t, file)
		r := rows[i]
		c, err := certs.Parse(all[card.Cert])
		if err != nil || r.Device != []string{"north-door", "south-door"}[i] || r.Board != "virt" || r.Sign != sign.NewKey(keys.Sign).Public() ||
			r.Certificate != certs.Fingerprint(c) || c.Subject.CommonName != r.Device || !r.Written.Equal(now()) {
			t.Errorf("%+v, %v", r, err)
		}
		for _, s := range [][]byte{keys.Sign[:], keys.Seal[:], keys.Secret[:]} {
			for _, form := range []string{string(s), fmt.Sprintf("%x", s), fmt.Sprintf("%X", s), fmt.Sprint(s)} {
				if strings.Contains(said, form) {
					t.Error("a secret was said")
				}
			}
		}
		if lines := strings.Split(string(all[card.CertKey]), "\n"); strings.Contains(said, lines[1]) {
			t.Error("the key of the certificate was said")
		}
		if keys == before {
			t.Error("two devices with the same keys")
		}
		before = keys
	}
	if !strings.Contains(said, "can be taken out") || !strings.Contains(said, "good  north-door") || !strings.Contains(said, "100 %") {
		t.Error(said)
	}
}

// What is not what was meant is refused before anything is written.
func TestAsked(t *testing.T) {
	b := newBench(t, "")
	l, file := b.drive("one", 80<<20)
	small, _ := b.drive("small", 60<<20)
	name := filepath.Base(l.Path)
	north := b.config("north-door")
	good := []string{"-image", b.image, "-config", north, "-ca", b.path("ca.pem"), l.Path}
	for what, c := range map[string]struct {
		args  []string
		typed string
		says  string
	}{
		"another name":      {append(good, "-fixed"), "sdz\n", "nothing was written"},
		"nothing typed":     {append(good, "-fixed"), "", "nothing was written"},
		"the path":          {append(good, "-fixed"), l.Path + "\n", "nothing was written"},
		"-yes of another":   {append(good, "-fixed", "-yes", "sdz"), "", "names none"},
		"no removable":      {append(good, "-yes", name), "", "-fixed"},
		"no drive":          {append(good[:6:6], "/dev/nothing", "-fixed"), "", "no drive"},
		"too small":         {append(good[:6:6], small.Path, "-fixed", "-yes", filepath.Base(small.Path)), "", "too small"},
		"twice":             {append(good, name, "-config", b.config("south-door"), "-fixed", "-yes", name), "", "twice"},
		"one config":        {append(good, small.Path), "", "1 times -config"},
		"no image":          {[]string{"-config", north, l.Path}, "", "no -image"},
		"a label of nobody": {append(good, "-label", b.dir), "", "-whose"},
		"a file and a card": {append(good, "-o", b.path("x")), "", "one or the other"},
		"other flag":        {append(good, "-forse"), "", "-forse"},
		"no ca":             {append(good[:4:4], l.Path, "-fixed", "-yes", name), "", "-ca"},
		"a broken ca":       {append(good[:4:4], l.Path, "-fixed", "-yes", name, "-ca", north), "", "no authority"},
		"bad config":        {[]string{"-image", b.image, "-config", b.file("bad.toml", "devise = \"x\"\n"), "-fixed", "-yes", name, name}, "", "device"},
		"no config":         {[]string{"-image", b.image, "-config", b.path("none.toml"), "-fixed", "-yes", name, name}, "", "none.toml"},
		"other image":       {append(good, "-fixed", "-yes", name, "-sha256", strings.Repeat("0", 64)), "", "damaged or another"},
	} {
		b.in = strings.NewReader(c.typed)
		b.errOut.Reset()
		if err := b.run(t.Context(), c.args); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
		head, err := os.ReadFile(file)
		if err != nil || !boots(t, file) || bytes.Count(head[:1<<20], []byte("old!")) < 1<<18-2 {
			t.Fatalf("%s: something was written", what)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r, w, _ := os.Pipe()
	defer w.Close()
	defer r.Close()
	b.in = r // nobody types anything
	if err := b.run(ctx, append(good, "-fixed")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A file in place of a card holds the same, for nobody else to read, and a failed one is gone.
func TestFile(t *testing.T) {
	b := newBench(t, "")
	own := b.path("own.img")
	args := []string{"-image", b.image, "-config", b.config("north-door"), "-ca", b.path("ca.pem"), "-o", own}
	if err := b.run(t.Context(), args); err != nil {
		t.Fatal(err, b.errOut.String())
	}
	secrets(t, own)
	if _, list, _ := strings.Cut(b.out.String(), "in a file):\n"); list == "" {
		t.Error("nothing for the operator")
	} else if rows, err := sheet.Read(strings.NewReader(list)); err != nil || len(rows) != 1 || rows[0].Device != "north-door" {
		t.Error(rows, err)
	}
	if i, err := os.Stat(own); err != nil || i.Mode().Perm() != 0o600 || !boots(t, own) || !strings.Contains(b.errOut.String(), "delete it") {
		t.Error(err)
	}
	if err := b.run(t.Context(), args); err == nil {
		t.Error("a file that is there is written over")
	}
	os.Remove(own)
	create := b.create
	b.create = func(path string, size int64) (target, error) {
		m, err := create(path, size)
		return &faulty{target: m, onWrite: func(off int64) error {
			if off > 0 {
				return syscall.ENOSPC
			}
			return nil
		}}, err
	}
	if err := b.run(t.Context(), args); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(own); !errors.Is(err, os.ErrNotExist) {
		t.Error("half a file with keys stays", err)
	}
}

func TestList(t *testing.T) {
	b := newBench(t, "")
	if err := b.run(t.Context(), nil); err != nil || !strings.Contains(b.out.String(), "card") {
		t.Error(err, b.out.String())
	}
	b.places = drive.Places{Sys: t.TempDir()}
	if err := b.run(t.Context(), nil); !errors.Is(err, drive.ErrNoList) || !strings.Contains(b.errOut.String(), "Raspberry Pi Imager") {
		t.Error(err, b.errOut.String())
	}
	sys := t.TempDir()
	for name, text := range map[string]string{"block/sdq/size": "62333952", "block/sdq/removable": "1", "block/sdq/device/model": "CARD", "block/sdq/sdq1/dev": "8:17",
		"proc/self/mountinfo": "80 22 8:17 / /media/inez/CARD rw - vfat /dev/sdq1 rw\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(sys, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sys, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.out.Reset()
	b.places = drive.Places{Sys: sys, Proc: filepath.Join(sys, "proc"), Dev: "/dev"}
	want := "  /dev/sdq       31.9 GB  CARD   (/dev/sdq: it is in use, mounted at /media/inez/CARD; hint: eject it in the file manager, or -unmount does it)\n"
	if err := b.run(t.Context(), nil); err != nil || !strings.Contains(b.out.String(), want) {
		t.Errorf("%v: %s", err, b.out.String())
	}
}
