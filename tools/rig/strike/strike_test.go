package strike

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"tellijn/tools/fieldkit/initrd"
	"tellijn/tools/fieldkit/programs"
	"tellijn/tools/rig/gdb"
)

// built are the programs of this tree as they come into an image, in the first file system of a board.
func built() func(t *testing.T) []byte {
	var once sync.Once
	var packed []byte
	return func(t *testing.T) []byte {
		t.Helper()
		if testing.Short() {
			t.Skip("building the programs of a device takes a while; run without -short")
		}
		if _, err := exec.LookPath("go"); err != nil {
			t.Skip("no go here")
		}
		once.Do(func() {
			tree, err := programs.Find(t.Context(), ".")
			if err != nil {
				t.Fatal(err)
			}
			all, err := tree.Build(t.Context(), "sim")
			if err != nil {
				t.Fatal(err)
			}
			var files []initrd.File
			for _, p := range all {
				files = append(files, initrd.File{Name: "bin/" + p.Name, Data: p.Data, Mode: 0o755})
			}
			raw, err := initrd.Pack(files)
			if err != nil {
				t.Fatal(err)
			}
			z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
			if err != nil {
				t.Fatal(err)
			}
			packed = z.EncodeAll(raw, nil)
		})
		if packed == nil {
			t.Skip("the programs were not built")
		}
		return packed
	}
}

func TestStrike(t *testing.T) {
	archive := built()
	t.Run("targets", func(t *testing.T) { targetsThere(t, archive(t)) })
	t.Run("crash", func(t *testing.T) { crash(t, archive(t)) })
	t.Run("refused", func(t *testing.T) { refused(t, archive(t)) })
}

