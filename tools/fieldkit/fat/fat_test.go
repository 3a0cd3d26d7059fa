package fat

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

const mib = 1 << 20

// sparse is a medium that holds what was written in pages.
type sparse struct {
	pages map[int64]*[4096]byte
	end   int64 // of what was written
	fail  int64 // writing beyond fails, unless 0
}

var errFull = errors.New("full")

func (s *sparse) WriteAt(b []byte, off int64) (int, error) {
	if s.fail > 0 && off+int64(len(b)) > s.fail {
		return 0, errFull
	}
	if s.pages == nil {
		s.pages = map[int64]*[4096]byte{}
	}
	s.end = max(s.end, off+int64(len(b)))
	for n := 0; n < len(b); {
		at := off + int64(n)
		p := s.pages[at/4096]
		if p == nil {
			p = new([4096]byte)
			s.pages[at/4096] = p
		}
		n += copy(p[at%4096:], b[n:])
	}
	return len(b), nil
}

func (s *sparse) ReadAt(b []byte, off int64) (int, error) {
	for n := 0; n < len(b); {
		at := off + int64(n)
		p := s.pages[at/4096]
		if p == nil {
			p = new([4096]byte)
		}
		n += copy(b[n:], p[at%4096:])
	}
	return len(b), nil
}

// card is like the files of one.
func card() []File {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	files := []File{
		{"autoboot.txt", []byte("[all]\n")}, {"bootcode.bin", noise(52624)}, {"START.ELF", noise(3 * mib)}, {"empty", nil},
		{"bcm2710-rpi-3-b.dtb", noise(34695)}, {"bcm2710-rpi-3-b-plus.dtb", noise(512)}, {"device/config.toml", noise(513)},
		{"device/deeper/still deeper/a name that is much longer than eight and three characters.and has.dots", noise(1024)},
	}
	for i := range 300 {
		files = append(files, File{fmt.Sprintf("overlays/overlay-number-%d.dtbo", i), noise(i)})
	}
	return files
}

func sorted(files []File) []File {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files
}

