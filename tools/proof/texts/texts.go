// Package texts checks what this repository says in words: that a camera is called a camera, that
// what documents name is there, that the risks are named, and that the page of the proof can be
// read. It reads files and runs nothing. It stands outside the data path, as a part of tools/proof.
package texts

import (
	"context"
	"fmt"
	"strings"

	"tellijn/privacy/record"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/page"
	"tellijn/tools/proof/risks"
	"tellijn/tools/rules/source"
	"tellijn/tools/rules/words"
)

// Checks gives the checks of this package.
func Checks() []claim.Check {
	return []claim.Check{
		{Name: "texts", Run: func(_ context.Context, b *bench.Bench) ([]claim.Result, error) {
			tree, err := source.Read(b.Root)
			if err != nil {
				return nil, err
			}
			return []claim.Result{Camera(tree), Kind(), References(tree)}, nil
		}},
		{Name: "risks", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
			return []claim.Result{Risks(risks.All())}, nil
		}},
		{Name: "page", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
			r, err := Contrast(page.Pairs())
			return []claim.Result{r}, err
		}},
	}
}

// Camera looks for texts that hide the camera behind another word.
func Camera(tree *source.Tree) claim.Result {
	found := words.Camera(tree)
	return claim.Result{
		Promises: []int{45}, Name: "Texts that call the camera something else", Measured: "texts and comments that hide the camera behind another word",
		Figure:  fmt.Sprintf("%d in %d files", len(found), len(tree.Files)),
		Verdict: claim.Judge(len(found) == 0 && len(tree.Files) > 0), Why: places(found), Command: "go run ./tools/rules",
	}
}

// Kind asks whether a record can call its camera anything else.
func Kind() claim.Result {
	others := []string{"", "Camera", "scanner of a camera", "counter", "device"}
	taken := 0
	for _, kind := range others {
		r := valid()
		r.Camera.Kind = kind
		if r.Check() == nil {
			taken++
		}
	}
	r := valid()
	err := r.Check()
	return claim.Result{
		Promises: []int{45}, Name: "Records that call the camera something else", Measured: "records that are taken though they call the camera something else",
		Figure:  fmt.Sprintf("%d of %d were taken", taken, len(others)),
		Verdict: claim.Judge(taken == 0 && err == nil), Why: "none is to be taken, and one that says camera is", Command: "go test ./tools/proof/texts",
	}
}

// valid is a record that is taken as it is.
func valid() record.Record {
	return record.Record{Version: record.Version, Device: "door", Boot: [16]byte{1}, From: 1_795_330_800, To: 1_795_331_700, Interval: 900,
		Lines: []record.Line{{}}, Zones: []uint16{}, Coverage: 100, Lifetime: record.Lifetime{Worst: 1, P999: 1}, Rule: record.Rule{K: 3},
		Camera:   record.Camera{Kind: "camera", Driver: "sim", Width: 640, Height: 480, Pixel: "YUYV"},
		Firmware: [32]byte{1}, Simulated: true}
}

// References looks for what documents name and what is not there.
func References(tree *source.Tree) claim.Result {
	documents := 0
	for _, f := range tree.Files {
		if strings.HasSuffix(f.Path, ".md") {
			documents++
		}
	}
	found := words.References(tree)
	return claim.Result{
		Promises: []int{47}, Name: "Grounds that documents name and that are not there", Measured: "files and tests that a document names as its ground and that do not exist",
		Figure:  fmt.Sprintf("%d in %d documents", len(found), documents),
		Verdict: claim.Judge(len(found) == 0 && documents > 0), Why: places(found), Command: "go run ./tools/rules",
	}
}

// Risks looks at the list of what remains.
func Risks(list []risks.Risk) claim.Result {
	bad := risks.Incomplete(list)
	return claim.Result{
		Promises: []int{38}, Name: "Risks that remain, named", Measured: "risks listed below with measure, who shows it, what remains and whose it is",
		Figure:  fmt.Sprintf("%d, of them %d incomplete", len(list), len(bad)),
		Verdict: claim.Judge(len(bad) == 0), Why: fmt.Sprintf("a list that is not empty, each complete; incomplete: %q", bad),
		Command: "go test ./tools/proof/risks",
	}
}

// Contrast measures the colours of the page.
func Contrast(pairs []page.Pair) (claim.Result, error) {
	const wanted = 4.5 // WCAG 2.2, 1.4.3, level AA
	least := 21.0
	for _, p := range pairs {
		c, err := page.Contrast(p)
		if err != nil {
			return claim.Result{}, err
		}
		least = min(least, c)
	}
	return claim.Result{
		Promises: []int{87}, Name: "Contrast of this page", Measured: "least contrast of the colours on the page of this proof",
		Figure:  fmt.Sprintf("%.1f to 1 at least, in %d pairs of colours", least, len(pairs)),
		Verdict: claim.Judge(least >= wanted && len(pairs) > 0), Why: fmt.Sprintf("%.1f to 1 (WCAG 2.2 AA)", wanted),
		Command: "go test ./tools/proof/page",
	}, nil
}

// places names the first findings. It is not empty, so that it can say what was wanted.
func places(found []source.Finding) string {
	text := "none is to be found"
	for i, f := range found {
		if i == 3 {
			return text + ", ..."
		}
		text += fmt.Sprintf("; %s:%d %q", f.Path, f.Line, f.Name)
	}
	return text
}
