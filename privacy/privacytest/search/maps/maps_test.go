package maps

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

// list is what kernels say of an eye that reads a camera, shortened.
const list = `00400000-00560000 r-xp 00000000 fe:00 1306 /device/eye
00c9a000-00cbb000 rw-p 00000000 00:00 0 
3a35c0000000-3a35c0400000 rw-p 00000000 00:00 0                          [anon: Go: heap]
7f1adc000000-7f1adc096000 rw-s 00096000 00:06 89                         /dev/video0
7f1adc096000-7f1adc0a0000 rw-s 00000000 00:11 20                         /a name with spaces (deleted)
7f1adc0a0000-7f1adc0a2000 rw-s 00000000 00:0f 33                         /secretmem (deleted)
7ffd4f1c8000-7ffd4f1e9000 rw-p 00000000 00:00 0                          [stack]
7ffd4f1f4000-7ffd4f1f6000 r-xp 00000000 00:00 0                          [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`

func TestParse(t *testing.T) {
	got, err := Parse(list)
	if err != nil {
		t.Fatal(err)
	}
	want := []Mapping{
		{0x400000, 0x560000, true, 1306, "/device/eye"},
		{0xc9a000, 0xcbb000, true, 0, "[anon]"},
		{0x3a35c0000000, 0x3a35c0400000, true, 0, "[anon: Go: heap]"},
		{0x7f1adc000000, 0x7f1adc096000, false, 89, "/dev/video0"},
		{0x7f1adc096000, 0x7f1adc0a0000, false, 20, "/a name with spaces (deleted)"},
		{0x7f1adc0a0000, 0x7f1adc0a2000, false, 33, "/secretmem (deleted)"},
		{0x7ffd4f1c8000, 0x7ffd4f1e9000, true, 0, "[stack]"},
		{0x7ffd4f1f4000, 0x7ffd4f1f6000, true, 0, "[vdso]"},
		{0xffffffffff600000, 0xffffffffff601000, true, 0, "[vsyscall]"},
	}
	own := []bool{false, true, true, false, false, false, true, false, false}
	if len(got) != len(want) {
		t.Fatalf("%d mappings, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] || got[i].Own() != own[i] {
			t.Errorf("%d: %+v, own %v; want %+v, %v", i, got[i], got[i].Own(), want[i], own[i])
		}
	}
	if got[3].Size() != 0x96000 {
		t.Errorf("size %#x", got[3].Size())
	}
	if none, err := Parse(""); err != nil || len(none) != 0 {
		t.Errorf("nothing: %v, %v", none, err)
	}
}

func TestRefused(t *testing.T) {
	good := "1000-2000 rw-p 00000000 00:00 0\n"
	for name, text := range map[string]string{
		"empty line":   good + "\n",
		"no end":       "1000 rw-p 00000000 00:00 0",
		"no number":    "1000-20x0 rw-p 00000000 00:00 0",
		"too large":    "1000-20000000000000000 rw-p 00000000 00:00 0",
		"backwards":    "2000-1000 rw-p 00000000 00:00 0",
		"nothing":      "2000-2000 rw-p 00000000 00:00 0",
		"short":        "1000-2000 rw-p 00000000 00:00",
		"permissions":  "1000-2000 rw-x 00000000 00:00 0",
		"permission":   "1000-2000 p 00000000 00:00 0",
		"inode":        "1000-2000 rw-p 00000000 00:00 x",
		"two blanks":   "1000-2000  rw-p 00000000 00:00 0",
		"overlap":      good + "1fff-3000 rw-p 00000000 00:00 0",
		"out of order": good + "500-600 rw-p 00000000 00:00 0",
	} {
		if got, err := Parse(text); err == nil || !strings.HasPrefix(err.Error(), "maps: line ") {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestReal: the list of this process can be read, and this function lies in it.
func TestReal(t *testing.T) {
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(runtime.GOOS + " has no such list")
	}
	got, err := Parse(string(text))
	if err != nil || len(got) != strings.Count(string(text), "\n") {
		t.Fatalf("%d mappings: %v", len(got), err)
	}
	heap := false
	for _, m := range got {
		heap = heap || m.Own()
	}
	if !heap {
		t.Error("no memory of its own")
	}
}

// FuzzParse: what is taken has rising addresses, and means the same when it is written again.
func FuzzParse(f *testing.F) {
	f.Add(list)
	f.Add("1000-2000 rw-p 00000000 00:00 0")
	f.Add("0-ffffffffffffffff rw-s 0 0 18446744073709551615    x y ")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if err != nil {
			return
		}
		var again strings.Builder
		end := uint64(0)
		for _, m := range got {
			if m.Start < end || m.End <= m.Start {
				t.Fatalf("%+v after %#x", m, end)
			}
			end = m.End
			perms := map[bool]string{true: "rw-p", false: "rw-s"}[m.Private]
			fmt.Fprintf(&again, "%x-%x %s 0 0 %d %s\n", m.Start, m.End, perms, m.Inode, m.Name)
		}
		same, err := Parse(again.String())
		if err != nil || len(same) != len(got) {
			t.Fatalf("%q: %d mappings again, want %d: %v", again.String(), len(same), len(got), err)
		}
		for i := range got {
			if same[i] != got[i] {
				t.Fatalf("%+v, want %+v", same[i], got[i])
			}
		}
	})
}
