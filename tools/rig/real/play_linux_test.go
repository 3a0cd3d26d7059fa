package real

import (
	"strings"
	"testing"
	"time"

	"tellijn/tools/fieldkit/cardtest"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/steps"
)

const head = "title A scripted board on doubles\nwhy The same scenarios have to run on both kinds of bench.\nboard rpi-zero-2w\nexpect 20 s\n"

// TestScenario runs scenarios, as text, with the sentences that all have: one that is green, one that is red because the
// board does not do what it has to, and one that hands cannot run.
func TestScenario(t *testing.T) {
	book, err := protocol.NewBook(steps.All())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       play.Verdict
		reason     string
	}{
		{"green", head + `film door 7

switch the board on
the console says "Loaded" within 20 s
the camera has power within 20 s
15 frames pass within 20 s
1 records are there within 20 s
check the records verify
check every record says camera v4l2 with 640x480
unplug the camera
plug the camera in
5 frames pass within 20 s
hold the button for 300 ms
the board switches itself off within 20 s
check the camera has no power
check the camera was switched on 1 times
check the console never said "no card"
`, play.Green, ""},
		{"red", head + "\nswitch the board on\nthe console says \"Loaded\" within 20 s\nthe camera has power within 20 s\ncheck the camera has no power\n", play.Red, "check the camera has no power"},
		{"could-not", head + "reader\n\nswitch the board on\ncheck the lamp is dark\n", play.CouldNot, "fails when it wants to"},
		{"inside", head + "\nswitch the board on\nthe console says \"Loaded\" within 20 s\ncrash the eye\ncheck the lamp is dark\n", play.CouldNot, "cannot do that"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := protocol.Parse(c.name, c.text)
			if err != nil {
				t.Fatal(err)
			}
			bound, err := book.Bind(s)
			if err != nil {
				t.Fatal(err)
			}
			b := newTable(t)
			s.Setup.Image = cardtest.Image(t, "rpi-zero-2w")
			k := New(b.desk(), b.makers())
			b.came = k.reach
			r, err := play.Run(t.Context(), k, s, bound, play.Options{Out: t.TempDir(), Limit: 2 * time.Minute})
			if err != nil || r.Verdict != c.want || !strings.Contains(r.Reason, c.reason) {
				t.Errorf("%s, %q, %v; want %s, %q\n%+v", r.Verdict, r.Reason, err, c.want, c.reason, r.Steps)
			}
			if c.want == play.Green && (len(r.Console) < 4 || len(r.Records) != 1 || r.Bench != "real") {
				t.Errorf("a green scenario without what was seen: %d lines, %d records", len(r.Console), len(r.Records))
			}
		})
	}
}

// reach gives the collector of the scenario under way, for a board that has no cable.
func (b *Bench) reach() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now == nil {
		return ""
	}
	return b.now.outside.Front.Address()
}
