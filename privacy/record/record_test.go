package record

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

var update = flag.Bool("update", false, "write the golden files anew")

func good() Record {
	r := Record{
		Version: 1, Device: "north-door", Boot: [16]byte{1, 2, 3}, Sequence: 4,
		From: 1_795_330_800, To: 1_795_330_860, Interval: 60,
		Lines: []Line{{Forward: 12, Backward: 9}}, Zones: []Zone{{Inside: 2, Peak: 5}},
		Coverage: Coverage{Cycles: 1790, Expected: 1800}, Dropped: 1, Damaged: 2,
		Lifetime: Lifetime{Worst: 1900, P999: 1024}, Quality: 2,
		Camera:   Camera{"camera", "v4l2", 640, 480, "YUYV"},
		Firmware: [32]byte{0xf1}, Previous: Hash{0x17}, Unreleased: true,
	}
	return r
}

// fullest is the largest record that Check lets pass.
func fullest() Record {
	r := good()
	r.Device, r.Sequence, r.Interval = strings.Repeat("x", 32), 1<<32-1, maxInterval
	r.From, r.To = maxTime-maxStretch, maxTime
	r.Lines, r.Zones = make([]Line, 8), make([]Zone, 8)
	for i := range 8 {
		r.Lines[i], r.Zones[i] = Line{Forward: MaxCount, Backward: MaxCount}, Zone{Inside: 64, Peak: 64}
	}
	r.Coverage = Coverage{Cycles: MaxFrames, Expected: MaxFrames}
	r.Dropped, r.Damaged, r.Quality = 1<<32-1, MaxFrames, anyQuality
	r.Lifetime = Lifetime{Worst: maxLifetime, P999: maxLifetime}
	r.Camera, r.Simulated = Camera{"camera", "clip", 4096, 4096, "MJPG"}, true
	return r
}

// emptiest is the smallest.
func emptiest() Record {
	r := good()
	r.Lines, r.Zones, r.Coverage = []Line{{}}, []Zone{}, Coverage{}
	r.Dropped, r.Damaged, r.Lifetime, r.Quality, r.Sequence = 0, 0, Lifetime{}, 0, 0
	return r
}

