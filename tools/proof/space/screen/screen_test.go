package screen

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"tellijn/firmware/view"
	"tellijn/tools/rules/source"
	"tellijn/tools/try/page/browser"
)

func TestState(t *testing.T) {
	s := Fullest()
	b, err := view.Encode(&s)
	if err != nil || len(b) > 64 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if faults := Pixels(); len(faults) > 0 {
		t.Errorf("could hold a frame: %v", faults)
	}
	if bounded("State.Number") || bounded("State.None") || !bounded("State.Zones") {
		t.Error("what is no bounded list passes for one, or one that is does not")
	}
	// Number, counting, two lit bits and six bytes a line, a byte a zone.
	if free, err := Free(); err != nil || free != 16+1+8*(2+48)+8*8 {
		t.Errorf("%d bits are free, %v", free, err)
	}
}

func TestSource(t *testing.T) {
	root, err := source.Root()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := source.Read(root)
	if err != nil {
		t.Fatal(err)
	}
	if k := Messages(tree); !slices.Equal(k, []string{"kindRecord", "kindState"}) {
		t.Errorf("kinds %v", k)
	}
	if found, files := Drawing(tree); len(found) > 0 || files != 3 {
		t.Errorf("%v in %d files", found, files)
	}
	odd, err := source.Parse(map[string]string{"tools/try/page/assets/page.html": `<IMG src=x><canvas>`, "firmware/view/a.go": "package view\nconst kindCells = 3"})
	if err != nil {
		t.Fatal(err)
	}
	if found, _ := Drawing(odd); len(found) != 2 {
		t.Errorf("found %v", found)
	}
	if k := Messages(odd); !slices.Equal(k, []string{"kindCells"}) {
		t.Errorf("kinds %v", k)
	}
	bad, n, err := Linked(context.Background(), root)
	if err != nil || len(bad) > 0 || n < 20 {
		t.Errorf("%v of %d, %v", bad, n, err)
	}
}

func TestColours(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser; not with -short")
	}
	s, err := Colours(context.Background(), rand.New(rand.NewPCG(rand.Uint64(), 1)), 2)
	if errors.Is(err, browser.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil || s.Screens != 8 || len(s.All) > 3 || s.Most < 2 {
		t.Errorf("%+v, %v", s, err)
	}
	// Pictures of which one is so tall that its lines were once thinner than a pixel, and drawn in shades.
	s, err = Colours(context.Background(), rand.New(rand.NewPCG(14152796819738361785, 3)), 4)
	if err != nil || s.Screens != 16 || len(s.All) > 3 || s.Most < 2 {
		t.Errorf("tall: %+v, %v", s, err)
	}
}
