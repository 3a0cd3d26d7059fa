package shape

import (
	"fmt"
	"strings"
	"testing"

	"tellijn/tools/rules/source/sourcetest"
)

const comment = "// Package p is something. It never does anything else. It comes after this and before that.\npackage p\n"

func file(path, text string) map[string]string { return map[string]string{path: text} }

func TestDocs(t *testing.T) {
	check := sourcetest.For(t, Docs)
	check("no package comment", file("hal/x/a.go", "package p"), "docs hal/x package p")
	check("one that says nothing", file("hal/x/a.go", "// Package p is p.\npackage p"), "docs hal/x package p")
	check("one in another file", map[string]string{"hal/x/a.go": "package p", "hal/x/doc.go": comment})
	check("one in a test does not count", map[string]string{"hal/x/a.go": "package p", "hal/x/a_test.go": comment},
		"docs hal/x package p")
	check("bare names", file("hal/x/a.go", comment+`
type A struct{}
func B() {}
func (*A) C() {}
func (A) Error() string { return "" }
const D = 1
type d struct{}
func (d) E() {}
`), "docs hal/x/a.go A", "docs hal/x/a.go B", "docs hal/x/a.go C", "docs hal/x/a.go D")
	check("comments", file("hal/x/a.go", comment+`
// A is one.
type A struct{}
// B does.
func B() {}
const (
	// D is four.
	D = 4
	E = 5 // or five
)
// These are letters.
const (
	F = 1
	G = 2
)
// Errors.
var (
	ErrH = x
)
`), "docs hal/x/a.go ErrH")
}

func TestState(t *testing.T) {
	check := sourcetest.For(t, State)
	check("init", file("tools/x/a.go", "package p\nfunc init() {}\nfunc (a) init() {}"), "init tools/x/a.go init")
	check("variables", file("tools/x/a.go", "package p\nvar a int\nvar b, c = 1, errors.New(\"c\")\nvar d, e = f()"),
		"state tools/x/a.go a", "state tools/x/a.go b", "state tools/x/a.go d", "state tools/x/a.go e")
	check("errors", file("tools/x/a.go", "package p\nvar a = errors.New(\"a\")\nvar (\n\tb = fmt.Errorf(\"%w\", a)\n\tc = marker.ErrC\n)"))
	check("files and checks", file("tools/x/a.go", "package p\n//go:embed a.html\nvar a string\nvar _ I = (*T)(nil)"))
	check("tests", file("tools/x/a_test.go", "package p\nvar update = flag.Bool(\"update\", false, \"\")\nfunc init() {}"))
	check("a table that is written", map[string]string{"hal/x/a.go": "package p\nvar table = [2]int{}",
		"hal/x/b.go": "package p\nfunc f() { table[0] = 1; table[1]++; g(&table) }"},
		"state hal/x/a.go table", "written hal/x/b.go table", "written hal/x/b.go table", "written hal/x/b.go table")
}

func TestPanics(t *testing.T) {
	const text = "package p\nfunc a() { panic(1) }"
	check := sourcetest.For(t, Panics)
	check("device", file("counting/x/a.go", text), "panic counting/x/a.go panic")
	check("test", file("counting/x/a_test.go", text))
	check("tool", file("tools/x/a.go", text))
}

func TestBulk(t *testing.T) {
	check := sourcetest.For(t, Bulk)
	for _, folder := range []string{"counting/luma", "counting/luma/mjpeg/scan", "counting/grid", "hal/camera/feed", "hal/camera/lender", "hal/camera/v4l2"} {
		path := folder + "/a.go"
		check(folder, file(path, `package p
func f(a, b []byte) {
	copy(a, b)
	a = append(a, b...)
	_ = string(a)
	_ = [4]byte(a)
	_ = *(*[4]byte)(a)
	_ = bytes.Clone(a)
	_ = slices.Concat(a, b)
	io.Copy(w, r)
	_ = bufio.NewReader(r)
	var c bytes.Buffer
}`), "bulk "+path+" copy", "bulk "+path+" append", "bulk "+path+" string", "bulk "+path+" [N]T(x)", "bulk "+path+" *(*[N]T)(x)",
			"bulk "+path+" bytes.Clone", "bulk "+path+" slices.Concat", "bulk "+path+" io.Copy", "bulk "+path+" bufio.NewReader",
			"bulk "+path+" bytes.Buffer")
	}
	check("read in place", file("counting/luma/a.go", `package p
func f(a, b []byte) {
	for i := range a {
		a[i] = b[i]
	}
	c := (*[4]byte)(a)
	_ = c[1]
	list = append(list, 1, 2)
	_ = []byte("a")
	_ = string(a) == "b" || "c" != string(b)
	_, _ = io.ReadFull(r, a)
	clear(a)
	*(*[4]byte)(a) = [4]byte{}
}`), "bulk counting/luma/a.go *(*[N]T)(x)") // the last line only writes; the rule does not tell
	const text = "package p\nfunc f(a, b []byte) { copy(a, b) }"
	check("a test", file("counting/luma/a_test.go", text))
	check("what comes after cells", file("counting/track/a.go", text))
	check("a drawn camera", file("hal/camera/sim/a.go", text))
	check("a pretended camera", file("hal/camera/v4l2/usbcam/a.go", text))
}

func TestPlaced(t *testing.T) {
	const text = "package p\nfunc f(b []byte) { wipe.Place[T](b); wipe.Size[T](); other.Place(b) }"
	check := sourcetest.For(t, Placed)
	check("a program", file("firmware/eye/a.go", text), "placed firmware/eye/a.go wipe.Place")
	check("another stage", file("counting/track/a.go", text), "placed counting/track/a.go wipe.Place")
	check("where it is tested", file("counting/pipeline/a.go", text))
	check("a test", file("firmware/eye/a_test.go", text))
}

func TestSize(t *testing.T) {
	long := func(n int) string { return "package p\n" + strings.Repeat("\n", n-1) }
	many := map[string]string{}
	for i := range MaxFiles {
		many[fmt.Sprintf("hal/x/%d.go", i)] = "package p"
	}
	many["hal/x/a_test.go"] = "package p"
	check := sourcetest.For(t, Size)
	check("long", file("hal/x/a.go", long(MaxLines+1)), "lines hal/x/a.go length")
	check("not too long", file("hal/x/a.go", long(MaxLines)))
	check("long test", file("hal/x/a_test.go", long(MaxTestLines+1)), "lines hal/x/a_test.go length")
	check("not too many", many)
	many["hal/x/z.go"] = "package p"
	check("many", many, "files hal/x files")
}
