package record

import (
	"math/bits"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tellijn/counting/tally"
	"tellijn/privacy/layers"
)

// Each layer has one bit, which no bit of counting shares, and comes back from it.
func TestLacking(t *testing.T) {
	if q := Lacking(layers.All); q != 0 {
		t.Errorf("all layers hold: %#x", q)
	}
	const counted = tally.Relit | tally.Crowded | tally.Full | tally.Starved | tally.Coarse
	seen := uint32(0)
	for l := layers.Layers(1); l <= layers.All; l <<= 1 {
		q := Lacking(layers.All &^ l)
		if bits.OnesCount32(q) != 1 || q&(seen|counted) != 0 {
			t.Errorf("%s: %#x", l, q)
		}
		seen |= q
		r := good()
		r.Quality = q | counted
		if err := r.Check(); err != nil || r.Held() != layers.All&^l {
			t.Errorf("%s: holds %s, %v", l, r.Held(), err)
		}
	}
	if Lacking(0) != seen || seen|counted != anyQuality {
		t.Errorf("%#x without any, %#x in all, %#x known", Lacking(0), seen, uint32(anyQuality))
	}
	if future := Lacking(layers.All | 1<<15); future != 0 {
		t.Errorf("a layer that has no name: %#x", future)
	}
}

// What the comment says is what the bits say, and a record that lacks nothing says no more.
func TestDiagNamesWhatIsMissing(t *testing.T) {
	r := good()
	r.Quality |= Lacking(layers.All &^ (layers.Paths | layers.Secret))
	b, err := Encode(&r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Diag(b)
	if want := "14: 10485760, / quality bits; did not hold the eye in: Landlock, secret carry /\n"; err != nil || !strings.Contains(text, want) {
		t.Errorf("%v, no %q in\n%s", err, want, text)
	}
	r = good()
	b, _ = Encode(&r)
	if text, _ := Diag(b); !strings.Contains(text, "/ quality bits /") {
		t.Error(text)
	}
}

// TestQualityInTheLaw holds the bits that Check takes against those of record.cddl.
func TestQualityInTheLaw(t *testing.T) {
	cddl, err := os.ReadFile("record.cddl")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(cddl), "\nquality = &(\n")
	body, _, ok := strings.Cut(rest, "\n)")
	written := uint32(0)
	for _, m := range regexp.MustCompile(`(?m)^  \w+: (\d+),`).FindAllStringSubmatch(body, -1) {
		n, _ := strconv.Atoi(m[1])
		written |= 1 << n
	}
	if !ok || written != anyQuality {
		t.Errorf("record.cddl has bits %#x, Check takes %#x", written, uint32(anyQuality))
	}
}

// Each mode and each state of the clock has words, no two the same.
func TestDiagWords(t *testing.T) {
	said := map[string]bool{}
	for mode := range uint8(ModeAlone + 1) {
		r := good()
		r.Lines[0] = Line{}
		if r.Rule.Mode = mode; mode != ModeOneDoor {
			r.Rule.Room, r.Rule.Doors = "hall", 2
		}
		for clock := range uint8(ClockKnown + 1) {
			r.Clock = clock
			b, err := Encode(&r)
			if err != nil {
				t.Fatal(err)
			}
			text, err := Diag(b)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)(?:doors|clock); (.+) /$`).FindAllStringSubmatch(text, -1) {
				said[m[1]] = true
			}
		}
	}
	if len(said) != 7 {
		t.Errorf("words: %v", said)
	}
}
