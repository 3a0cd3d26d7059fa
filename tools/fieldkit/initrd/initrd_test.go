package initrd

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// entry is what an archive says of one.
type entry struct {
	mode, links, major, minor uint64
	data                      string
}

// unpack reads an archive by the format, in the order of its entries.
func unpack(t rapid.TB, b []byte) (names []string, all map[string]entry) {
	all = map[string]entry{}
	for at := 0; ; {
		if at%4 != 0 || string(b[at:at+6]) != "070701" {
			t.Fatalf("at %d: %q", at, b[at:at+6])
		}
		field := func(n int) uint64 {
			v, err := strconv.ParseUint(string(b[at+6+8*n:at+14+8*n]), 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		name := string(b[at+110 : at+110+int(field(11))-1])
		from := (at + 110 + int(field(11)) + 3) &^ 3
		to := from + int(field(6))
		if name == "TRAILER!!!" {
			if to != len(b) {
				t.Fatalf("ends at %d of %d", to, len(b))
			}
			return names, all
		}
		if _, twice := all[name]; twice || field(2) != 0 || field(3) != 0 || field(5) != 0 || field(12) != 0 {
			t.Fatalf("%q is there twice, or not root's, or has a date", name)
		}
		names = append(names, name)
		all[name] = entry{field(1), field(4), field(9), field(10), string(b[from:to])}
		at = (to + 3) &^ 3
	}
}

func files() []File {
	return []File{{Name: "bin/warden", Data: []byte("program"), Mode: 0o755}, {Name: "init", Link: "/bin/warden"},
		{Name: "lib/firmware/a/b", Data: []byte("12345"), Mode: 0o644}, {Name: "empty", Mode: 0o600}}
}

func TestPack(t *testing.T) {
	b, err := Pack(files(), "proc", "data/deep")
	if err != nil {
		t.Fatal(err)
	}
	names, got := unpack(t, b)
	for name, want := range map[string]entry{
		"bin": {0o040755, 2, 0, 0, ""}, "proc": {0o040755, 2, 0, 0, ""}, "data/deep": {0o040755, 2, 0, 0, ""}, "lib/firmware/a": {0o040755, 2, 0, 0, ""},
		"bin/warden": {0o100755, 1, 0, 0, "program"}, "init": {0o120777, 1, 0, 0, "/bin/warden"}, "empty": {0o100600, 1, 0, 0, ""},
		"dev/console": {0o020600, 1, 5, 1, ""}, "dev/null": {0o020666, 1, 1, 3, ""}, "lib/firmware/a/b": {0o100644, 1, 0, 0, "12345"},
	} {
		if got[name] != want {
			t.Errorf("%s: %+v, want %+v", name, got[name], want)
		}
	}
	for name := range got { // the kernel makes no folder that was not named before
		for i, c := range name {
			if c == '/' && slices.Index(names, name[:i]) > slices.Index(names, name) {
				t.Errorf("%s comes before its folder", name)
			}
		}
	}
	turned := files()
	slices.Reverse(turned)
	if again, err := Pack(turned, "data/deep", "proc"); err != nil || !bytes.Equal(again, b) {
		t.Errorf("the order of the files matters: %v", err)
	}
	if cpio, err := exec.LookPath("cpio"); err == nil {
		c := exec.Command(cpio, "-t")
		c.Stdin = bytes.NewReader(b)
		if out, err := c.Output(); err != nil || strings.TrimSpace(string(out)) != strings.Join(names, "\n") {
			t.Errorf("cpio: %v\n%s", err, out)
		}
	}
}

func TestAnySizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []File
		for i := range rapid.IntRange(0, 9).Draw(t, "files") {
			name := fmt.Sprint(i, strings.Repeat("n", rapid.IntRange(0, 9).Draw(t, "name")))
			in = append(in, File{Name: name, Data: bytes.Repeat([]byte{7}, rapid.IntRange(0, 9).Draw(t, "data")), Mode: 0o644})
		}
		b, err := Pack(in)
		if err != nil {
			t.Fatal(err)
		}
		_, got := unpack(t, b)
		for _, f := range in {
			if got[f.Name].data != string(f.Data) {
				t.Errorf("%s: %q", f.Name, got[f.Name].data)
			}
		}
	})
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		files   []File
		folders []string
		says    string
	}{
		{[]File{{Name: "/a"}}, nil, `name "/a", want a path`},
		{[]File{{Name: ""}}, nil, "want a path"},
		{[]File{{Name: "a/../b"}}, nil, "want a path"},
		{[]File{{Name: "a\x00"}}, nil, "want a path"},
		{[]File{{Name: "a"}, {Name: "a"}}, nil, `"a" is there twice`},
		{[]File{{Name: "a"}, {Name: "a/b"}}, nil, `"a" is a file and a folder`},
		{[]File{{Name: "a"}}, []string{"a"}, `"a" is a file and a folder`},
	} {
		if _, err := Pack(c.files, c.folders...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestModules(t *testing.T) {
	ko := map[string][]byte{"top": object("left,right-hand"), "left": object("base"), "right_hand": object("base,built_in"), "base": object(""), "odd": []byte("no ELF"),
		"lost": object("nowhere")}
	have := func(name string) ([]byte, error) {
		if name == "nowhere" {
			return nil, errNowhere
		}
		return ko[name], nil
	}
	got, err := Modules(have, "right-hand", "top", "top")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range got {
		names = append(names, f.Name)
	}
	if s := strings.Join(names, " "); s != "modules/00-base.ko modules/01-right_hand.ko modules/02-left.ko modules/03-top.ko" {
		t.Error(s)
	}
	if _, err := Modules(have, "odd"); err == nil || !strings.Contains(err.Error(), `module "odd"`) {
		t.Error(err)
	}
	if _, err := Modules(have, "lost"); !errors.Is(err, errNowhere) || !strings.Contains(err.Error(), `"lost" needs another`) {
		t.Error(err)
	}
}

var errNowhere = errors.New("not there")

// object is the smallest ELF file with a section .modinfo.
func object(depends string) []byte {
	names := "\x00.modinfo\x00.shstrtab\x00"
	info := "name=x\x00depends=" + depends + "\x00"
	var b bytes.Buffer
	b.WriteString("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	num := func(width int, v int) {
		for range width {
			b.WriteByte(byte(v))
			v >>= 8
		}
	}
	head := []int{2, 1, 2, 183, 4, 1, 8, 0, 8, 0, 8, 64 + len(info) + len(names), 4, 0, 2, 64, 2, 0, 2, 0, 2, 64, 2, 3, 2, 2}
	for i := 0; i < len(head); i += 2 {
		num(head[i], head[i+1])
	}
	b.WriteString(info + names)
	section := func(name, kind, from, size int) {
		for _, f := range [][2]int{{4, name}, {4, kind}, {8, 0}, {8, 0}, {8, from}, {8, size}, {4, 0}, {4, 0}, {8, 1}, {8, 0}} {
			num(f[0], f[1])
		}
	}
	section(0, 0, 0, 0)
	section(1, 1, 64, len(info))
	section(10, 3, 64+len(info), len(names))
	return b.Bytes()
}
