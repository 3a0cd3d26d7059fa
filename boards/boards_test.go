package boards

import (
	"strings"
	"testing"

	"tellijn/privacy/record"
)

func TestEveryBoardHolds(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if err := b.Scene.Check(); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
		if !record.ValidDevice(b.Device) {
			t.Errorf("%s: device %q", b.Name, b.Device)
		}
	}
	if len(all) == 0 {
		t.Fatal("no boards")
	}
}

func TestLookup(t *testing.T) {
	b, err := Lookup("sim")
	if err != nil || b.Kind != Simulated || b.Scene.NLines != 1 || b.Wanted.Width != 160 {
		t.Fatalf("%+v, %v", b, err)
	}
	for _, name := range []string{"", "..", "no/such", "toaster"} {
		if _, err := Lookup(name); err == nil || !strings.Contains(err.Error(), "no board") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestRefused(t *testing.T) {
	b, err := files.ReadFile("sim/board.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ from, to, want string }{
		{`kind     = "simulated"`, `kind = "real"`, "camera.driver"},
		{`kind     = "simulated"`, `kind = "toy"`, `board.toml:6: invalid: kind: "toy"`},
		{`speed    = 1`, `speed = 0`, "speed"},
		{`speed    = 1`, `speed = 1001`, "speed"},
		{`speed    = 1`, `speed = 65537`, "speed"}, // would be 1 in the two bytes of the orders
		{`beat     = "200ms"`, `beat = "often"`, "beat"},
		{`beat     = "200ms"`, `beat = "99ms"`, "beat"},
		{`beat     = "200ms"`, `beat = "10001ms"`, "beat"},
		{`device   = "sim"`, `device = ""`, "device"},
		{`device   = "sim"`, `device = "North Door"`, `board.toml:7: invalid: device: "North Door"`},
		{`interval = "15m"`, `interval = "14m"`, "interval"},
		{`interval = "15m"`, `interval = "10s"`, "interval"},
		{`zone = "Europe/Amsterdam"`, `zone = "Amsterdam"`, "release.zone"},
		{`zone = "Europe/Amsterdam"`, `upload = "here"`, "unknown key"},
		{`title `, `titel `, "titel: unknown key"},
	} {
		text := strings.Replace(string(b), tc.from, tc.to, 1)
		if _, err := Parse("board.toml", text); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %q", tc.to, err, tc.want)
		}
	}
}
