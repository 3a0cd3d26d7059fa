package words

import (
	"testing"

	"tellijn/tools/rules/source/sourcetest"
)

func file(path, text string) map[string]string { return map[string]string{path: text} }

// The texts below are put together so that the rules do not find them here.
func TestAway(t *testing.T) {
	check := sourcetest.For(t, Away)
	check("a path", file("README.md", "see\n`/wo"+"rk/main` for"), "away README.md `/wo"+"rk/m")
	check("a home", file("a.go", "package p // /ho"+"me/somebody/x"), "away a.go /ho"+"me/s")
	check("a folder of that name", file("README.md", "out/wo"+"rk/a and $dir/wo"+"rk/a"))
	check("a host", file("a.sh", "https://pro"+"xy.example.org"), "away a.sh https://pro"+"xy.")
	check("talk", file("a.md", "As an assi"+"stant, in this sess"+"ion"), "away a.md assi"+"stant")
	check("ordinary words", file("a.md", "The work of the rooms; a home for records; sessions of lectures."))
}

func TestCamera(t *testing.T) {
	check := sourcetest.For(t, Camera)
	check("veiled", file("a.md", "It is good.\n\nA small sensor counts.\n\nThe camera"), "camera a.md sensor")
	check("said", file("a.md", "A camera, which others call\nsensor or scanner."))
	check("in a comment", file("hal/a.go", "package p\n\n// the Scanners\nvar a int"), "camera hal/a.go scanners")
	check("in a text", file("hal/a.go", "package p\nconst a = \"sensor\""), "camera hal/a.go sensor")
	check("in a test that refuses it", file("hal/a_test.go", "package p\nconst a = \"sensor\""))
	check("a name of Go", file("hal/a.go", "package p\n\n// reads with bufio.Scanner\nvar a int"))
	check("part of a word", file("a.md", "censorship and sensory"))
}

func TestReferences(t *testing.T) {
	check := sourcetest.For(t, References)
	with := func(text string) map[string]string {
		return map[string]string{"README.md": text, "hal/x/a.go": "package p", "hal/x/a_test.go": "package p\n\nfunc TestA(t *T) {}\n",
			"privacy/DATA.md": "[security](../README.md#top) [law](https://example.org/x)"}
	}
	check("there", with("[x](hal/x/a.go) [y](hal/x) `hal/x` `hal/x/` `TestA` `Testing` `firmware`"))
	check("gone", with("[x](hal/y.go) and `hal/y`, `FuzzB`, `ota/`"), "references README.md hal/y.go",
		"references README.md hal/y", "references README.md FuzzB", "references README.md ota/")
}
