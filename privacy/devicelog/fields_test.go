package devicelog

import (
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"tellijn/privacy/privacytest/cddl"
	"tellijn/privacy/sign"
)

func law(t testing.TB) *cddl.Spec {
	t.Helper()
	text, err := os.ReadFile("devicelog.cddl")
	if err != nil {
		t.Fatal(err)
	}
	s, err := cddl.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoField proves from the type that an entry has no room for anything of people: the only text is the
// name of the device, the only bytes are of fixed length and hashes or zeros, the only free numbers are two,
// and what they can be TestBounds holds for each kind.
func TestNoField(t *testing.T) {
	type field struct {
		name, kind string
		size       uintptr
	}
	want := []field{{"Version", "uint8", 1}, {"Device", "string", 0}, {"Number", "uint32", 4}, {"Boot", "array", 16}, {"At", "int64", 8},
		{"Clock", "uint8", 1}, {"Uptime", "uint32", 4}, {"Kind", "uint8", 1}, {"A", "int32", 4}, {"B", "int32", 4},
		{"Digest", "array", 32}, {"Previous", "array", 32}, {"Pad", "slice", 0}}
	var have []field
	var tagged, named []int
	for _, f := range reflect.VisibleFields(reflect.TypeFor[padded]()) {
		if f.Anonymous {
			continue
		}
		size := f.Type.Size()
		if k := f.Type.Kind(); k == reflect.String || k == reflect.Slice {
			size = 0 // ValidName bounds the one, the rule of the pad the other
		}
		have = append(have, field{f.Name, f.Type.Kind().String(), size})
		n, err := strconv.Atoi(strings.TrimSuffix(f.Tag.Get("cbor"), ",keyasint"))
		if err != nil {
			t.Errorf("field %s has no number", f.Name)
		}
		tagged = append(tagged, n)
	}
	if !slices.Equal(have, want) {
		t.Errorf("got  %v\nwant %v\nA field more is a decision for everybody under the camera.", have, want)
	}
	for _, k := range keys() {
		named = append(named, k.Number)
	}
	if !slices.Equal(tagged, named) {
		t.Errorf("struct %v, names %v", tagged, named)
	}
	if n := reflect.TypeFor[Event]().NumField(); n != 4 {
		t.Errorf("an event has %d fields", n)
	}
}

// TestBounds closes the list of kinds: each with what its numbers can be. A kind more, or a wider one, has
// to be written down here too.
func TestBounds(t *testing.T) {
	none := bounds{}
	want := map[Kind]bounds{
		1: {lowA: 1, highA: 4_194_304}, 2: {lowA: -1, highA: 255, highB: 64}, 3: none, 4: none, 5: {lowA: 1, highA: 60_000},
		6: {highA: 4}, 7: {highA: 4}, 8: {lowA: -1, highA: 255, highB: 64}, 9: {highA: 3, highB: 262_143},
		10: {digest: true}, 11: {digest: true}, 12: {highA: 3, highB: 511}, 13: {digest: true},
		14: {lowA: 1, highA: 30, lowB: 1, highB: 1<<31 - 1},
		15: {lowA: -1 << 31, highA: 1<<31 - 1, highB: 1}, 16: {lowA: 1, highA: 1<<31 - 1, highB: 1}, 17: none, 18: {lowA: 1, highA: 3},
		19: none, 20: none, 21: none, 22: none, 23: none,
		24: {highA: 11, highB: 1, digest: true}, 25: none, 26: {lowA: 1, highA: 9}, 27: {lowA: 1, highA: 2}, 28: none, 29: none, 30: none,
	}
	entries, c := written(t, 1)
	payload, err := sign.Open(sign.Log, c.Key.Public(), entries[0])
	if err != nil {
		t.Fatal(err)
	}
	var fields map[int]any
	if err := cbor.Unmarshal(payload, &fields); err != nil {
		t.Fatal(err)
	}
	spec := law(t)
	for k := range 256 {
		got, ok := Kind(k).bounds()
		fields[kindKey] = k
		if b, _ := cbor.Marshal(fields); (spec.Check("entry", b) == nil) != ok {
			t.Errorf("kind %d: known %v, but the law says %v", k, ok, spec.Check("entry", b))
		}
		if w, known := want[Kind(k)]; ok != known || got != w {
			t.Errorf("kind %d: %+v, %v; want %+v", k, got, ok, w)
		}
	}
}

// TestTheLaw puts every value that devicelog.cddl allows or refuses, just so, in every place of an entry,
// and sees that Decode takes the same ones.
func TestTheLaw(t *testing.T) {
	spec := law(t)
	// What the kind says about fields 9, 10 and 11 stands in comments of the law; TestBounds has it.
	narrower := map[string]string{"entry/3": "entry", "entry/4": "boot", "entry/8": "kind", "entry/9": "kind", "entry/10": "kind",
		"entry/11": "kind", "entry/12": "entry"}
	entries, c := written(t, 12)
	met := map[string]bool{}
	for _, b := range entries {
		payload, err := sign.Open(sign.Log, c.Key.Public(), b)
		if err != nil {
			t.Fatal(err)
		}
		edges, err := spec.Edges("entry", payload)
		if err != nil {
			t.Fatal(err)
		}
		taken, refused := 0, 0
		for _, e := range edges {
			if !e.Inside {
				refused++
				if _, err := Decode(e.Encoded); err == nil {
					t.Errorf("%s: %s is taken, the law refuses it", e.Path, e.What)
				}
				continue
			}
			var p padded
			if err := cbor.Unmarshal(e.Encoded, &p); err != nil {
				t.Fatalf("%s: %s: %v", e.Path, e.What, err)
			}
			err := p.Check()
			switch why, ok := narrower[e.Path]; {
			case err == nil:
				taken++
				again, err := Encode(&p.Entry)
				if err != nil || spec.Check("entry", again) != nil {
					t.Errorf("%s: %s: %v, %v", e.Path, e.What, err, spec.Check("entry", again))
				}
			case ok && strings.HasPrefix(err.Error(), ErrInvalid.Error()+": "+why):
				met[e.Path] = true
			default:
				t.Errorf("%s: %s: %v, but the law allows it", e.Path, e.What, err)
			}
		}
		if taken < 10 || refused < 50 {
			t.Errorf("only %d values taken and %d refused", taken, refused)
		}
	}
	for path := range narrower {
		if !met[path] {
			t.Errorf("%s: nothing is refused that the law allows; take it from the list", path)
		}
	}
}
