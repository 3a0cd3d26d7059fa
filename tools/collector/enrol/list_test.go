package enrol_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/register"
	"tellijn/tools/fieldkit/sheet"
)

// line is what fieldkit writes of a card.
func line(t *testing.T, device string, n byte) sheet.Row {
	t.Helper()
	p, err := certs.Alone(device, now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := certs.Parse(p.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	hex := strings.Repeat("0123456789abcdef", 4)
	return sheet.Row{Device: device, Board: "virt", Sign: sign.NewKey([32]byte{n}).Public(), Seal: hex, Certificate: certs.Fingerprint(c), Image: hex, Written: now()}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	take := func(want []string, rows ...sheet.Row) {
		t.Helper()
		got, err := enrol.List(dir, rows, now())
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q, %v", got, err)
		}
	}
	device := func(name string) register.Device {
		r, err := register.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		d, _, err := r.Device(name)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	north, south := line(t, "north-door", 1), line(t, "south-door", 2)
	take([]string{"north-door", "south-door"}, north, south)
	take(nil, north, south) // the list grows, and is taken in again
	d := device("north-door")
	if k, err := d.Key(); err != nil || k != north.Sign || !d.Pinned(north.Certificate) || d.Pinned(south.Certificate) || d.Pinned("") || d.Shows("") || !d.Simulated {
		t.Errorf("%+v", d)
	}
	// Its card is written anew, twice: the last line counts, and what was before is refused.
	second, third := line(t, "north-door", 3), line(t, "north-door", 4)
	if err := enrol.Admit(dir, enrol.Device{Name: "south-door", Kind: "https", Renew: true, Room: "hall", Head: true}, nil, t.TempDir(), now()); err != nil {
		t.Fatal(err)
	}
	take([]string{"north-door"}, second, third)
	d = device("north-door")
	if k, _ := d.Key(); k != third.Sign || !d.Pinned(third.Certificate) || d.Pinned(north.Certificate) || d.Pinned(second.Certificate) {
		t.Errorf("%+v", d)
	}
	if d := device("south-door"); d.Pinned(south.Certificate) || d.Room != "hall" || !d.Head {
		t.Errorf("renewed: %+v", d)
	}
	// An old line does not bring an old card back, and no line lets a revoked device in again.
	if _, err := enrol.List(dir, []sheet.Row{north}, now()); err == nil || !strings.Contains(err.Error(), "older card") {
		t.Error(err)
	}
	if err := enrol.Revoke(dir, "north-door", now()); err != nil {
		t.Fatal(err)
	}
	if d := device("north-door"); d.Pinned(third.Certificate) {
		t.Error("revoked, and it may show what it had")
	}
	if _, err := enrol.List(dir, []sheet.Row{third}, now()); err == nil {
		t.Error("a revoked device is let in by its old line")
	}
	take([]string{"north-door"}, line(t, "north-door", 5)) // a new card is another matter
	if refused := read(t, dir, "crl.pem"); len(refused) == 0 {
		t.Error("no list for brokers")
	}
}

// All of a list is taken, or nothing.
func TestListRefused(t *testing.T) {
	dir := t.TempDir()
	good, bad, same := line(t, "one", 1), line(t, "two", 2), line(t, "two", 1)
	bad.Board = "none"
	for name, rows := range map[string][]sheet.Row{"a board that is none": {good, bad}, "two devices of one key": {good, same}, "a name": {good, {Device: "A"}}} {
		if got, err := enrol.List(dir, rows, now()); err == nil || len(got) > 0 {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		r, _ := register.Open(dir)
		if all, err := r.Devices(); err != nil || len(all) > 0 {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}

func TestWords(t *testing.T) {
	dir := t.TempDir()
	if _, err := enrol.Words(dir, nil); err == nil {
		t.Error("nothing is set up")
	}
	if err := enrol.SetUp(dir, []string{"counts.example.edu"}, now()); err != nil {
		t.Fatal(err)
	}
	r, _ := register.Open(dir)
	k, _ := r.Receipts()
	if s, err := enrol.Words(dir, []string{"counts.example.edu"}); err != nil || !strings.Contains(s, `address = "counts.example.edu:8443"`) || !strings.Contains(s, k.Public().String()) {
		t.Error(s, err)
	}
}