// targetsThere: each program that can be struck has the functions at which it is, with code that no other place has.
func targetsThere(t *testing.T, archive []byte) {
	if got := strings.Join(Names(), " "); got != "asker courier dialer eye init scout starter warden" {
		t.Error(got)
	}
	for name, tg := range targets() {
		data, err := File(archive, "bin/"+tg.file)
		if err != nil {
			t.Fatal(name, err)
		}
		p, err := open(data, tg.functions)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(p.places) != len(tg.functions) {
			t.Errorf("%s: %d places of %q", name, len(p.places), tg.functions)
		}
		for _, at := range p.places {
			if code := p.code(at); code == nil || strings.Count(string(p.text), string(code)) != 1 {
				t.Errorf("%s: the code at %#x is there more than once", name, at)
			}
		}
		if c := p.code(p.call); binary.LittleEndian.Uint32(c) != svc {
			t.Errorf("%s: %x is no system call", name, c[:4])
		}
		if b := p.code(p.blocked); b[1]>>2&1 != 1 {
			t.Errorf("%s: %x does not hold signal 11", name, b[:8])
		}
	}
	if p, err := open([]byte("no program"), nil); err == nil {
		t.Errorf("%+v", p)
	}
	data, _ := File(archive, "bin/eye")
	if _, err := open(data, []string{"main.nowhere"}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// crash lets another program through, strikes the right one at its place, and again only it behind the system call.
func crash(t *testing.T, archive []byte) {
	data, err := File(archive, "bin/eye")
	if err != nil {
		t.Fatal(err)
	}
	p, err := open(data, targets()["eye"].functions)
	if err != nil {
		t.Fatal(err)
	}
	at, back := p.places[0], p.call+4
	mark := p.call ^ at<<32 ^ 0x5EED
	pc := func(v uint64, more ...uint64) map[gdb.Register]uint64 {
		regs := map[gdb.Register]uint64{gdb.PC: v}
		if len(more) > 0 {
			regs[19], regs[0] = more[0], more[1]
		}
		return regs
	}
	c, s := begin(t,
		moment{"01", pc(at), make([]byte, recognised)},      // another program
		moment{"01", pc(0xffffff8000000000), nil},           // stopped by somebody else
		moment{"02", pc(at), p.code(at)},                    // it
		moment{"02", pc(back, 7, 0), p.code(back)},          // another thread of it
		moment{"01", pc(back, mark, 0), make([]byte, 70)},   // another program, of which nothing is known
		moment{"01", pc(back, mark, 0), p.text[back-p.at:]}, // it, on the other processor
	)
	others, err := Crash(t.Context(), c, archive, "eye")
	if err != nil || others != 3 {
		t.Errorf("%d others, %v, want 3", others, err)
	}
	if got := s.get("01", gdb.PC); got != nowhere {
		t.Errorf("PC %#x", got)
	}
	for r, want := range map[gdb.Register]uint64{0: 0, 1: p.blocked, 2: 0, 3: 8, 8: 135, gdb.PC: p.call} {
		if got := s.get("02", r); got != want && r != gdb.PC && r != 0 {
			t.Errorf("register %d is %#x, want %#x", r, got, want)
		}
	}
	if set, cleared := s.count("Z0"), s.count("z0"); set != cleared || s.count("vCont;s") != 3 {
		t.Errorf("%d stops set, %d cleared", set, cleared)
	}
}

func refused(t *testing.T, archive []byte) {
	data, _ := File(archive, "bin/eye")
	p, err := open(data, targets()["eye"].functions)
	if err != nil {
		t.Fatal(err)
	}
	at, back := p.places[0], p.call+4
	c, s := begin(t, moment{"01", map[gdb.Register]uint64{gdb.PC: at}, p.code(at)},
		moment{"01", map[gdb.Register]uint64{gdb.PC: back, 0: ^uint64(0), 19: p.call ^ at<<32 ^ 0x5EED}, p.code(back)})
	if _, err := Crash(t.Context(), c, archive, "eye"); err == nil || !strings.Contains(err.Error(), "may not block") {
		t.Errorf("a system call that failed: %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if _, err := Crash(ctx, c, archive, "eye"); !errors.Is(err, context.DeadlineExceeded) { // nothing comes by any more
		t.Error(err)
	}
	if set, cleared := s.count("Z0"), s.count("z0"); set != cleared {
		t.Errorf("%d stops set, %d cleared", set, cleared)
	}
	if _, err := Crash(t.Context(), c, archive, "nose"); err == nil {
		t.Error("a program that is none")
	}
	if _, err := Crash(t.Context(), c, nil, "eye"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// Hang catches each processor in the kernel, with interrupts off, in an endless loop of the kernel's.
func TestHang(t *testing.T) {
	const kernelAt, loop = 0xffffffc080010000, 0xffffffc080015678
	c, s := begin(t)
	code := make([]byte, 16*4096)
	binary.LittleEndian.PutUint32(code[loop-kernelAt:], loops)
	s.mem[kernelAt] = code
	s.regs["01"] = map[gdb.Register]uint64{gdb.State: 0x60000000 | kernel | 1, gdb.PC: kernelAt + 0x8004}
	s.regs["02"] = map[gdb.Register]uint64{gdb.State: 0x20000000, gdb.PC: 0x12345} // a program
	s.next = []moment{{"01", map[gdb.Register]uint64{gdb.PC: loop}, nil}, {"02", map[gdb.Register]uint64{gdb.State: kernel | 1, gdb.PC: kernelAt + 8}, nil}}
	if err := Hang(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for _, cpu := range []string{"01", "02"} {
		if pc, state := s.get(cpu, gdb.PC), s.get(cpu, gdb.State); pc != loop || state&masked != masked || state&level != kernel {
			t.Errorf("processor %s: PC %#x, state %#x", cpu, pc, state)
		}
	}
	c, s = begin(t)
	s.regs["01"] = map[gdb.Register]uint64{gdb.State: kernel | 1, gdb.PC: kernelAt}
	if err := Hang(t.Context(), c); !errors.Is(err, ErrNotFound) {
		t.Errorf("a kernel without an endless loop: %v", err)
	}
	c, _ = begin(t)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if err := Hang(ctx, c); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("processors that never are in the kernel: %v", err)
	}
}

func TestFile(t *testing.T) {
	raw, err := initrd.Pack([]initrd.File{{Name: "bin/a", Data: []byte("first"), Mode: 0o755}, {Name: "bin/b", Data: []byte("second"), Mode: 0o755}})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := File(raw, "bin/b"); err != nil || string(b) != "second" {
		t.Errorf("%q, %v", b, err)
	}
	for _, name := range []string{"bin/c", ""} {
		if b, err := File(raw, name); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %q, %v", name, b, err)
		}
	}
	for i := range strings.Index(string(raw), "second") + len("second") {
		if b, err := File(bytes.Clone(raw[:i]), "bin/b"); err == nil {
			t.Errorf("cut off at %d: %q", i, b)
		}
	}
}

func FuzzFile(f *testing.F) {
	raw, err := initrd.Pack([]initrd.File{{Name: "bin/a", Data: []byte("first"), Mode: 0o755}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("070701"))
	f.Add([]byte{0x28, 0xB5, 0x2F, 0xFD, 0})
	f.Add([]byte{0x1F, 0x8B, 8, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if data, err := File(b, "bin/a"); err == nil && len(data) > 64<<20 {
			t.Errorf("%d bytes", len(data))
		}
	})
}