func same(t rapid.TB, got, want []File) {
	t.Helper()
	got, want = sorted(got), sorted(want)
	if len(got) != len(want) {
		t.Fatalf("%d files, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Path != want[i].Path || !bytes.Equal(got[i].Data, want[i].Data) {
			t.Fatalf("file %q of %d bytes, want %q of %d", got[i].Path, len(got[i].Data), want[i].Path, len(want[i].Data))
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, size := range []int64{60 * mib, 96 * mib, 4096 * mib} {
		const off = 4 * mib
		var m sparse
		if err := Write(&m, off, size, "START", 0x12345678, card()); err != nil {
			t.Fatal(err)
		}
		used, err := Used(size, card())
		if err != nil || m.end > off+used || m.end < off+used-32*1024 {
			t.Errorf("wrote up to %d, Used says %d, %v", m.end-off, used, err)
		}
		f, err := Open(&m, off)
		if err != nil {
			t.Fatal(err)
		}
		if f.Label() != "START" || f.Serial() != 0x12345678 {
			t.Errorf("label %q, serial %x", f.Label(), f.Serial())
		}
		got, err := f.Files()
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, card())
		if size == 96*mib {
			if err := fstest.TestFS(f, "START.ELF", "overlays/overlay-number-7.dtbo", "device/deeper"); err != nil {
				t.Error(err)
			}
		}
		if b, err := f.ReadFile("Device/CONFIG.toml"); err != nil || len(b) != 513 {
			t.Errorf("capital letters: %d bytes, %v", len(b), err)
		}
		if _, err := f.ReadFile("device/nothing"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no file: %v", err)
		}
	}
}

// TestSame pins what is written, so that a change of one byte is seen in review.
func TestSame(t *testing.T) {
	var a, b sparse
	files := card()
	if err := Write(&a, mib, 60*mib, "START", 1, files); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(files)
	if err := Write(&b, mib, 60*mib, "START", 1, files); err != nil {
		t.Fatal(err)
	}
	sum := func(s *sparse) string {
		h := sha256.New()
		for _, at := range slices.Sorted(maps.Keys(s.pages)) {
			fmt.Fprint(h, at)
			h.Write(s.pages[at][:])
		}
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	const want = "35d9fa0d2f20588d92ce0d53f99dc76774c15d0d2f24144c8ef200dfadf69e89"
	if sum(&a) != want || sum(&b) != want {
		t.Errorf("%s and in other order %s, want %s", sum(&a), sum(&b), want)
	}
}

// TestAny writes files of any names and sizes, and reads them.
func TestAny(t *testing.T) {
	name := rapid.OneOf(
		rapid.StringMatching(`[A-Z]{1,9}(\.[A-Z]{1,4})?`), rapid.StringMatching(`[a-c]{1,3}[~1]{0,2}(\.[a-b]{0,2}x)?`),
		rapid.StringMatching(`[!#-)+-.0-9;=@A-\[\]-{}~]{1,40}x`), rapid.StringMatching(`long{1,200}`))
	rapid.Check(t, func(t *rapid.T) {
		seen, files := map[string]bool{}, []File(nil)
		for range rapid.IntRange(0, 40).Draw(t, "files") {
			path := name.Draw(t, "name")
			if rapid.Bool().Draw(t, "deep") {
				path = fmt.Sprintf("folder-%d/", rapid.IntRange(0, 2).Draw(t, "folder")) + path
			}
			if !seen[strings.ToUpper(path)] {
				size := rapid.SampledFrom([]int{0, 1, 511, 512, 513, 1024, 70000}).Draw(t, "size")
				files = append(files, File{path, bytes.Repeat([]byte{byte(len(files) + 1)}, size)})
			}
			seen[strings.ToUpper(path)] = true
		}
		var m sparse
		if err := Write(&m, 0, 40*mib, "X", 0, files); err != nil {
			t.Fatal(err)
		}
		f, err := Open(&m, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Files()
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, files)
	})
}

func TestRefused(t *testing.T) {
	one := func(path string) []File { return []File{{path, nil}} }
	for _, c := range []struct {
		off, size int64
		label     string
		files     []File
		says      string
	}{
		{0, 60 * mib, "lower", nil, `label "lower"`},
		{0, 60 * mib, "TWELVELETTER", nil, "label"},
		{0, 60 * mib, "", nil, "label"},
		{0, 30 * mib, "A", nil, "want 34 MiB or more"},
		{0, 60*mib + 1, "A", nil, "multiple of 512"},
		{100, 60 * mib, "A", nil, "offset 100"},
		{0, 60 * mib, "A", one("a:b"), `name "a:b" has the character ':'`},
		{0, 60 * mib, "A", one("ä"), "has the character"},
		{0, 60 * mib, "A", one("a/../b"), "means a folder"},
		{0, 60 * mib, "A", one("/a"), "means a folder"},
		{0, 60 * mib, "A", one("a."), "full stop"},
		{0, 60 * mib, "A", one(strings.Repeat("a", 256)), "at most 255"},
		{0, 60 * mib, "A", one(strings.Repeat("a/", 16) + "b"), "too deep"},
		{0, 60 * mib, "A", []File{{"a", nil}, {"A", nil}}, `"a" is there twice`},
		{0, 60 * mib, "A", []File{{"a", nil}, {"a/b", nil}}, `"a/b" is there twice`},
		{0, 60 * mib, "A", []File{{"a", make([]byte, 60*mib)}}, "1 files of 62914560 bytes, want what fits"},
	} {
		var m sparse
		err := Write(&m, c.off, c.size, c.label, 0, c.files)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "fat: ") || m.end != 0 {
			t.Errorf("%+v: %v, wrote %d", c, err, m.end)
		}
	}
}

func TestWriterFails(t *testing.T) {
	used, _ := Used(60*mib, card())
	failed := 0
	for fail := int64(1); fail <= used+1; fail += used / 40 {
		m := sparse{fail: fail}
		if err := Write(&m, 0, 60*mib, "A", 0, card()); err != nil {
			failed++
			if !errors.Is(err, errFull) {
				t.Errorf("full after %d: %v", fail, err)
			}
		}
	}
	if failed < 40 {
		t.Errorf("failed %d times", failed)
	}
}

func TestFilesInPieces(t *testing.T) {
	var m sparse
	if err := Write(&m, 0, 60*mib, "A", 0, card()); err != nil {
		t.Fatal(err)
	}
	f, err := Open(&m, 0)
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.Open("bootcode.bin")
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	for b := make([]byte, 100); ; {
		n, err := o.Read(b)
		if got = append(got, b[:n]...); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got, card()[1].Data) {
		t.Error("read something else in pieces")
	}
}
