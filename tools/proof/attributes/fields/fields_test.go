package fields

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

const root = "../../../.."

func TestTheListIsTheFields(t *testing.T) {
	names, err := All(root)
	if err != nil {
		t.Fatal(err)
	}
	f := Judge(names)
	t.Logf("%d names", f.Names)
	if f.Names < 300 || len(f.Unlisted)+len(f.Gone)+len(f.Named)+len(f.Idle) > 0 {
		t.Errorf("%+v", f)
	}
	for n, word := range Closed() {
		if word == "" {
			t.Errorf("no word on %s", n)
		}
	}
}

// A new field falls short wherever it is put, whatever it is called.
func TestNewFieldsAreFound(t *testing.T) {
	type inner struct {
		record.Line
		Note uint8
	}
	for name, typ := range map[string]reflect.Type{
		"added":      reflect.TypeFor[struct{ Stamp uint32 }](),
		"unexported": reflect.TypeFor[struct{ stamp uint32 }](),
		"embedded":   reflect.TypeFor[struct{ wire.Stream }](),
		"nested":     reflect.TypeFor[struct{ Lines []inner }](),
		"pointer":    reflect.TypeFor[struct{ More *inner }](),
		"map":        reflect.TypeFor[struct{ Extra map[string]int }](),
		"bytes":      reflect.TypeFor[struct{ Blob []byte }](),
		"blank":      reflect.TypeFor[struct{ _ [4]byte }](),
	} {
		if f := Judge(walk("record.Record", typ)); len(f.Unlisted) == 0 {
			t.Errorf("%s: found nothing in %v", name, walk("record.Record", typ))
		}
	}
	if f := Judge(walk("record.Record", reflect.TypeFor[struct{ Version uint8 }]())); len(f.Unlisted) > 0 || len(f.Gone) == 0 {
		t.Errorf("a listed field alone: %+v", f)
	}
}

func TestForbiddenWordsAreFound(t *testing.T) {
	for _, n := range []string{"record.Record.Lines[].DwellTime", "record.Record.Age", "boards/plan.Scene.heat_map",
		"wire.Message.Tally.PersonID", "x.Zones[].gender", "record.Record.MeanSpeed", "record.Record.MAC", "cddl/record.height", "message.Tally.PersonID"} {
		if len(Holding([]string{n}, Forbidden())) == 0 {
			t.Errorf("%s was let pass", n)
		}
	}
	for _, n := range []string{"record.Record.Lifetime", "record.Record.Coverage", "x.Package", "x.Message", "person.Count"} {
		if len(Holding([]string{n}, Forbidden())) > 0 {
			t.Errorf("%s was found", n)
		}
	}
}

func TestSplit(t *testing.T) {
	for name, want := range map[string]string{"PersonArea": "person area", "person_area": "person area",
		"MACAddress": "mac address", "Lines[].ID": "lines id", "P999": "p", "": ""} {
		if got := strings.Join(Split(name), " "); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// Keys, labels and names are read from the source, so a change of the source is seen.
func TestSourceIsRead(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("firmware/config/a.go", "package config\ntype file struct {\n\tDwell bool `toml:\"dwell\"`\n\tIn struct {\n\t\tX int `toml:\"deep\"`\n\t}\n}\n")
	put("privacy/record/record.cddl", "record = {\n  1 => 1, ; say: hello\n  20 => [gender: uint],\n}\n")
	put("privacy/other/other.cddl", "x = [ her-age: uint ]\n")
	put("privacy/other/testdata/some.cddl", "x = [ left: out ]\n")
	put("counting/skin/a.go", "package x\nfunc f() { gaitOf := 1; _ = gaitOf }\n")
	put("counting/skin/a_test.go", "package x\nvar emotion = 1\n")
	keys, err := Keys(dir)
	if want := []string{"firmware/config.file.dwell", "firmware/config.file.deep"}; err != nil || !slices.Equal(keys, want) {
		t.Errorf("keys %v, %v", keys, err)
	}
	law, err := Law(dir)
	if want := []string{"cddl/other.her-age", "cddl/record.gender", "cddl/record.record 1", "cddl/record.record 20"}; err != nil || !slices.Equal(law, want) {
		t.Errorf("law %v, %v", law, err)
	}
	names, err := Declared(dir, "counting")
	if found := Holding(names, Attributes()); err != nil || !slices.Equal(found, []string{"counting/skin.gaitOf"}) {
		t.Errorf("of %v found %v, %v", names, found, err)
	}
	if f := Judge(append(keys, law...)); len(f.Unlisted) != 4 {
		t.Errorf("unlisted %v", f.Unlisted)
	}
	for _, empty := range []func(string) ([]string, error){Keys, Law} {
		if _, err := empty(t.TempDir()); err == nil {
			t.Error("an empty folder was taken for the source")
		}
	}
}

func TestTheDeviceHasNoWordForAttributes(t *testing.T) {
	names, err := Declared(root, "counting", "privacy", "firmware")
	if err != nil || len(names) < 1000 {
		t.Fatalf("%d names, %v", len(names), err)
	}
	if found := Holding(names, Attributes()); len(found) > 0 {
		t.Errorf("%v", found)
	}
}
