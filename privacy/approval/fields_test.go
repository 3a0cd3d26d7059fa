package approval

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"tellijn/counting/scene"
	"tellijn/privacy/privacytest/cddl"
)

func law(t testing.TB) *cddl.Spec {
	t.Helper()
	text, err := os.ReadFile("approval.cddl")
	if err != nil {
		t.Fatal(err)
	}
	s, err := cddl.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoField proves from the types that an approval has no room for anything of people.
func TestNoField(t *testing.T) {
	var have []string
	var walk func(path string, of reflect.Type)
	walk = func(path string, of reflect.Type) {
		switch of.Kind() {
		case reflect.Struct:
			for i := range of.NumField() {
				f := of.Field(i)
				if _, err := strconv.Atoi(strings.TrimSuffix(f.Tag.Get("cbor"), ",keyasint")); err != nil {
					t.Errorf("%s.%s has no number", path, f.Name)
				}
				walk(strings.TrimPrefix(path+"."+f.Name, "."), f.Type)
			}
		case reflect.Slice, reflect.Array:
			walk(path+"[]", of.Elem())
		default:
			have = append(have, path+" "+of.Kind().String())
		}
	}
	walk("", reflect.TypeFor[Approval]())
	want := []string{"Version uint8", "Decision string", "Purpose string", "Devices[] string", "From int64", "Until int64",
		"Hours.Zone string", "Hours.Days[][] uint16", "Hours.Closed[] uint32", "Scene.PersonArea int32", "Scene.Lines[][] int32",
		"Scene.Zones[][] int32", "K uint8", "Interval uint32", "Assessment string", "Test bool"}
	if !slices.Equal(have, want) {
		t.Errorf("got  %v\nwant %v", have, want)
	}
}

// narrower says where check refuses what approval.cddl alone allows, since it also sees one field beside
// another, and how its error begins. The comments of approval.cddl say the same.
func narrower() map[string]string {
	return map[string]string{
		"approval/4": "devices", "approval/5": "from", "approval/6": "from",
		"approval/7/1": "hours", "approval/7/3": "hours with", "approval/7/3[0]": "hours with", "approval/7/3[1]": "hours with",
		"approval/8/1": "scene", "approval/8/2": "scene", "approval/8/2[0]": "scene", "approval/8/3": "scene", "approval/8/3[0]": "scene",
		"approval/12": "devices",
	}
}

// byPlace finds the rule for a place within a list too.
func byPlace(path string) (string, string, bool) {
	for at := path; at != ""; at = at[:max(0, strings.LastIndexAny(at, "[/"))] {
		if why, ok := narrower()[at]; ok {
			return at, why, true
		}
		if strings.HasPrefix(at, "approval/7/2[") {
			return "", "hours of day", true
		}
	}
	return "", "", false
}

// TestTheLaw puts every value that approval.cddl allows or refuses, just so, in every place of an approval,
// and sees that Decode takes the same ones.
func TestTheLaw(t *testing.T) {
	spec := law(t)
	met := map[string]bool{}
	test := good()
	test.Test = true
	taken, refused := 0, 0
	for _, base := range []Approval{good(), test, forTests(), largest()} {
		payload, err := Encode(&base)
		if err != nil {
			t.Fatal(err)
		}
		edges, err := spec.Edges("approval", payload)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range edges {
			a, err := Decode(e.Encoded)
			if !e.Inside {
				if refused++; err == nil {
					t.Errorf("%s: %s is taken, the law refuses it", e.Path, e.What)
				}
				continue
			}
			at, why, ok := byPlace(e.Path)
			switch {
			case err == nil:
				taken++
				again, err := Encode(a)
				if err != nil || spec.Check("approval", again) != nil {
					t.Errorf("%s: %s: %v, %v", e.Path, e.What, err, spec.Check("approval", again))
				}
			case ok && strings.HasPrefix(err.Error(), ErrInvalid.Error()+": "+why):
				met[at] = true
			default:
				t.Errorf("%s: %s: %v, but the law allows it", e.Path, e.What, err)
			}
		}
	}
	t.Logf("%d values taken, %d refused", taken, refused)
	if taken < 300 || refused < 2000 {
		t.Errorf("only %d values taken and %d refused", taken, refused)
	}
	for path := range narrower() {
		if !met[path] {
			t.Errorf("%s: nothing is refused that the law allows; take it from the list", path)
		}
	}
}

// TestRefuses has what only one field beside another shows.
func TestRefuses(t *testing.T) {
	for what, turn := range map[string]func(*Approval){
		"no device":             func(a *Approval) { a.Devices = []string{} },
		"no list":               func(a *Approval) { a.Devices, a.Test = nil, true },
		"a device twice":        func(a *Approval) { a.Devices = []string{"a", "a"} },
		"ends before it begins": func(a *Approval) { a.Until = a.From },
		"longer than a year":    func(a *Approval) { a.Until = a.From + 366*86_400 + 1 },
		"no zone":               func(a *Approval) { a.Hours.Zone = "" },
		"half a span":           func(a *Approval) { a.Hours.Days[2] = []uint16{5} },
		"backwards":             func(a *Approval) { a.Hours.Days[2] = []uint16{9, 8} },
		"spans that touch":      func(a *Approval) { a.Hours.Days[2] = []uint16{1, 2, 2, 3} },
		"six days":              func(a *Approval) { a.Hours.Days = a.Hours.Days[:6] },
		"30 February":           func(a *Approval) { a.Hours.Closed = []uint32{20270230} },
		"no such month":         func(a *Approval) { a.Hours.Closed = []uint32{20271301} },
		"closed twice":          func(a *Approval) { a.Hours.Closed = []uint32{20270101, 20270101} },
		"any scene":             func(a *Approval) { a.Scene = forTests().Scene },
		"any scene with a line": func(a *Approval) { a.Test, a.Scene.PersonArea = true, 0 },
		"a line without length": func(a *Approval) { a.Scene.Lines[0] = [4]int32{5, 5, 5, 5} },
		"half a corner":         func(a *Approval) { a.Scene.Zones[0] = a.Scene.Zones[0][:5] },
		"nine zones":            func(a *Approval) { a.Scene.Zones = slices.Repeat(a.Scene.Zones, 9) },
		"7 minutes":             func(a *Approval) { a.Interval = 1000 },
		"two lines of purpose":  func(a *Approval) { a.Purpose = "a\nb" },
		"a blank at the end":    func(a *Approval) { a.Purpose = "a " },
		"no text":               func(a *Approval) { a.Purpose = "a\xffb" },
	} {
		a := good()
		turn(&a)
		if b, err := Encode(&a); !errors.Is(err, ErrInvalid) || b != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	a := forTests()
	a.Until = a.From + 400*86_400
	if _, err := Encode(&a); err != nil {
		t.Errorf("a test may last: %v", err)
	}
}

// What is decoded from a list of other length than the type has must not be cut or filled.
func TestLists(t *testing.T) {
	a := good()
	payload, _ := Encode(&a)
	var fields map[int]any
	if err := cbor.Unmarshal(payload, &fields); err != nil {
		t.Fatal(err)
	}
	mode, _ := cbor.CoreDetEncOptions().EncMode()
	for what, v := range map[string]any{"4": nil, "7": nil, "8": nil} {
		k, _ := strconv.Atoi(what)
		was := fields[k]
		fields[k] = v
		b, _ := mode.Marshal(fields)
		if _, err := Decode(b); !errors.Is(err, ErrInvalid) {
			t.Errorf("field %d is null: %v", k, err)
		}
		fields[k] = was
	}
}

// SceneOf gives what scene gives back.
func TestScene(t *testing.T) {
	d := door()
	s := SceneOf(&d.Scene)
	if back, ok := s.scene(); !ok || back != d.Scene {
		t.Errorf("%+v, want %+v", back, d.Scene)
	}
	empty := SceneOf(&scene.Scene{PersonArea: 20_000})
	if empty.Lines == nil || empty.Zones == nil || empty.check(false) == nil {
		t.Errorf("%+v", empty)
	}
}
