package boot

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/mbr"
	"tellijn/tools/rig/door"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/model"
	"tellijn/tools/rig/vm"
)

// handmade makes a card for a board as small as one can be, whose first program is this test.
func handmade(t *testing.T, board string) string {
	t.Helper()
	r, err := recipe.Lookup(board)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "mod", "download", "-json", r.Kernel.Module+"@"+r.Kernel.Version).Output()
	var m struct{ Dir string }
	if err != nil || json.Unmarshal(out, &m) != nil || m.Dir == "" {
		t.Skipf("the kernel of the boards cannot be had: %v", err)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(m.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := guesttest.Build(t)
	for i, name := range r.Kernel.Modules {
		if strings.Contains(name, "/wireless/") {
			continue
		}
		first = append(first, vm.File{Name: fmt.Sprintf("modules/%02d-%s", i, path.Base(name)), Data: read(name), Mode: 0o644})
	}
	var zipped bytes.Buffer
	z, _ := gzip.NewWriterLevel(&zipped, gzip.BestSpeed)
	z.Write(read(r.Kernel.Image))
	z.Close()
	slot := []fat.File{{Path: card.Kernel, Data: zipped.Bytes()}, {Path: card.Initrd, Data: vm.Archive(first)}, {Path: card.Cmdline, Data: []byte(r.Cmdline + "\n")}}
	if len(r.ConfigTxt) > 0 {
		slot = append(slot, fat.File{Path: card.ConfigTxt, Data: []byte(strings.Join(r.ConfigTxt, "\n"))})
	}
	for _, name := range append(r.Blobs.Slot, "start.elf", "fixup.dat") {
		slot = append(slot, fat.File{Path: name, Data: []byte("blob")})
	}
	for _, tree := range r.Kernel.DeviceTrees {
		slot = append(slot, fat.File{Path: path.Base(tree), Data: read(tree)})
	}
	start := []fat.File{{Path: card.Autoboot, Data: []byte("[all]\ntryboot_a_b=1\nboot_partition=3\n[tryboot]\nboot_partition=2\n")}, {Path: "bootcode.bin", Data: []byte("blob")}}
	name := filepath.Join(t.TempDir(), "card.img")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for p, files := range map[card.Partition][]fat.File{card.Start(): start, card.SlotB(): unique(slot)} {
		if err := fat.Write(f, p.Start, p.Size, p.Label, 1, files); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.WriteAt(mbr.Sector(0x12345678), 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(card.Size); err != nil {
		t.Fatal(err)
	}
	return name
}

func unique(files []fat.File) (out []fat.File) {
	seen := map[string]bool{}
	for _, f := range files {
		if !seen[f.Path] {
			out = append(out, f)
		}
		seen[f.Path] = true
	}
	return out
}

// TestBench boots a card made by hand and tries everything that hangs on the lines.
func TestBench(t *testing.T) {
	guesttest.Able(t, "half a minute", "qemu-system-aarch64")
	const board = "rpi-zero-2w"
	b, err := boards.Lookup(board)
	if err != nil {
		t.Fatal(err)
	}
	d, err := door.New(7, &b.Scene)
	if err != nil {
		t.Fatal(err)
	}
	img := handmade(t, board)
	o := Options{Board: board, Card: img, Camera: d.Camera, Clock: "2027-03-01T08:00:00", Say: func(l string) { t.Log("rig:", l) }}
	o.Tryboot = true
	if _, err := Boot(t.Context(), o); !errors.Is(err, model.ErrNoBoot) { // slot A is empty
		t.Fatalf("a trial of an empty slot: %v", err)
	}
	o.Tryboot = false
	m, err := Boot(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer m.End()
	hear := func(want string) {
		t.Helper()
		got, err := m.Await("GUEST ", 2*time.Minute, func(l string) { t.Log(l) })
		if err != nil || !strings.Contains(got, want) {
			t.Fatalf("the board says %q, %v, want %q; %v", got, err, want, m.Bench.Err())
		}
	}
	hear(`is "raspberrypi,model-zero-2-w\x00linux,dummy-virt\x00" at 2027-03-01; watchdog true; loglevel=4 panic=10 oops=panic init_on_free=1 ipv6.disable=1 console=ttyAMA0`)
	hear("saw and is dark")
	hear("waits for the button")
	if err := m.Bench.Press(300 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	hear("done")
	if err := m.Wait(); err != nil {
		t.Error(err)
	}
	seen := ""
	for _, c := range m.Bench.Changes() {
		seen += fmt.Sprint(c.Part, " ", c.High, ", ")
	}
	if want := strings.Repeat("camera_power true, camera_power false, ", 2) + "lamp true, lamp false, "; seen != want {
		t.Errorf("lines: %s want %s", seen, want)
	}
	if _, _, n := d.Passed(0); n < 10 || d.Err() != nil || m.Bench.Err() != nil {
		t.Errorf("%d frames were drawn, want 10 and more; %v, %v", n, d.Err(), m.Bench.Err())
	}
}

// TestChip boots a card in the machine that has the chip of the Raspberry Pi 3, whose card reader, lines and
// USB are those of the board.
func TestChip(t *testing.T) {
	guesttest.Able(t, "half a minute", "qemu-system-aarch64")
	const board = "rpi-3b"
	b, err := boards.Lookup(board)
	if err != nil {
		t.Fatal(err)
	}
	d, err := door.New(7, &b.Scene)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Boot(t.Context(), Options{Board: board, Card: handmade(t, board), Emulated: "raspi3b", Camera: d.Camera, Say: func(l string) { t.Log("rig:", l) }})
	if err != nil {
		t.Fatal(err)
	}
	defer m.End()
	for _, want := range []string{`is "raspberrypi,3-model-b`, "has a camera", "done"} {
		if got, err := m.Await("GUEST ", 2*time.Minute, func(l string) { t.Log(l) }); err != nil || !strings.HasPrefix(got, want) {
			t.Fatalf("the board says %q, %v, want %q", got, err, want)
		}
	}
}
