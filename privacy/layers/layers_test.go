package layers

import (
	"math/bits"
	"strings"
	"testing"
)

func TestEachLayerHasAName(t *testing.T) {
	if n := bits.OnesCount16(uint16(All)); n != len(names()) {
		t.Fatalf("%d layers, %d names", n, len(names()))
	}
	if got := Layers(0).Missing(); len(got) != len(names()) || Layers(0).String() != "none" {
		t.Errorf("none: %q, %q", got, Layers(0))
	}
	if got := All.Missing(); len(got) != 0 || strings.Count(All.String(), ", ") != len(names())-1 {
		t.Errorf("all: %q, %q", got, All)
	}
	if got := (All &^ Paths).Missing(); len(got) != 1 || got[0] != "Landlock" {
		t.Errorf("without Landlock: %q", got)
	}
}

func TestNeededIsPartOfAll(t *testing.T) {
	if Needed&^All != 0 || Needed&(Paths|Room|Secret) != 0 {
		t.Errorf("needed: %s", Needed)
	}
}

// Of the two layers against other paths one is enough, and nothing stands in for those needed.
func TestEnough(t *testing.T) {
	for _, held := range []Layers{All, Needed | Paths, Needed | Room, Needed | Paths | Room} {
		if !held.Enough() {
			t.Errorf("not enough: %s", held)
		}
	}
	for l := Layers(1); l <= All; l <<= 1 {
		if held := All &^ l; held.Enough() == (Needed&l != 0) {
			t.Errorf("without %s: %v", l, held.Enough())
		}
	}
	for _, held := range []Layers{0, Needed, Needed | Locked | Secret, Paths | Room} {
		if held.Enough() {
			t.Errorf("enough: %s", held)
		}
	}
}
