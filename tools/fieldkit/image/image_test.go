package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/boards/card"
	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/image/system"
	"tellijn/tools/fieldkit/programs"
	"tellijn/tools/fieldkit/source"
	"tellijn/tools/rig/model"
)

// maker makes systems out of this tree.
func maker(t *testing.T) *system.Maker {
	t.Helper()
	tree, err := programs.Find(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := source.DefaultDir()
	if err != nil {
		t.Skip(err)
	}
	return &system.Maker{Tree: tree, Store: source.NewStore(dir), Say: func(string, ...any) {}}
}

// gathered is the system of a board. It skips where something cannot be fetched.
func gathered(t *testing.T, m *system.Maker, r recipe.Recipe) *system.System {
	t.Helper()
	s, err := m.Gather(t.Context(), r)
	if errors.Is(err, source.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestImages makes the image of each board and looks at all that is in it. With -short there is only one.
func TestImages(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes it too long; it runs without")
	}
	m := maker(t)
	all, err := recipe.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if testing.Short() && r.Board != "virt" {
			continue
		}
		t.Run(r.Board, func(t *testing.T) {
			s := gathered(t, m, r)
			c, err := finish(s, r.Cmdline)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "card.img")
			sum, err := c.write(t.Context(), path, m.Say)
			if err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			list := checkLists(t, path, f)
			if list.Image.SHA256 != sum || list.Board != r.Board || list.Image.Size != card.Size {
				t.Errorf("manifest of %+v, sum %s", list.Image, sum)
			}
			checkParts(t, path, f, list)
			checkNames(t, f, list)
			checkOthers(t, path, f, list)
			checkStart(t, f, r)
			if i, err := f.Stat(); err != nil || i.Size() != card.Size || i.Mode().Perm() != 0o644 {
				t.Errorf("%v, %v", i.Mode(), err)
			}
		})
	}
}

// checkStart lets the model of the board's own firmware start the card, once and by tryboot.
func checkStart(t *testing.T, f *os.File, r recipe.Recipe) {
	t.Helper()
	board, err := model.Lookup(r.Board)
	if err != nil {
		t.Errorf("no model of the board: %v", err)
		return
	}
	for tryboot, partition := range map[bool]int{false: 2, true: 3} {
		firmware := model.Firmware{Board: board, Tryboot: tryboot}
		s, err := firmware.Start(f)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Partition != partition || len(s.Warnings) > 0 || len(s.Initrd) == 0 || len(s.Kernel) < 1<<20 || !strings.Contains(s.Cmdline, card.Argument) {
			t.Errorf("starts partition %d, kernel of %d, warnings %q", s.Partition, len(s.Kernel), s.Warnings)
		}
		if want := len(r.Kernel.DeviceTrees) > 0; want != (len(s.Tree) > 0) {
			t.Errorf("device tree of %d bytes", len(s.Tree))
		}
	}
}

func TestUnknownBoard(t *testing.T) {
	var said strings.Builder
	for board, want := range map[string]string{"rpi-zero": "rpi-zero-2w", "sim": "virt"} {
		if _, err := Build(t.Context(), Options{Board: board, Path: filepath.Join(t.TempDir(), "x")}, &said); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("board %q: %v", board, err)
		}
	}
}

// TestMissing takes away what an image is made of, piece by piece.
func TestMissing(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes it too long; it runs without")
	}
	m := maker(t)
	gathered(t, m, r0(t)) // all is there otherwise
	for name, c := range map[string]struct {
		change func(r *recipe.Recipe)
		err    error
		says   string
	}{
		"a module that nobody has":  {func(r *recipe.Recipe) { r.Kernel.Module = "example.org/no/kernel" }, source.ErrAbsent, "module example.org/no/kernel@v"},
		"another sum":               {func(r *recipe.Recipe) { r.Kernel.Sum = r.Blobs.Sum }, source.ErrSum, "want " + "h1:"},
		"a kernel module":           {func(r *recipe.Recipe) { r.Kernel.Modules = []string{"lib/modules/none.ko"} }, source.ErrAbsent, `"lib/modules/none.ko"`},
		"a device tree":             {func(r *recipe.Recipe) { r.Kernel.DeviceTrees = []string{"none.dtb"} }, source.ErrAbsent, `"none.dtb"`},
		"a boot file":               {func(r *recipe.Recipe) { r.Blobs.Slot = []string{"none.elf"} }, source.ErrAbsent, `"none.elf"`},
		"a package of another sum":  {func(r *recipe.Recipe) { r.Packages[0].SHA256 = strings.Repeat("0", 64) }, source.ErrSum, r0(t).Packages[0].Name},
		"a package that is nowhere": {func(r *recipe.Recipe) { r.Packages[0].URL = "debian/pool/none.deb" }, source.ErrAbsent, "none.deb"},
	} {
		t.Run(name, func(t *testing.T) {
			r := r0(t)
			c.change(&r)
			_, err := m.Gather(t.Context(), r)
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
				if err != nil && strings.Contains(err.Error(), "dial") {
					t.Skip(err)
				}
				t.Errorf("%v, want %v: %q", err, c.err, c.says)
			}
		})
	}
}

// r0 is the recipe with the most in it.
func r0(t *testing.T) recipe.Recipe {
	t.Helper()
	r, err := recipe.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTooLarge fills a slot beyond what updates may hold.
func TestTooLarge(t *testing.T) {
	s := &system.System{}
	s.Put("large", make([]byte, card.SlotMost+1), "test")
	if _, err := finish(s, ""); err == nil || !strings.Contains(err.Error(), "want at most 32") {
		t.Error(err)
	}
}

// small is a system with little in it, for what does not depend on that.
func small(t *testing.T) *content {
	t.Helper()
	s := &system.System{Start: []system.Item{{Path: card.Autoboot, Data: []byte("x"), Origin: "test"}}}
	s.Put(card.Kernel, make([]byte, 3<<20), "test")
	c, err := finish(s, "quiet")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingLeft(t *testing.T) {
	c, dir := small(t), t.TempDir()
	empty := func(what string) {
		t.Helper()
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s: left %v, %v", what, left, err)
		}
	}
	for n := range 7 { // an end at each step
		ctx, cancel := context.WithCancel(t.Context())
		steps := 0
		sum, err := c.write(ctx, filepath.Join(dir, "card.img"), func(string, ...any) {
			if steps++; steps > n {
				cancel()
			}
		})
		cancel()
		if n < 5 && !errors.Is(err, context.Canceled) || n >= 5 && err != nil {
			t.Fatalf("end at step %d: %q, %v", n, sum, err)
		}
		if err != nil {
			empty(fmt.Sprintf("end at step %d", n))
		}
	}
	before, err := os.ReadDir(dir)
	if err != nil || len(before) != 3 {
		t.Fatalf("%v, %v", before, err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	if _, err := c.write(ctx, filepath.Join(dir, "card.img"), func(string, ...any) {}); err == nil {
		t.Error("written although the time was up")
	}
	if after, err := os.ReadDir(dir); err != nil || len(after) != 3 {
		t.Errorf("an image that was there is gone: %v, %v", after, err)
	}
	if _, err := c.write(t.Context(), dir, func(string, ...any) {}); err == nil || !strings.Contains(err.Error(), "fieldkit flash writes cards") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := c.write(t.Context(), filepath.Join(dir, "none", "card.img"), func(string, ...any) {}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
}
