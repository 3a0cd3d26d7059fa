package abi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
	"unsafe"
)

// TestNumbers compares with what a C compiler made of linux/videodev2.h on a 64-bit machine; on
// 32 bit only the size field differs.
func TestNumbers(t *testing.T) {
	if unsafe.Sizeof(Word(0)) != 8 {
		t.Skip("the numbers are those of a 64-bit machine; TestLayouts checks the sizes of both")
	}
	for _, c := range []struct {
		name      string
		got, want uint32
	}{
		{"QUERYCAP", QueryCap, 0x80685600}, {"G_FMT", GetFormat, 0xc0d05604}, {"QUERYBUF", QueryBuffer, 0xc0585609},
		{"G_PARM", GetParm, 0xc0cc5615}, {"S_PARM", SetParm, 0xc0cc5616}, {"SUBSCRIBE_EVENT", SubscribeEvent, 0x4020565a},
		{"QBUF", Queue, 0xc058560f}, {"DQBUF", Dequeue, 0xc0585611}, {"STREAMOFF", StreamOff, 0x40045613},
	} {
		if c.got != c.want {
			t.Errorf("VIDIOC_%s is %#x, want %#x", c.name, c.got, c.want)
		}
	}
}

func TestMapOffset(t *testing.T) {
	b := Buffer{Offset: 0x1234000}
	if b.MapOffset() != 0x1234000 {
		t.Errorf("got %#x", b.MapOffset())
	}
}

// TestLayouts lays the structures out for a 64-bit and a 32-bit machine, whichever runs the test.
func TestLayouts(t *testing.T) {
	for _, m := range []struct {
		arch, file string
		sizes      map[string]int64
		offsets    map[string]int64
	}{
		{"arm64", "layout_64.go",
			map[string]int64{"Capability": 104, "Pix": 48, "Format": 208, "StreamParm": 204, "EventSubscription": 32, "Buffer": 88},
			map[string]int64{"Format.Pix": 8, "Buffer.Time": 24, "Buffer.Sequence": 56, "Buffer.Offset": 64, "Buffer.Length": 72, "StreamParm.Numerator": 12, "Capability.DeviceCaps": 88}},
		{"arm", "layout_32.go",
			map[string]int64{"Capability": 104, "Pix": 48, "Format": 204, "StreamParm": 204, "EventSubscription": 32, "Buffer": 68},
			map[string]int64{"Format.Pix": 4, "Buffer.Time": 20, "Buffer.Sequence": 44, "Buffer.Offset": 52, "Buffer.Length": 56, "StreamParm.Numerator": 12, "Capability.DeviceCaps": 88}},
	} {
		fset := token.NewFileSet()
		var files []*ast.File
		for _, name := range []string{"layout.go", m.file} {
			f, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		sizes := types.SizesFor("gc", m.arch)
		pkg, err := (&types.Config{Sizes: sizes}).Check("abi", fset, files, nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range m.sizes {
			if got := sizes.Sizeof(pkg.Scope().Lookup(name).Type()); got != want {
				t.Errorf("%s: %s has %d bytes, want %d", m.arch, name, got, want)
			}
		}
		for name, want := range m.offsets {
			typ, field, _ := strings.Cut(name, ".")
			s := pkg.Scope().Lookup(typ).Type().Underlying().(*types.Struct)
			var fields []*types.Var
			at := -1
			for i := range s.NumFields() {
				fields = append(fields, s.Field(i))
				if s.Field(i).Name() == field {
					at = i
				}
			}
			if at < 0 {
				t.Fatalf("no field %s", name)
			}
			if got := sizes.Offsetsof(fields)[at]; got != want {
				t.Errorf("%s: %s is at byte %d, want %d", m.arch, name, got, want)
			}
		}
		if got := constant(pkg, "sizeBuffer"); got != m.sizes["Buffer"] {
			t.Errorf("%s: sizeBuffer is %d", m.arch, got)
		}
		if got := constant(pkg, "sizeFormat"); got != m.sizes["Format"] {
			t.Errorf("%s: sizeFormat is %d", m.arch, got)
		}
	}
}

func constant(pkg *types.Package, name string) int64 {
	v := pkg.Scope().Lookup(name).(*types.Const).Val().ExactString()
	n := int64(0)
	for _, c := range v {
		n = n*10 + int64(c-'0')
	}
	return n
}
