package names

import (
	"testing"

	"tellijn/tools/rules/source/sourcetest"
)

func file(path, text string) map[string]string { return map[string]string{path: text} }

func TestCheck(t *testing.T) {
	check := sourcetest.For(t, Check)
	check("declared", file("hal/x/a.go", `package p
type Photo struct{ Picture, lineImage int }
const maxJPEG = 1
var saved int
func (dumper *Photo) Save(snapshot int) (image int) {
	imageA := 1
	for pictureB, dumpC := range []int{imageA} {
		_, _ = pictureB, dumpC
	}
	func(jpegD int) {}(1)
	return imageA
}
`), "names hal/x/a.go Photo", "names hal/x/a.go Picture", "names hal/x/a.go lineImage", "names hal/x/a.go maxJPEG",
		"names hal/x/a.go saved", "names hal/x/a.go dumper", "names hal/x/a.go Save", "names hal/x/a.go snapshot",
		"names hal/x/a.go image", "names hal/x/a.go imageA", "names hal/x/a.go pictureB", "names hal/x/a.go dumpC",
		"names hal/x/a.go jpegD")
	check("names of packages", file("counting/x/a.go", "package snapshots\nimport photo \"fmt\"\nvar _ = photo.Sprint"),
		"names counting/x/a.go snapshots", "names counting/x/a.go photo")
	check("methods of interfaces", file("privacy/x/a.go", "package p\ntype a interface{ Dump() }"), "names privacy/x/a.go Dump")
	check("type parameters and labels", file("privacy/x/a.go", "package p\nfunc a[Image any]() {\nsave:\n\tgoto save\n}"),
		"names privacy/x/a.go Image", "names privacy/x/a.go save")
	check("file name", file("firmware/x/photo.go", "package p"), "names firmware/x/photo.go photo.go")
	check("mjpeg is a format", file("hal/x/mjpeg.go", "package p\nconst MJPEG, mjpegUnits = 1, 2"))
	check("from elsewhere", file("hal/x/a.go", "package p\nvar _ = webcam.SetImageFormat"), "names hal/x/a.go SetImageFormat")
	check("from elsewhere in a test", file("hal/x/a_test.go", "package p\nvar _ = jpeg.EncodeImage"))
	check("declared in a test", file("hal/x/a_test.go", "package p\nvar dump int"), "names hal/x/a_test.go dump")
	check("tools are free", file("tools/x/a.go", "package p\nvar image int"))
	check("texts are free", file("hal/x/a.go", "package p\n// a picture\nconst a = \"picture\""))
}

func TestOnly(t *testing.T) {
	const text = "package p\nfunc a(p *P) { p.Watched(1, nil) }"
	check := sourcetest.For(t, Only)
	check("in a program", file("firmware/eye/a.go", text), "watched firmware/eye/a.go Watched")
	check("in a test of one", file("firmware/eye/a_test.go", text), "watched firmware/eye/a_test.go Watched")
	check("as an interface", file("firmware/eye/a.go", "package p\ntype a interface{ Watched() }"),
		"watched firmware/eye/a.go Watched")
	check("in a tool", file("tools/replay/a.go", text))
	check("where it lives", file("counting/pipeline/a.go", text))
}
