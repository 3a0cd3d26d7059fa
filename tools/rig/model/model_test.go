package model

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/fat"
)

const autoboot = "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n"

// kernel is one as far as a board looks at it.
func kernel(text string) []byte {
	b := append(make([]byte, 64), text...)
	copy(b[56:], "ARM\x64")
	return b
}

func packed(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// files of a card: "1/NAME" is on the first partition, "2/NAME" and "3/NAME" in a slot.
func good() map[string][]byte {
	all := map[string][]byte{"1/autoboot.txt": []byte(autoboot), "1/bootcode.bin": []byte("rom")}
	for _, n := range []string{"2", "3"} {
		for name, text := range map[string]string{"start.elf": "s", "fixup.dat": "f", "start4.elf": "s", "fixup4.dat": "f", "initrd.gz": "initrd " + n,
			"config.txt":  "arm_64bit=1\nkernel=kernel8.img\ninitramfs initrd.gz followkernel\ndtoverlay=disable-bt\n",
			"cmdline.txt": "root=" + n + "\n", "overlays/disable-bt.dtbo": "o"} {
			all[n+"/"+name] = []byte(text)
		}
		for _, b := range Boards() {
			for _, tree := range b.Trees {
				all[n+"/"+tree] = []byte("\xd0\x0d\xfe\xed" + tree)
			}
		}
		all[n+"/kernel8.img"] = packed(kernel("kernel " + n))
	}
	return all
}

func insert(t testing.TB, files map[string][]byte) *os.File {
	t.Helper()
	f, err := os.Create(t.TempDir() + "/card")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	head := make([]byte, 512)
	head[510], head[511] = 0x55, 0xAA
	for i, p := range card.All() {
		e := head[446+16*i:]
		e[4] = p.Type
		binary.LittleEndian.PutUint32(e[8:], uint32(p.Start/card.Sector))
		if p.Type != card.TypeFAT {
			continue
		}
		var in []fat.File
		for name, data := range files {
			if rest, ok := strings.CutPrefix(name, fmt.Sprint(p.Number, "/")); ok {
				in = append(in, fat.File{Path: rest, Data: data})
			}
		}
		slices.SortFunc(in, func(a, b fat.File) int { return strings.Compare(a.Path, b.Path) })
		if err := fat.Write(f, p.Start, p.Size, p.Label, 1, in); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.WriteAt(head, 0); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEveryBoard(t *testing.T) {
	files := good()
	files["2/"+card.Initrd] = files["2/initrd.gz"]
	c := insert(t, files)
	for _, b := range Boards() {
		f := Firmware{Board: b}
		s, err := f.Start(c)
		if err != nil {
			t.Errorf("%s: %v", b.Name, err)
			continue
		}
		tree := ""
		if len(b.Trees) > 0 {
			tree = "\xd0\x0d\xfe\xed" + b.Trees[0]
		}
		if s.Partition != 2 || !bytes.Equal(s.Kernel, kernel("kernel 2")) || string(s.Initrd) != "initrd 2" || s.Cmdline != "root=2" ||
			string(s.Tree) != tree || fmt.Sprint(s.Overlays) != "[disable-bt]" || len(s.Warnings) > 0 {
			t.Errorf("%s: %d %q %q %q %q %v %v", b.Name, s.Partition, s.Kernel[64:], s.Initrd, s.Cmdline, s.Tree, s.Overlays, s.Warnings)
		}
	}
	if _, err := Lookup("rpi-9"); err == nil {
		t.Error("a board that nobody knows")
	}
}

// TestNoSettings: QEMU's machine has no settings to read.
func TestNoSettings(t *testing.T) {
	files := good()
	delete(files, "2/config.txt")
	files["2/"+card.Initrd] = []byte("initrd 2")
	b, _ := Lookup("virt")
	f := Firmware{Board: b}
	if s, err := f.Start(insert(t, files)); err != nil || string(s.Initrd) != "initrd 2" || s.Partition != 2 {
		t.Errorf("%q, %v", s.Initrd, err)
	}
}

// TestSmall: with 16 MB for graphics the small firmware is loaded, but the other one makes the partition bootable.
func TestSmall(t *testing.T) {
	for board, names := range map[string][4]string{"rpi-3b": {"start.elf", "fixup.dat", "start_cd.elf", "fixup_cd.dat"},
		"rpi-4b": {"start4.elf", "fixup4.dat", "start4cd.elf", "fixup4cd.dat"}} {
		files := good()
		files["2/config.txt"] = append(files["2/config.txt"], "gpu_mem=16\n"...)
		b, _ := Lookup(board)
		f := Firmware{Board: b}
		if _, err := f.Start(insert(t, files)); !errors.Is(err, ErrNoBoot) {
			t.Errorf("%s without the small firmware: %v", board, err)
		}
		files["2/"+names[2]], files["2/"+names[3]] = []byte("s"), []byte("f")
		if s, err := f.Start(insert(t, files)); err != nil || len(s.Warnings) > 0 {
			t.Errorf("%s with both: %q, %v", board, s.Warnings, err)
		}
		delete(files, "2/"+names[0])
		delete(files, "2/"+names[1])
		if s, err := f.Start(insert(t, files)); err != nil || len(s.Warnings) != 1 {
			t.Errorf("%s with the small one alone: %q, %v", board, s.Warnings, err)
		}
	}
}

// TestTryboot: the flag lasts for one start, also when that one fails.
func TestTryboot(t *testing.T) {
	b, _ := Lookup("rpi-zero-2w")
	f := Firmware{Board: b, Tryboot: true}
	c := insert(t, good())
	for i, want := range []int{3, 2} {
		if s, err := f.Start(c); err != nil || s.Partition != want || s.Tryboot != (i == 0) {
			t.Errorf("start %d: partition %d, trial %v, %v", i, s.Partition, s.Tryboot, err)
		}
	}
	broken := good()
	delete(broken, "3/start.elf")
	c, f.Tryboot = insert(t, broken), true
	if _, err := f.Start(c); !errors.Is(err, ErrNoBoot) {
		t.Errorf("a slot that is not whole: %v", err)
	}
	if s, err := f.Start(c); err != nil || s.Partition != 2 {
		t.Errorf("after a failed trial: %d, %v", s.Partition, err)
	}
	swapped := good()
	swapped["1/autoboot.txt"] = []byte(strings.NewReplacer("2", "3", "3", "2").Replace(autoboot))
	if s, err := f.Start(insert(t, swapped)); err != nil || s.Partition != 3 {
		t.Errorf("committed: %d, %v", s.Partition, err)
	}
}

// TestFails takes one thing away or spoils it, and the board must not start.
func TestFails(t *testing.T) {
	for name, spoil := range map[string]func(map[string][]byte){
		"no bootcode.bin":   func(m map[string][]byte) { delete(m, "1/bootcode.bin") },
		"no start.elf":      func(m map[string][]byte) { delete(m, "2/start.elf") },
		"empty fixup.dat":   func(m map[string][]byte) { m["2/fixup.dat"] = nil },
		"no kernel":         func(m map[string][]byte) { delete(m, "2/kernel8.img") },
		"no initrd":         func(m map[string][]byte) { delete(m, "2/initrd.gz") },
		"no tree":           func(m map[string][]byte) { delete(m, "2/bcm2710-rpi-zero-2-w.dtb") },
		"no command line":   func(m map[string][]byte) { delete(m, "2/cmdline.txt") },
		"long command line": func(m map[string][]byte) { m["2/cmdline.txt"] = bytes.Repeat([]byte("x"), 2048) },
		"32 bits": func(m map[string][]byte) {
			m["2/config.txt"] = []byte("kernel=other.img\n")
			m["2/other.img"] = kernel("")
		},
		"forced 32 bits":    func(m map[string][]byte) { m["2/config.txt"] = append(m["2/config.txt"], "arm_64bit=0\n"...) },
		"no config.txt":     func(m map[string][]byte) { delete(m, "2/config.txt") },
		"kernel of a PC":    func(m map[string][]byte) { m["2/kernel8.img"] = packed(make([]byte, 4096)) },
		"kernel cut off":    func(m map[string][]byte) { m["2/kernel8.img"] = m["2/kernel8.img"][:30] },
		"tree of text":      func(m map[string][]byte) { m["2/bcm2710-rpi-zero-2-w.dtb"] = []byte("/dts-v1/;") },
		"autoboot too long": func(m map[string][]byte) { m["1/autoboot.txt"] = append(m["1/autoboot.txt"], make([]byte, 512)...) },
		"partition 5":       func(m map[string][]byte) { m["1/autoboot.txt"] = []byte("boot_partition=5") },
		"partition 4":       func(m map[string][]byte) { m["1/autoboot.txt"] = []byte("boot_partition=4") },
		"os_prefix":         func(m map[string][]byte) { m["2/config.txt"] = append(m["2/config.txt"], "os_prefix=new/\n"...) },
	} {
		b, _ := Lookup("rpi-zero-2w")
		files := good()
		spoil(files)
		f := Firmware{Board: b}
		if s, err := f.Start(insert(t, files)); !errors.Is(err, ErrNoBoot) {
			t.Errorf("%s: it starts from partition %d: %v", name, s.Partition, err)
		}
	}
	if _, err := (&Firmware{}).Start(bytes.NewReader(make([]byte, 1<<20))); !errors.Is(err, ErrNoBoot) {
		t.Errorf("an empty card: %v", err)
	}
}

func TestWithoutAutoboot(t *testing.T) {
	files := good()
	delete(files, "1/autoboot.txt")
	b, _ := Lookup("rpi-zero-2w")
	f := Firmware{Board: b}
	if s, err := f.Start(insert(t, files)); err != nil || s.Partition != 2 { // the first with start.elf
		t.Errorf("%d, %v", s.Partition, err)
	}
	f.Tryboot = true
	if _, err := f.Start(insert(t, files)); !errors.Is(err, ErrNoBoot) {
		t.Errorf("a trial by files: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	files := good()
	delete(files, "2/overlays/disable-bt.dtbo")
	files["2/cmdline.txt"] = []byte("one\ntwo\n")
	b, _ := Lookup("rpi-5")
	f := Firmware{Board: b}
	if s, err := f.Start(insert(t, files)); err != nil || s.Cmdline != "one" || len(s.Warnings) != 2 {
		t.Errorf("%q, %q, %v", s.Cmdline, s.Warnings, err)
	}
}
