package drive_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/fieldkit/drive"
)

// machine is a computer that is made of files.
func machine(t *testing.T, files map[string]string, links map[string]string) drive.Places {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "sys/block"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, to := range links {
		if err := os.Symlink("../devices/"+to, filepath.Join(root, "sys/block", name)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	return drive.Places{Sys: filepath.Join(root, "sys"), Proc: filepath.Join(root, "proc"), Dev: "/dev"}
}

func laptop(t *testing.T) drive.Places {
	const (
		ssd  = "sys/devices/pci0/nvme/nvme0/nvme0n1/"
		usb  = "sys/devices/pci0/usb1/1-2/host3/block/sdb/"
		disk = "sys/devices/pci0/usb1/1-3/host4/block/sdc/"
		sata = "sys/devices/pci0/ata1/host0/block/sda/"
		slot = "sys/devices/pci0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0/"
		emmc = "sys/devices/pci0/mmc_host/mmc1/mmc1:0001/block/mmcblk1/"
		none = "sys/devices/pci0/usb1/1-4/host5/block/sdd/"
	)
	return machine(t, map[string]string{
		ssd + "size": "1000215216\n", ssd + "removable": "0\n", ssd + "dev": "259:0\n", ssd + "device/model": "Fast SSD\n",
		ssd + "nvme0n1p2/dev": "259:2\n",
		usb + "size":          "62333952\n", usb + "removable": "1\n", usb + "dev": "8:16\n", usb + "ro": "0\n",
		usb + "device/vendor": "Generic \n", usb + "device/model": "STORAGE  DEVICE   \n", usb + "sdb1/dev": "8:17\n",
		disk + "size": "3907029168\n", disk + "removable": "0\n", disk + "dev": "8:32\n", disk + "sdc1/dev": "8:33\n", disk + "ro": "1\n",
		sata + "size": "20971520\n", sata + "removable": "0\n", sata + "dev": "8:0\n", sata + "sda1/dev": "8:1\n", sata + "sda2/holders/dm-0/x": "",
		slot + "size": "15523840\n", slot + "removable": "0\n", slot + "dev": "179:0\n", slot + "device/type": "SD\n", slot + "device/name": "SL08G\n",
		emmc + "size": "61071360\n", emmc + "removable": "0\n", emmc + "dev": "179:8\n", emmc + "device/type": "MMC\n", emmc + "device/name": "soldered\n",
		none + "size": "0\n", none + "removable": "1\n", none + "dev": "8:48\n",
		"proc/self/mountinfo": "22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/root rw\n" +
			"80 22 8:17 / /media/inez/NO\\040NAME rw shared:9 - vfat /dev/sdb1 rw\n" +
			"81 22 0:5 / /dev rw - devtmpfs udev rw\n" + "82 22 0:40 / /home rw - btrfs /dev/sda1 rw\nshort\n",
		"proc/swaps": "Filename\tType\tSize\n/dev/sdc1 partition 100 0 -2\n",
	}, map[string]string{"nvme0n1": "pci0/nvme/nvme0/nvme0n1", "sdb": "pci0/usb1/1-2/host3/block/sdb", "sdc": "pci0/usb1/1-3/host4/block/sdc",
		"sda": "pci0/ata1/host0/block/sda", "mmcblk0": "pci0/mmc_host/mmc0/mmc0:aaaa/block/mmcblk0", "mmcblk1": "pci0/mmc_host/mmc1/mmc1:0001/block/mmcblk1",
		"sdd": "pci0/usb1/1-4/host5/block/sdd"})
}

// Only what can be taken out is listed, and a reader without a card is not.
func TestList(t *testing.T) {
	all, err := laptop(t).List()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range all {
		lines = append(lines, d.String())
	}
	want := "/dev/mmcblk0    7.9 GB  SL08G\n/dev/sdb       31.9 GB  Generic STORAGE DEVICE\n/dev/sdc        2.0 TB  no name"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := (drive.Places{Sys: t.TempDir()}).List(); !errors.Is(err, drive.ErrNoList) {
		t.Error(err)
	}
}

func TestRefuse(t *testing.T) {
	p := laptop(t)
	for name, c := range map[string]struct {
		drive string
		allow drive.Allow
		says  string // "" when it is taken
	}{
		"a card":               {"mmcblk0", drive.Allow{}, ""},
		"by its path":          {"/dev/mmcblk0", drive.Allow{}, ""},
		"mounted":              {"sdb", drive.Allow{Fixed: true, Large: true}, "mounted at /media/inez/NO NAME; hint: eject"},
		"the system":           {"nvme0n1", drive.Allow{Fixed: true, Large: true}, "runs from it (/)"},
		"swap":                 {"sdc", drive.Allow{Fixed: true, Large: true}, "swap"},
		"held, home of btrfs":  {"sda", drive.Allow{Fixed: true, Large: true}, "for dm-0"},
		"soldered":             {"mmcblk1", drive.Allow{Large: true}, "built in, no card; hint: -fixed"},
		"soldered and told":    {"mmcblk1", drive.Allow{Fixed: true}, ""},
		"a reader without one": {"sdd", drive.Allow{}, "no card in it"},
	} {
		d, err := p.Find(c.drive)
		if err != nil {
			t.Fatal(name, err)
		}
		err = d.Refuse(512<<20, c.allow)
		if (err == nil) != (c.says == "") || err != nil && (!errors.Is(err, drive.ErrRefused) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One thing at a time is wrong with a good card.
	for says, change := range map[string]func(*drive.Drive){
		"too small":         func(d *drive.Drive) { d.Bytes = 512<<20 - 1 },
		"-large":            func(d *drive.Drive) { d.Bytes = drive.Most + 1 },
		"-fixed":            func(d *drive.Drive) { d.Removable = false },
		"little lever":      func(d *drive.Drive) { d.ReadOnly = true },
		"(swap)":            func(d *drive.Drive) { d.Swap = true },
		"for md0":           func(d *drive.Drive) { d.Held = []string{"md0"} },
		"runs from it":      func(d *drive.Drive) { d.Mounted = []string{"/media/x", "/boot/efi"} },
		"-unmount":          func(d *drive.Drive) { d.Mounted = []string{"/run/media/x/y"} },
		"no card in it":     func(d *drive.Drive) { d.Bytes = 0 },
		"runs from it (/m)": func(d *drive.Drive) { d.Mounted = []string{"/m"} },
	} {
		d := drive.Drive{Name: "sdx", Path: "/dev/sdx", Bytes: 512 << 20, Removable: true}
		if err := d.Refuse(512<<20, drive.Allow{}); err != nil {
			t.Fatal(err)
		}
		change(&d)
		if err := d.Refuse(512<<20, drive.Allow{}); !errors.Is(err, drive.ErrRefused) || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q: %v", says, err)
		}
	}
}

// A card that a file manager opened is closed, and nothing else is.
func TestFree(t *testing.T) {
	p := laptop(t)
	for name, want := range map[string]string{"sdb": "/media/inez/NO NAME", "nvme0n1": "", "sda": "", "mmcblk0": ""} {
		d, err := p.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		var done []string
		_, err = p.Free(d, 1, drive.Allow{Fixed: true, Large: true}, func(at string) error { done = append(done, at); return nil })
		if strings.Join(done, ",") != want || (err != nil) != (name == "sda" || name == "nvme0n1") {
			t.Errorf("%s: %q, %v", name, done, err)
		}
	}
	d, _ := p.Find("sdb")
	if _, err := p.Free(d, 1, drive.Allow{}, func(string) error { return os.ErrPermission }); !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}
	if _, err := p.Free(d, 1<<50, drive.Allow{}, func(string) error { t.Error("closed although it is too small"); return nil }); !errors.Is(err, drive.ErrRefused) {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	p := laptop(t)
	for name, says := range map[string]string{
		"sdb1": "the whole drive is /dev/sdb", "/dev/nvme0n1p2": "the whole drive is /dev/nvme0n1", "sdz": "no drive",
		"": "want a drive", "/dev/": "want a drive", "../sda": "want a drive", "..": "want a drive", "card.img/": "want a drive",
	} {
		if d, err := p.Find(name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %+v, %v", name, d, err)
		}
	}
	if _, err := (drive.Places{Sys: t.TempDir()}).Find("sdb"); !errors.Is(err, drive.ErrNoList) {
		t.Error(err)
	}
	broken := machine(t, map[string]string{"sys/devices/a/size": "many"}, map[string]string{"sda": "a"})
	if _, err := broken.Find("sda"); err == nil {
		t.Error("a size that is no number")
	}
	if _, err := broken.List(); err == nil {
		t.Error("a size that is no number, listed")
	}
	deaf := machine(t, map[string]string{"sys/devices/a/size": "8"}, map[string]string{"sda": "a"})
	if _, err := deaf.Find("sda"); err == nil {
		t.Error("nobody knows what is mounted, and it is taken")
	}
}

// The drives of this very computer can be read.
func TestHere(t *testing.T) {
	all, err := drive.Here().List()
	if errors.Is(err, drive.ErrNoList) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d removable drives here", len(all))
}
