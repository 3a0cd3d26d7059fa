package record

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		what string
		turn func(*Record)
		want string
	}{
		{"version", func(r *Record) { r.Version = 1 }, "version 1"},
		{"device", func(r *Record) { r.Device = "Nord Tür" }, "device"},
		{"no device", func(r *Record) { r.Device = "" }, "device"},
		{"long device", func(r *Record) { r.Device = strings.Repeat("x", 33) }, "device"},
		{"boot", func(r *Record) { r.Boot = [16]byte{} }, "boot"},
		{"order", func(r *Record) { r.To = r.From }, "in order"},
		{"long", func(r *Record) { r.To = r.From + 2*day + 1 }, "apart"},
		{"1970", func(r *Record) { r.From, r.To = 60, 960 }, "from 60"},
		{"2107", func(r *Record) { r.From, r.To = 1<<32-1, 1<<32 }, "in order"},
		{"a minute", func(r *Record) { r.Interval = 60 }, "interval 60"},
		{"below a quarter", func(r *Record) { r.Interval = 899 }, "interval 899"},
		{"no part of a day", func(r *Record) { r.Interval = 1000 }, "interval 1000"},
		{"two days", func(r *Record) { r.Interval = 2 * day }, "interval 172800"},
		{"no lines", func(r *Record) { r.Lines = nil }, "0 lines"},
		{"nine lines", func(r *Record) { r.Lines = make([]Line, 9) }, "9 lines"},
		{"nil zones", func(r *Record) { r.Zones = nil }, "zones"},
		{"nine zones", func(r *Record) { r.Zones = make([]uint16, 9) }, "9 zones"},
		{"coverage", func(r *Record) { r.Coverage = 101 }, "coverage 101"},
		{"dropped", func(r *Record) { r.Dropped = 16 }, "dropped"},
		{"damaged", func(r *Record) { r.Damaged = 16 }, "damaged"},
		{"exact lifetime", func(r *Record) { r.Lifetime.Worst = 3 }, "lifetime 3"},
		{"no lifetime", func(r *Record) { r.Lifetime.P999 = 0 }, "lifetime"},
		{"quality", func(r *Record) { r.Quality = 1 << 8 }, "0x100"},
		{"quality below the layers", func(r *Record) { r.Quality = 1 << 15 }, "0x8000"},
		{"quality above the layers", func(r *Record) { r.Quality = 1 << 25 }, "0x2000000"},
		{"firmware", func(r *Record) { r.Firmware = [32]byte{} }, "firmware"},
		{"clock", func(r *Record) { r.Clock = 3 }, "clock 3"},
		{"log without head", func(r *Record) { r.Log.Head = Hash{} }, "log of 7"},
		{"head without log", func(r *Record) { r.Log.Entries = 0 }, "log of 0"},
		{"k", func(r *Record) { r.Rule.K = 2 }, "k 2"},
		{"mode", func(r *Record) { r.Rule.Mode = 4 }, "mode 4"},
		{"one door in a room", func(r *Record) { r.Rule.Room = "hall" }, "none for a door"},
		{"one door with doors", func(r *Record) { r.Rule.Doors = 1 }, "none for a door"},
		{"room without a name", func(r *Record) { r.Rule = Rule{K: 3, Mode: ModeRoom, Doors: 2} }, "room \"\""},
		{"room with a text", func(r *Record) { r.Rule = Rule{K: 3, Mode: ModeRoom, Room: "Hall 2", Doors: 2} }, "Hall 2"},
		{"room without doors", func(r *Record) { r.Rule = Rule{K: 3, Mode: ModeRoom, Room: "hall"} }, "0 doors"},
		{"room of many doors", func(r *Record) { r.Rule = Rule{K: 3, Mode: ModeRoom, Room: "hall", Doors: 24} }, "24 doors"},
		{"more heard", func(r *Record) { r.Rule = Rule{K: 3, Mode: ModeRoom, Room: "hall", Heard: 3, Doors: 2} }, "3 of 2 doors"},
		{"count", func(r *Record) { r.Lines[0].Forward = 65_538 }, "line 0: 65538"},
		{"corrected", func(r *Record) { r.Lines[0].CorrectedBackward = 65_536 }, "line 0"},
		{"level", func(r *Record) { r.Lines[0].Level = 65_536 }, "line 0"},
		{"one person", func(r *Record) { r.Lines[0].Forward = 1 }, "multiples of 3"},
		{"four back", func(r *Record) { r.Lines[0] = Line{Backward: 4} }, "multiples of 3"},
		{"both ways", func(r *Record) { r.Lines[0].Backward = 3 }, "one direction"},
		{"member with people", func(r *Record) { r.Rule = Rule{K: 3, Mode: ModeMember, Room: "hall", Doors: 2} }, "head of the room"},
		{"one in a zone", func(r *Record) { r.Zones[0] = 1 }, "zone 0: 1"},
		{"two in a zone", func(r *Record) { r.Zones[0] = 2 }, "zone 0: 2"},
		{"crowd in a zone", func(r *Record) { r.Zones[0] = 65 }, "zone 0: 65"},
		{"kind", func(r *Record) { r.Camera.Kind = "scanner" }, "scanner"},
		{"driver", func(r *Record) { r.Camera.Driver = "x" }, "driver"},
		{"pretended", func(r *Record) { r.Camera.Driver = "sim" }, "simulated"},
		{"size", func(r *Record) { r.Camera.Width = 1 }, "1x480"},
		{"pixel", func(r *Record) { r.Camera.Pixel = "H264" }, "H264"},
	} {
		r := good()
		tc.turn(&r)
		_, err := Encode(&r)
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want ErrInvalid with %q", tc.what, err, tc.want)
		}
	}
}

