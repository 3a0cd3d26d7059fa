package flash

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/hal"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/report"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/image"
	"tellijn/tools/fieldkit/medium/mediumtest"
	"tellijn/tools/fieldkit/sheet"
	"tellijn/tools/fieldkit/wipe"
	"tellijn/tools/rig/boot"
	"tellijn/tools/rig/receiver"
	"tellijn/tools/rig/segment"
)

// TestWholeLife is a card from its writing to its end: written by flash, let in by its line of the list, booted,
// its records taken by a real collector by nothing but the certificate that was made with the card, wiped.
// It takes minutes, so it happens with TELLIJN_BOOTS=all; TELLIJN_IMAGES is a folder with virt.img.
func TestWholeLife(t *testing.T) {
	if os.Getenv("TELLIJN_BOOTS") != "all" {
		t.Skip("set TELLIJN_BOOTS=all to boot a card that was written here")
	}
	if _, err := exec.LookPath("qemu-system-aarch64"); err != nil {
		t.Skip(err)
	}
	b := newBench(t, "")
	if dir := os.Getenv("TELLIJN_IMAGES"); dir != "" {
		b.image = filepath.Join(dir, "virt.img")
	} else if _, err := image.Build(t.Context(), image.Options{Board: "virt", Path: b.path("card.img"), Tree: "../../.."}, os.Stderr); errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	} else {
		b.image = b.path("card.img")
	}
	began, monday := time.Now(), time.Date(2027, 3, 1, 8, 13, 30, 0, time.UTC)
	at := func() time.Time { return monday.Add(time.Since(began)) }
	say := func(line string) { t.Log(line) }
	store := b.path("store")
	r, err := receiver.Start(store, segment.Collector+":8443", at, say)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	words, err := enrol.Words(store, []string{segment.Collector})
	if err != nil {
		t.Fatal(err)
	}
	_, upload, _ := strings.Cut(words, "\n\n")
	conf := b.file("c.toml", fmt.Sprintf("device = \"north-door\"\n\n%s\n[network]\nkind = \"dhcp\"\n\n[time]\nservers = [%q, %q]\n", upload, segment.Router+":123", segment.Clock+":123"))
	own := b.path("own.img")
	b.now = at
	if err := b.run(t.Context(), []string{"-image", b.image, "-config", conf, "-ca", filepath.Join(store, "ca.pem"), "-csv", b.path("devices.csv"), "-o", own}); err != nil {
		t.Fatal(err, b.errOut.String())
	}
	list, err := os.Open(b.path("devices.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := sheet.Read(list)
	list.Close()
	if err != nil {
		t.Fatal(err)
	}
	if in, err := enrol.List(store, rows, at()); err != nil || len(in) != 1 {
		t.Fatal(in, err)
	}
	wire, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(wire)
	net, err := segment.Lay(filepath.Join(wire, "w"), segment.Options{Doors: map[string]string{segment.Collector + ":8443": r.Address}, Now: at})
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	m, err := boot.Boot(t.Context(), boot.Options{Board: "virt", Card: own, Keep: true, Wire: filepath.Join(wire, "w"), Clock: at().UTC().Format("2006-01-02T15:04:05"), Limit: 8 * time.Minute, Say: say})
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer m.End()
	go func() {
		for line := range m.Lines() {
			if strings.Contains(line, "tellijn") || strings.Contains(line, "keys") {
				t.Log(line)
			}
		}
	}()
	v := report.Verdict{}
	for end := time.Now().Add(7 * time.Minute); v.Records < 1 && time.Now().Before(end); time.Sleep(2 * time.Second) {
		if v, err = r.Verify(); err != nil {
			t.Fatal(err)
		}
	}
	m.End() // the power goes
	if v.Records < 1 || v.Entries < 1 {
		t.Fatalf("nothing came: %+v", v)
	}
	t.Logf("the collector has %+v", v)
	// The device took its keys and wiped the file.
	f, err := os.Open(own)
	if err != nil {
		t.Fatal(err)
	}
	p, err := fat.Open(f, card.Start().Start)
	if err != nil {
		t.Fatal(err)
	}
	if k, err := p.ReadFile(card.Device + "/" + card.Keys); err == nil && len(bytes.Trim(k, "\x00")) > 0 {
		t.Error("the keys are still on the first partition")
	}
	f.Close()
	wiped(t, b, own)
}

// wiped takes the card out of service.
func wiped(t *testing.T, b *bench, own string) {
	t.Helper()
	d := mediumtest.Attach(t, own)
	l, name := d.Path, filepath.Base(d.Path)
	b.out.Reset()
	b.errOut.Reset()
	err := wipe.Command().Run(t.Context(), []string{"-device", l, "-fixed", "-yes", name, "-export", b.path("kept"), "-reason", "end of the test", "-key", b.file("org.key", strings.Repeat("2a", 32)), "-o", b.path("cert")}, &b.out, &b.errOut)
	if err != nil {
		t.Error(err)
	}
	t.Log(b.errOut.String(), b.out.String())
	if board, err := boards.Lookup("virt"); err != nil || !strings.Contains(b.out.String(), "board "+board.Name) || !strings.Contains(b.errOut.String(), "north-door: ") {
		t.Error("the certificate does not know the device")
	}
	out, err := exec.CommandContext(t.Context(), "go", "run", "tellijn/tools/verify", "-simulated", "-log", "-key", key(t, b), b.path("kept/log.cose")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Good") {
		t.Errorf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}

// key is the public key of the device on the list.
func key(t *testing.T, b *bench) string {
	t.Helper()
	text, err := os.ReadFile(b.path("devices.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := sheet.Read(strings.NewReader(string(text)))
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	return rows[0].Sign.String()
}
