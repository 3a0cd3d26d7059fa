package boards

import (
	"slices"
	"strings"
	"testing"
	"time"

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

// TestRealBoard lays what only pretended boards may do over a real one.
func TestRealBoard(t *testing.T) {
	text, err := files.ReadFile("rpi-4b/board.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ from, to, want string }{
		{`speed    = 1`, "speed = 1\ncompress = 2", `compress: 2, want 1, or up to 10000 on a board that is not real`},
		{`speed    = 1`, "speed = 2", `speed`},
		{`driver = "v4l2"`, `driver = "sim"`, `camera.driver`},
		{`speed    = 1`, "speed = 1\ncompress = 1", ``},
	} {
		_, err := Parse("board.toml", strings.Replace(string(text), tc.from, tc.to, 1))
		if tc.want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) || tc.want == "" {
			t.Errorf("%q: got %v, want %q", tc.to, err, tc.want)
		}
	}
	b, err := Lookup("rpi-4b")
	if err != nil || b.Compress != 1 || b.Network.Kind != "dhcp" || b.Compatible[0] != "raspberrypi,4-model-b" || b.Memory != 64 ||
		b.Parts.CameraPower != "GPIO17" || len(b.Week.Days[time.Monday]) != 1 || len(b.Week.Days[time.Sunday]) != 0 {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestNames(t *testing.T) {
	if got := Names(Images(), "image.toml"); !slices.Contains(got, "rpi-cm4") || slices.Contains(got, "sim") || !slices.IsSorted(got) {
		t.Errorf("%q", got)
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
		{`title `, `titel `, "titel: unknown key; did you mean title?"},
		{`compress = 1`, `compress = 0`, "compress"},
		{`compress = 1`, `compress = 10001`, "compress: 10001, want 1, or up to 10000"},
		{`compatible = []`, `compatible = ["raspberrypi"]`, "compatible: \"raspberrypi\", want maker,model"},
		{`compatible = []`, `compatible = ["Raspberry,Pi"]`, "compatible"},
		{`budget = 64`, `budget = 15`, "memory.budget: 15, want 16 to 512 MiB"},
		{`budget = 64`, `budget = 513`, "memory.budget"},
		{`budget = 64`, ``, "memory.budget: 0"},
		{`open   = ["mon-sun 00:00-24:00"]`, ``, "hours.open: 0 entries"},
		{`[parts]`, "[parts]\nlamp = \"GPIO 1\"", "parts.lamp"},
		{`kind     = "simulated"`, `kind = "virtual"`, "compatible: missing"},
	} {
		text := strings.Replace(string(b), tc.from, tc.to, 1)
		if _, err := Parse("board.toml", text); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %q", tc.to, err, tc.want)
		}
	}
}