// TestDecodeRefuses bends the encoding in ways that keep it readable CBOR, and often the same record.
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
	if !bytes.HasPrefix(b, []byte{0xb8, 24, 1, 2, 2, 0x6a}) {
		t.Fatalf("begins with %x", b[:6])
	}
	lacking := func(k int) []byte {
		was := m[k]
		delete(m, k)
		out, _ := det.Marshal(m)
		m[k] = was
		return out
	}
	// body is all fields as they are, under another head.
	body := func(head string, end ...byte) []byte { return slices.Concat([]byte(head), b[2:], end) }
	pad := bytes.LastIndex(b, []byte{0x18, 24, 0x58})
	zeros := len(b) - pad - 4
	nan := []byte{0xf9, 0x7e, 0}
	for what, bytes := range map[string][]byte{
		"unknown key":      with(25, 1),
		"text key":         body("\xb8\x19", 0x61, 'a', 1),
		"double key":       body("\xb8\x19", 0x12, 0xf5),
		"trailing byte":    body("\xb8\x18", 0),
		"indefinite map":   body("\xbf", 0xff),
		"longer head":      body("\xb9\x00\x18"),
		"other order":      slices.Concat(b[:2], b[4:4+12], b[2:4], b[16:]), // device before version
		"long number":      slices.Concat(b[:3], []byte{0x18, 2}, b[4:]),
		"long key":         slices.Concat(b[:2], []byte{0x18, 1}, b[3:]),
		"negative key":     slices.Concat(b[:2], []byte{0x20}, b[3:]),
		"float":            with(4, 4.0),
		"float key":        slices.Concat(b[:2], []byte{0xf9, 0x3c, 0}, b[3:]),
		"not a number":     slices.Concat(b[:3], nan, b[4:]),
		"infinity":         slices.Concat(b[:3], []byte{0xf9, 0x7c, 0}, b[4:]),
		"null":             with(9, nil),
		"undefined":        slices.Concat(b[:3], []byte{0xf7}, b[4:]),
		"tag":              with(4, cbor.Tag{Number: 1, Content: 4}),
		"text as bytes":    with(2, []byte("north-door")),
		"text in pieces":   slices.Concat(b[:5], []byte{0x7f}, b[5:16], []byte{0xff}, b[16:]),
		"bytes as numbers": with(3, make([]int, 16)),
		"zones as bytes":   with(9, []byte{6}),
		"short boot":       with(3, []byte{1, 2}),
		"long boot":        with(3, make([]byte, 17)),
		"six of a line":    with(8, [][]int{{1, 2, 3, 4, 5, 6}}),
		"line as a map":    with(8, []map[int]int{{1: 2}}),
		"negative":         with(8, [][]int{{-3, 0, 0, 0, 0, 0, 0}}),
		"huge":             with(22, uint64(1)<<40),
		"huger":            with(9, []uint64{1<<16 + 6}),
		"no sequence":      lacking(4),
		"no zones":         lacking(9),
		"no pad":           lacking(24),
		"shorter pad":      with(24, make([]byte, zeros-1)),
		"longer pad":       with(24, make([]byte, zeros+1)),
		"pad that says":    with(24, append(make([]byte, zeros-1), 1)),
		"text pad":         with(24, strings.Repeat("\x00", zeros)),
		"nothing":          nil,
		"large":            make([]byte, MaxSize+1),
	} {
		if _, err := Decode(bytes); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", what, err)
		}
		if _, err := Diag(bytes); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Diag: got %v, want ErrInvalid", what, err)
		}
	}
	for n := range b {
		if _, err := Decode(b[:n]); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d bytes of %d: %v", n, len(b), err)
		}
	}
}
