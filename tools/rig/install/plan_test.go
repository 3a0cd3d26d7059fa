package install

import (
	"os"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/cardtest"
	"tellijn/tools/rig/bench"
)

// TestFor makes plans for what scenarios ask for: an approval counts when it should, a board is the right one, and a
// scene that the scenario draws is on the board before there is a device.
func TestFor(t *testing.T) {
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	image, err := os.Open(cardtest.Image(t, "rpi-zero-2w"))
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	asked := 0
	enrol := func(string, sign.Public, bool) (map[string][]byte, error) { asked++; return nil, nil }
	day := 24 * time.Hour
	for _, c := range []struct {
		approval    string
		from, until time.Duration // both 0 means none
	}{{"", -day, 300 * day}, {"none", 0, 0}, {"ended", -9 * day, -day}, {"later", day, 9 * day}} {
		p, err := For(image, &bench.Setup{Board: "rpi-zero-2w", Now: now, Approval: c.approval, Hours: []string{"closed 2027-03-01"}, Config: "interval = \"30m\"\n"}, enrol)
		if err != nil {
			t.Fatal(err)
		}
		if c.until == 0 {
			if !p.From.IsZero() || !p.Until.IsZero() {
				t.Errorf("%q: from %v until %v, want none", c.approval, p.From, p.Until)
			}
		} else if !p.From.Equal(now.Add(c.from)) || !p.Until.Equal(now.Add(c.until)) {
			t.Errorf("%q: from %v until %v", c.approval, p.From, p.Until)
		}
		if p.Name != Name || p.Board.Name != "rpi-zero-2w" || len(p.Hours) != 1 || p.More != "interval = \"30m\"\n" {
			t.Errorf("%+v", p)
		}
		if p.Enrol("", sign.Public{}, false); asked == 0 {
			t.Error("nobody is asked for certificates")
		}
		laid, err := p.Laid()
		if err != nil || laid.Device != Name || laid.Interval != 30*time.Minute || p.Board.Interval == laid.Interval {
			t.Errorf("%v, %v, %v", laid.Device, laid.Interval, err)
		}
	}
	for want, s := range map[string]bench.Setup{
		"want none, ended or later": {Board: "rpi-zero-2w", Approval: "forged"},
		`want "rpi-5"`:              {Board: "rpi-5"},
	} {
		if _, err := For(image, &s, enrol); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", s, err, want)
		}
	}
	if _, err := For(strings.NewReader("no image"), &bench.Setup{}, enrol); err == nil {
		t.Error("something else than an image")
	}
	if _, err := (&Plan{Name: Name, More: "nonsense"}).Laid(); err == nil {
		t.Error("nonsense is laid over a board")
	}
}