func TestGolden(t *testing.T) {
	for name, r := range map[string]Record{"good": good(), "fullest": fullest(), "emptiest": emptiest()} {
		b, err := Encode(&r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(b) > MaxSize {
			t.Errorf("%s: %d bytes, more than %d", name, len(b), MaxSize)
		}
		t.Logf("%s: %d bytes", name, len(b))
		got, err := Decode(b)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%s: read %+v, %v, want %+v", name, got, err, r)
		}
		text, err := Diag(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		golden(t, name+".hex", hex.EncodeToString(b)+"\n")
		golden(t, name+".diag", text)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s: %v; got\n%swant\n%sIf the change is meant, run with -update.", name, err, got, want)
	}
}

// TestDiagHidesNothing takes the comments and line ends out again and compares.
func TestDiagHidesNothing(t *testing.T) {
	r := good()
	b, _ := Encode(&r)
	text, err := Diag(b)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`(?m) / .* /$`).ReplaceAllString(text, "")
	text = strings.NewReplacer("{\n  ", "{", ",\n  ", ", ", "\n}\n", "}").Replace(text)
	if want, _ := cbor.Diagnose(b); text != want {
		t.Fatalf("got  %s\nwant %s", text, want)
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		what string
		turn func(*Record)
		want string
	}{
		{"version", func(r *Record) { r.Version = 2 }, "version 2"},
		{"device", func(r *Record) { r.Device = "Nord Tür" }, "device"},
		{"no device", func(r *Record) { r.Device = "" }, "device"},
		{"boot", func(r *Record) { r.Boot = [16]byte{} }, "boot"},
		{"order", func(r *Record) { r.To = r.From }, "in order"},
		{"1970", func(r *Record) { r.From, r.To = 60, 120 }, "from 60"},
		{"interval", func(r *Record) { r.Interval = 0 }, "interval 0"},
		{"no lines", func(r *Record) { r.Lines = nil }, "0 lines"},
		{"nine lines", func(r *Record) { r.Lines = make([]Line, 9) }, "9 lines"},
		{"nil zones", func(r *Record) { r.Zones = nil }, "zones"},
		{"coverage", func(r *Record) { r.Coverage.Cycles = 2000 }, "coverage"},
		{"lifetime", func(r *Record) { r.Lifetime.Worst = 2_000_000 }, "lifetime"},
		{"quality", func(r *Record) { r.Quality = 1 << 8 }, "0x100"},
		{"quality below the layers", func(r *Record) { r.Quality = 1 << 15 }, "0x8000"},
		{"quality above the layers", func(r *Record) { r.Quality = 1 << 25 }, "0x2000000"},
		{"firmware", func(r *Record) { r.Firmware = [32]byte{} }, "firmware"},
		{"released", func(r *Record) { r.Unreleased = false }, "released"},
		{"count", func(r *Record) { r.Lines[0].Forward = MaxCount + 1 }, "line 0"},
		{"zone", func(r *Record) { r.Zones[0].Inside = 6 }, "zone 0"},
		{"kind", func(r *Record) { r.Camera.Kind = "scanner" }, "scanner"},
		{"driver", func(r *Record) { r.Camera.Driver = "x" }, "driver"},
		{"pretended", func(r *Record) { r.Camera.Driver = "sim" }, "simulated"},
		{"size", func(r *Record) { r.Camera.Width = 1 }, "1x480"},
		{"pixel", func(r *Record) { r.Camera.Pixel = "H264" }, "H264"},
	} {
		r := good()
		tc.turn(&r)
		if _, err := Encode(&r); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want ErrInvalid with %q", tc.what, err, tc.want)
		}
	}
}

// TestDecodeRefuses bends the encoding in ways that keep it readable CBOR.
func TestDecodeRefuses(t *testing.T) {
	r := good()
	b, _ := Encode(&r)
	var m map[int]any
	if err := cbor.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	det, _ := cbor.CoreDetEncOptions().EncMode()
	with := func(k int, v any) []byte {
		was, had := m[k]
		m[k] = v
		out, _ := det.Marshal(m)
		if delete(m, k); had {
			m[k] = was
		}
		return out
	}
	if same, _ := det.Marshal(m); !bytes.Equal(same, b) {
		t.Fatal("the map of the fields is not the record")
	}
	lacking := func(k int) []byte {
		was := m[k]
		delete(m, k)
		out, _ := det.Marshal(m)
		m[k] = was
		return out
	}
	twice := append([]byte{0xb8, 20}, b[2:]...)
	long := append(append([]byte{}, b[:3]...), append([]byte{0x18, 1}, b[4:]...)...) // version as two bytes
	for what, bytes := range map[string][]byte{
		"unknown key":   with(20, 1),
		"text key":      append([]byte{0xb8, 20}, append(b[2:], 0x61, 'a', 1)...),
		"double key":    append(twice, 0x13, 0xf5),
		"trailing byte": append(append([]byte{}, b...), 0),
		"long number":   long,
		"float":         with(4, 4.0),
		"tag":           with(4, cbor.Tag{Number: 1, Content: 4}),
		"text as bytes": with(2, []byte("north-door")),
		"short boot":    with(3, []byte{1, 2}),
		"long boot":     with(3, make([]byte, 17)),
		"three counts":  with(8, [][]int{{1, 2, 3}}),
		"negative":      with(8, [][]int{{-1, 2}}),
		"huge":          with(12, uint64(1)<<40),
		"no sequence":   lacking(4),
		"no zones":      lacking(9),
		"nothing":       nil,
		"large":         make([]byte, MaxSize+1),
	} {
		if _, err := Decode(bytes); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", what, err)
		}
	}
	for n := range b {
		if _, err := Decode(b[:n]); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d bytes of %d: %v", n, len(b), err)
		}
	}
}
