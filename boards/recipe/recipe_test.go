package recipe

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"tellijn/boards"
	"tellijn/boards/plan"
)

func TestAll(t *testing.T) {
	all, err := All()
	if err != nil || len(all) < 2 {
		t.Fatal(len(all), err)
	}
	for _, r := range all {
		b, err := boards.Lookup(r.Board)
		if err != nil {
			t.Errorf("%s has an image and is no board: %v", r.Board, err)
		}
		if b.Kind == boards.Simulated {
			t.Errorf("%s is an ordinary computer and has an image", r.Board)
		}
	}
	if _, err := Lookup("sim"); err == nil || !strings.Contains(err.Error(), `no image for board "sim"; there are: `) {
		t.Error(err)
	}
}

// good is a whole recipe; the numbers of its lines are what the tests look for.
const good = `emulated = "raspi3b"
radio = true
cmdline = "console=ttyAMA1,115200 init_on_free=1"
config_txt = ["arm_64bit=1"]

[kernel]
module = "example.org/kernel"
version = "v0.0.0-20251127164438-9778ec0261de"
sum = "h1:RSLWj1Ska9s4cl+n/bC5LY4s8vLr+tZoO2vMm/wGP64="
image = "vmlinuz"
device_trees = ["a.dtb"]
overlays = ["overlays/b.dtbo"]
modules = ["lib/c.ko", "lib/d.ko"]

[blobs]
module = "example.org/blobs"
version = "v1.0.0"
sum = "h1:RSLWj1Ska9s4cl+n/bC5LY4s8vLr+tZoO2vMm/wGP64="
start = ["bootcode.bin"]
slot = ["start.elf"]

[[package]]
name = "libc6"
version = "2.36-9"
arch = "arm64"
url = "debian/pool/main/g/glibc/libc6_2.36-9_arm64.deb"
sha256 = "1902b606e0d895f689591a2c05e0ae3d98ee267f3dd38432762322baaef0d707"
licence = "usr/share/doc/libc6/copyright"
[[package.file]]
from = "lib/libc.so.6"
to = "lib/libc.so.6"

[[tried]]
how = "emulated"
what = "it starts"
command = "qemu"
result = "it did"
`

func TestGood(t *testing.T) {
	fsys := fstest.MapFS{"a/image.toml": {Data: []byte(good)}}
	r, err := From(fsys, "a")
	if err != nil || r.Board != "a" || r.Packages[0].Files[0].To != "lib/libc.so.6" || r.Kernel.Modules[1] != "lib/d.ko" || r.Tried[0].Result != "it did" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := From(fsys, "b"); err == nil || !strings.Contains(err.Error(), "there are: a") {
		t.Error(err)
	}
}

// TestWrong changes one thing at a time and looks for the line and the hint.
func TestWrong(t *testing.T) {
	for _, tc := range []struct{ from, to, want string }{
		{`"raspi3b"`, `"q35"`, ":1: invalid: emulated"},
		{`emulated`, `emulate`, "did you mean emulated?"},
		{`radio = true`, `radio = false`, ":2: invalid: radio"},
		{` init_on_free=1`, ``, ":3: invalid: cmdline"},
		{` init_on_free=1`, ` init_on_free=0`, ":3: invalid: cmdline"},
		{` init_on_free=1`, ` init_on_free=1 tellijn.card=00000000`, "from which card"},
		{` init_on_free=1`, ` init_on_free=1 init=/bin/sh`, "what is started"},
		{` init_on_free=1`, ` init_on_free=1 rdinit=/bin/sh`, "what is started"},
		{` init_on_free=1`, ` init_on_free=1\n[all]`, ":3: invalid: cmdline"},
		{`["arm_64bit=1"]`, `["` + strings.Repeat("a", 99) + `"]`, "at most 98"},
		{`["arm_64bit=1"]`, `["arm_64bit=1\nkernel=x"]`, "printable"},
		{`["arm_64bit=1"]`, `[]`, ":4: invalid: config_txt"},
		{`module = "example.org/kernel"`, `module = "../kernel"`, ":7: invalid: kernel.module"},
		{`"v0.0.0-20251127164438-9778ec0261de"`, `"latest"`, ":8: invalid: kernel.version"},
		{`"h1:RSLW`, `"h2:RSLW`, ":9: invalid: kernel.sum"},
		{`"h1:RSLW`, `"h1:RSL`, ":9: invalid: kernel.sum"},
		{`"vmlinuz"`, `"/vmlinuz"`, ":10: invalid: kernel.image"},
		{`"a.dtb"`, `"a.dts"`, ":11: invalid: kernel.device_trees"},
		{`"overlays/b.dtbo"`, `"../b.dtbo"`, ":12: invalid: kernel.overlays"},
		{`"lib/d.ko"`, `"other/c.ko"`, `"c.ko" stands there twice`},
		{`module = "example.org/blobs"`, ``, ":15: invalid: blobs.module: missing"},
		{`"bootcode.bin"`, `""`, ":19: invalid: blobs.start"},
		{`"start.elf"`, `"start.elf", "x/start.elf"`, ":20: invalid: blobs.slot"},
		{`"libc6"`, `"Lib C"`, ":23: invalid: package[0].name"},
		{`"arm64"`, `"armhf"`, ":25: invalid: package[0].arch"},
		{`"debian/pool`, `"http://example.org/pool`, ":26: invalid: package[0].url"},
		{`"debian/pool`, `"debian/../x/pool`, ":26: invalid: package[0].url"},
		{`"1902b6`, `"1902B6`, ":27: invalid: package[0].sha256"},
		{`"usr/share`, `"/usr/share`, ":28: invalid: package[0].licence"},
		{`to = "lib/libc.so.6"`, `to = "../init"`, "paths without a slash"},
		{"[[package.file]]\nfrom = \"lib/libc.so.6\"\nto = \"lib/libc.so.6\"\n", "", ":22: invalid: package[0].file"},
		{`how = "emulated"`, `how = "somehow"`, ":34: invalid: tried[0].how"},
		{`command = "qemu"`, ``, ":34: invalid: tried[0].how"},
		{good[strings.Index(good, "[[tried]]"):], ``, "tried: there is none"},
	} {
		text := strings.Replace(good, tc.from, tc.to, 1)
		_, err := Parse("image.toml", text)
		if text == good || !errors.Is(err, plan.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q for %q: got %v, want %s", tc.to, tc.from, err, tc.want)
		}
	}
}

// FuzzParse looks for texts that end the program, and for recipes that lead out of their places.
func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("emulated = \"virt\"\ncmdline = \"init_on_free=1\"\n[[tried]]\n")
	f.Add("[[package.file]]\nfrom = 1")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse("image.toml", text)
		if err != nil {
			if !errors.Is(err, plan.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for _, p := range r.Packages {
			for _, file := range p.Files {
				if strings.HasPrefix(file.To, "/") || strings.Contains(file.To, "..") && strings.HasPrefix(file.To, "../") {
					t.Fatalf("%q", file.To)
				}
			}
		}
		for _, l := range append(r.ConfigTxt, r.Cmdline) {
			if strings.ContainsAny(l, "\n\r\x00") {
				t.Fatalf("%q", l)
			}
		}
	})
}
