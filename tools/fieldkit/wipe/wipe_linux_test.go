package wipe

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	layout "tellijn/boards/card"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/cardtest"
	"tellijn/tools/fieldkit/command"
	"tellijn/tools/fieldkit/drive"
	"tellijn/tools/fieldkit/medium"
	"tellijn/tools/fieldkit/medium/mediumtest"
	"tellijn/tools/fieldkit/wipe/paper"
)

// bench is a used card in a drive, and markers where no file is.
type bench struct {
	kit
	t           *testing.T
	dir         string
	used        *cardtest.Used
	loop        *mediumtest.Loop
	out, errOut bytes.Buffer
	org         sign.Key
}

// places of markers beside keys, configuration, queue and log: what is in no file.
func marked() map[string]int64 {
	d := layout.Data().Start
	return map[string]int64{"before the first partition": 2<<20 + 77, "first partition, free": layout.Start().Start + 50<<20 + 4094, "slot A": layout.SlotA().Start + 60<<20,
		"slot B": layout.SlotB().Start + 5000, "data, free": d + layout.DataSize - 5<<20 + 9, "set aside": d + layout.Aside + 3<<20 + 1, "the end": layout.Size - 32}
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, dir: t.TempDir(), used: cardtest.Use(t, "virt", "north-door"), org: sign.NewKey([32]byte{42})}
	f, err := os.OpenFile(b.used.Path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range marked() {
		m := sha256.Sum256([]byte("marker " + name))
		b.markers = append(b.markers, m[:])
		if _, err := f.WriteAt(m[:], at); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	b.loop = mediumtest.Attach(t, b.used.Path)
	b.kit.in, b.kit.out, b.kit.errOut, b.places, b.kit.open = strings.NewReader(""), &b.out, &b.errOut, drive.Here(), open
	b.now, b.unmount = func() time.Time { return time.Date(2027, 6, 1, 8, 0, 0, 0, time.UTC) }, medium.Unmount
	b.file("org.key", "# of ours\nseed = 2a"+strings.Repeat("00", 31)+"\n")
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

func (b *bench) args(more ...string) []string {
	return append([]string{"-device", b.loop.Path, "-export", b.path("kept"), "-reason", "the hall is rebuilt", "-key", b.path("org.key"), "-o", b.path("cert"), "-fixed"}, more...)
}

// secrets are all that must be gone, by where it was.
func (b *bench) secrets() map[string][]byte {
	k := &b.used.Keys
	all := map[string][]byte{"sign": k.Sign[8:24], "seal": k.Seal[:16], "secret": k.Secret[16:], "configuration": b.used.Config[20:36], "TLS key": b.used.TLSKey[30:46]}
	for _, i := range []int{0, 19, 20, 29} {
		r, e := b.used.Records[i], b.used.Entries[i]
		all[fmt.Sprint("record ", i)], all[fmt.Sprint("entry ", i)] = r[len(r)-40:], e[len(e)-40:]
	}
	for name := range marked() {
		m := sha256.Sum256([]byte("marker " + name))
		all["marker "+name] = m[:]
	}
	return all
}

// there looks into the file below the drive with nothing but bytes.Contains.
func (b *bench) there() (found, missing []string) {
	b.t.Helper()
	raw, err := os.ReadFile(b.used.Path)
	if err != nil {
		b.t.Fatal(err)
	}
	for name, s := range b.secrets() {
		if bytes.Contains(raw, s) {
			found = append(found, name)
		} else {
			missing = append(missing, name)
		}
	}
	return found, missing
}

func (b *bench) certificate() *paper.Certificate {
	b.t.Helper()
	signed, err := os.ReadFile(b.path("cert.cose"))
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := paper.Open(b.org.Public(), signed)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func TestWipe(t *testing.T) {
	b := newBench(t)
	if _, missing := b.there(); len(missing) > 0 {
		t.Fatal("not on the card before, so nothing is shown: ", missing)
	}
	b.in = strings.NewReader(filepath.Base(b.loop.Path) + "\n")
	if err := b.run(t.Context(), b.args()); err != nil {
		t.Fatal(err, b.errOut.String())
	}
	if found, _ := b.there(); len(found) > 0 {
		t.Error("still on the card: ", found)
	}
	c := b.certificate()
	if !c.Whole || c.Device != "north-door" || c.Board != "virt" || c.Key != b.used.Public() || c.Size != layout.Size || c.Work.Zeroed != layout.Size || c.Work.Read != layout.Size ||
		c.Export.Records != 30 || c.Export.Entries != 30 || c.Export.Doubts != 0 || c.Seconds != 30*900 || len(c.Firmware) != 1 || c.Search.After != 0 || c.Search.Before < c.Search.Pieces*9/10 {
		t.Errorf("%+v\n%s", c, b.errOut.String())
	}
	// What was kept can be checked with the tool that auditors use, and holds no secret.
	o, err := exec.CommandContext(t.Context(), "go", "run", "tellijn/tools/verify", "-key", b.used.Public().String(), "-whole", b.path("kept/records.cose"), b.path("kept/log.cose")).CombinedOutput()
	if err != nil || !strings.Contains(string(o), "30 records, 30 log entries") || !strings.Contains(string(o), "Good") {
		t.Errorf("%v: %s", err, o)
	}
	said := b.out.String() + b.errOut.String()
	kept, _ := os.ReadDir(b.path("kept"))
	for _, f := range kept {
		text, err := os.ReadFile(filepath.Join(b.path("kept"), f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		said += string(text)
	}
	for _, name := range []string{"cert.cose", "cert.pdf"} {
		text, err := os.ReadFile(b.path(name))
		if err != nil {
			t.Fatal(err)
		}
		said += string(text)
	}
	k := &b.used.Keys
	for _, s := range [][]byte{k.Sign[:], k.Seal[:], k.Secret[:], b.used.TLSKey[28:60]} {
		if strings.Contains(said, string(s)) || strings.Contains(said, fmt.Sprintf("%x", s)) {
			t.Error("a secret was kept or said")
		}
	}
	if conf, err := os.ReadFile(b.path("kept/config.toml")); err != nil || !bytes.Equal(conf, b.used.Config) {
		t.Error(err)
	}
	if !strings.Contains(said, "ran at least 7 hours") || !strings.Contains(said, "-revoke north-door") {
		t.Error(b.errOut.String(), b.out.String())
	}
	b.out.Reset()
	if err := b.run(t.Context(), []string{"-show", b.path("cert.cose"), "-signer", b.org.Public().String()}); err != nil || !strings.Contains(b.out.String(), "What no program reaches") {
		t.Error(err)
	}
	if k, err := readKey(b.file("plain.key", strings.Repeat("2a", 32))); err != nil || k.Public() != sign.NewKey([32]byte(bytes.Repeat([]byte{42}, 32))).Public() {
		t.Error(err)
	}
	if err := b.run(t.Context(), []string{"-show", b.path("cert.cose"), "-signer", b.used.Public().String()}); !errors.Is(err, sign.ErrSignature) {
		t.Error(err)
	}
}

// Nothing is wiped before everything is in order.
func TestNothingWiped(t *testing.T) {
	b := newBench(t)
	name := filepath.Base(b.loop.Path)
	if err := os.MkdirAll(b.path("full/x"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.file("taken.pdf", "")
	kept := 0
	for what, c := range map[string]struct {
		args []string
		says string
	}{
		"another name":    {[]string{}, "nothing was written"},
		"-yes of another": {[]string{"-yes", "sdz"}, "names none"},
		"a full folder":   {[]string{"-yes", name, "-export", b.path("full")}, "nothing was wiped"},
		"a taken name":    {[]string{"-yes", name, "-o", b.path("taken")}, "nothing was wiped"},
		"no folder":       {[]string{"-yes", name, "-o", b.path("none/cert")}, "nothing was wiped"},
		"no reason":       {[]string{"-yes", name, "-reason", ""}, "no -reason"},
		"two lines":       {[]string{"-yes", name, "-reason", "a\nb"}, "reason"},
		"no key":          {[]string{"-yes", name, "-key", b.path("none")}, "none"},
		"no key file":     {[]string{"-yes", name, "-key", b.file("bad.key", "hello")}, "64 hexadecimal"},
		"a key of zeros":  {[]string{"-yes", name, "-key", b.file("zero.key", strings.Repeat("0", 64))}, "64 hexadecimal"},
		"no drive":        {[]string{"-yes", name, "-device", "/dev/nothing"}, "no drive"},
		"built in":        {[]string{"-yes", name, "-fixed=false"}, "-fixed"},
	} {
		args := b.args("-export", b.path(fmt.Sprint("kept", kept)))
		kept++
		if err := b.run(t.Context(), append(args, c.args...)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
		for _, ext := range []string{"cert.cose", "cert.pdf", "taken.cose"} {
			if _, err := os.Stat(b.path(ext)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %s is there", what, ext)
			}
		}
	}
	if _, missing := b.there(); len(missing) > 0 {
		t.Error("gone from the card: ", missing)
	}
	for _, args := range [][]string{nil, {"-show", "x"}, {"-show", b.path("none"), "-signer", "x"}} {
		if err := b.run(t.Context(), args); !errors.Is(err, command.ErrUsage) {
			t.Error(args, err)
		}
	}
}
