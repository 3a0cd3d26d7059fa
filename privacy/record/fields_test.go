package record

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
	text, err := os.ReadFile("record.cddl")
	if err != nil {
		t.Fatal(err)
	}
	s, err := cddl.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOneFieldList holds struct and names against each other; TestTheLaw holds the struct against the law.
func TestOneFieldList(t *testing.T) {
	var tagged, named []int
	for _, f := range reflect.VisibleFields(reflect.TypeFor[padded]()) {
		if f.Anonymous {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSuffix(f.Tag.Get("cbor"), ",keyasint"))
		if err != nil {
			t.Errorf("field %s has no number", f.Name)
		}
		tagged = append(tagged, n)
	}
	for _, k := range keys() {
		named = append(named, k.Number)
	}
	if !slices.Equal(tagged, named) {
		t.Errorf("struct %v, names %v", tagged, named)
	}
}

// narrower says where Check refuses what record.cddl alone allows, since it also sees one field beside
// another, and how its error begins. The comments of record.cddl say the same.
func narrower() map[string]string {
	return map[string]string{
		"record/3":       "boot is zero",
		"record/5":       "from",
		"record/6":       "from",
		"record/8[0][0]": "line 0: ",
		"record/8[0][1]": "line 0: ",
		"record/15/2":    "camera driver",
		"record/16":      "firmware",
		"record/19/2":    "room",
		"record/19/3":    "room",
		"record/19/4":    "room",
		"record/19/5":    "room",
		"record/19/1":    "line 0: ",
		"record/23[0]":   "log of",
		"record/23[1]":   "log of",
	}
}

// TestTheLaw puts every value that record.cddl allows or refuses, just so, in every place of a record, and
// sees that Decode takes the same ones.
func TestTheLaw(t *testing.T) {
	spec := law(t)
	met := map[string]bool{}
	for _, base := range []string{"good", "room-head", "alone"} {
		r := examples()[base]
		payload, err := Encode(&r)
		if err != nil {
			t.Fatal(err)
		}
		edges, err := spec.Edges("record", payload)
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
			switch why, ok := narrower()[e.Path]; {
			case err == nil:
				taken++
				// The pad has a rule of its own; with the right one the record is as the law has it.
				again, err := Encode(&p.Record)
				if err != nil || spec.Check("record", again) != nil {
					t.Errorf("%s: %s: %v, %v", e.Path, e.What, err, spec.Check("record", again))
				}
			case ok && strings.HasPrefix(err.Error(), ErrInvalid.Error()+": "+why):
				met[e.Path] = true
			default:
				t.Errorf("%s: %s: %v, but the law allows it", e.Path, e.What, err)
			}
		}
		t.Logf("%s: %d values taken, %d refused", base, taken, refused)
		if taken < 80 || refused < 200 {
			t.Errorf("%s: only %d values taken and %d refused", base, taken, refused)
		}
	}
	for path := range narrower() {
		if !met[path] {
			t.Errorf("%s: nothing is refused that the law allows; take it from the list", path)
		}
	}
}

// TestNoField proves from the types that a record has no room for anything of a person: no text but names
// that are configured, no number that is not released, no time but those of the interval.
func TestNoField(t *testing.T) {
	var have []string
	var walk func(path string, of reflect.Type)
	walk = func(path string, of reflect.Type) {
		switch of.Kind() {
		case reflect.Struct:
			for i := range of.NumField() {
				if f := of.Field(i); f.Name != "_" {
					walk(strings.TrimPrefix(path+"."+f.Name, "."), f.Type)
				}
			}
		case reflect.Slice, reflect.Array:
			if of.Elem().Kind() == reflect.Uint8 {
				have = append(have, path+" bytes")
				return
			}
			walk(path+"[]", of.Elem())
		default:
			have = append(have, path+" "+of.Kind().String())
		}
	}
	walk("", reflect.TypeFor[padded]())
	want := []string{
		"Record.Version uint8", "Record.Device string", "Record.Boot bytes", "Record.Sequence uint32",
		"Record.From int64", "Record.To int64", "Record.Interval uint32",
		"Record.Lines[].Forward uint32", "Record.Lines[].Backward uint32",
		"Record.Lines[].CorrectedForward uint32", "Record.Lines[].CorrectedBackward uint32",
		"Record.Lines[].Level uint32", "Record.Lines[].TotalForward uint32", "Record.Lines[].TotalBackward uint32",
		"Record.Zones[] uint16", "Record.Coverage uint8", "Record.Dropped uint8", "Record.Damaged uint8",
		"Record.Lifetime.Worst uint8", "Record.Lifetime.P999 uint8", "Record.Quality uint32",
		"Record.Camera.Kind string", "Record.Camera.Driver string", "Record.Camera.Width uint16",
		"Record.Camera.Height uint16", "Record.Camera.Pixel string", "Record.Firmware bytes", "Record.Previous bytes",
		"Record.Simulated bool", "Record.Rule.K uint8", "Record.Rule.Mode uint8", "Record.Rule.Room string",
		"Record.Rule.Heard uint8", "Record.Rule.Doors uint8", "Record.Clock uint8", "Record.Uptime uint32",
		"Record.Lost uint32", "Record.Log.Entries uint32", "Record.Log.Head bytes", "Pad bytes",
	}
	if !slices.Equal(have, want) {
		t.Errorf("got  %v\nwant %v\nA field more is a decision for everybody under the camera.", have, want)
	}
}

// The kinds of privacy/sign are those of this package's header.
func TestHeader(t *testing.T) {
	r := good()
	signed, _ := Seal(sign.NewKey(seed()), &r)
	if kind, id, err := sign.Signer(signed); kind != sign.Record || id != sign.NewKey(seed()).Public().ID() || err != nil {
		t.Errorf("%s %s %v", kind, id, err)
	}
}
