package page

import (
	"strings"
	"testing"

	"tellijn/privacy/layers"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

// key is that of a device of tests.
func key(n byte) sign.Key { return sign.NewKey([32]byte{n}) }

// example is a record of a device that lacked one layer.
func example(device string) record.Record {
	return record.Record{
		Version: record.Version, Device: device, Boot: [16]byte{0x5e, 0x11}, Sequence: 7, From: 1_795_330_800, To: 1_795_331_700,
		Interval: 900, Lines: []record.Line{{Forward: 3, Level: 3, TotalForward: 12, TotalBackward: 9}}, Zones: []uint16{0},
		Coverage: 99, Lifetime: record.Lifetime{Worst: 1, P999: 1},
		Camera:   record.Camera{Kind: "camera", Driver: "sim", Width: 160, Height: 120, Pixel: "GREY"},
		Firmware: [32]byte{0xd5}, Previous: record.Hash{0x3a}, Simulated: true, Quality: record.Lacking(layers.All &^ layers.Paths),
		Rule: record.Rule{K: 3}, Clock: record.ClockKnown, Uptime: 7200,
	}
}

// sealed is the example, signed with a key.
func sealed(t *testing.T, device string, n byte) []byte {
	t.Helper()
	r := example(device)
	b, err := record.Seal(key(n), &r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHeldIn(t *testing.T) {
	for _, tc := range []struct {
		held     layers.Layers
		coverage uint8
		want     string
		whole    bool
	}{
		{layers.All, 5, "namespaces, Landlock, locked scratch, secret carry, room with only its camera · missing: nothing", true},
		{layers.All &^ layers.Paths, 5, "namespaces, locked scratch, secret carry, room with only its camera · missing: Landlock", false},
		{0, 5, "Held in by: none · missing: system-call filter, dropped rights, limits, closed memory, namespaces, Landlock,", false},
		{layers.All, 0, "not known", false},
	} {
		r := example("sim")
		r.Quality, r.Coverage = record.Lacking(tc.held), tc.coverage
		if got, whole := HeldIn(&r); !strings.Contains(got, tc.want) || whole != tc.whole {
			t.Errorf("%q, whole %v; want %q, %v", got, whole, tc.want, tc.whole)
		}
	}
}

func TestSays(t *testing.T) {
	room := record.Rule{K: 3, Mode: record.ModeRoom, Room: "hall", Heard: 1, Doors: 2}
	for want, change := range map[string]func(r *record.Record){
		"3 forward, 0 backward, 3–7 inside. This is of this door.": func(*record.Record) {},
		"0 forward, 6 backward (and 1 and 2 from before), 0–4 inside. This is of all of hall, 1 of 2 doors heard.": func(r *record.Record) {
			r.Rule, r.Lines[0] = room, record.Line{Backward: 6, CorrectedForward: 1, CorrectedBackward: 2}
		},
		"Its counts went to the head of hall, which adds them up.": func(r *record.Record) {
			r.Rule = room
			r.Rule.Mode = record.ModeMember
		},
		"3 forward, 0 backward. This is of this door alone, since the head of hall is away.": func(r *record.Record) {
			r.Rule = room
			r.Rule.Mode = record.ModeAlone
		},
	} {
		r := example("sim")
		change(&r)
		if got := says(&r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
