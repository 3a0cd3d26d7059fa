package sign

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestVector holds the keys against RFC 8032 section 7.1, test 1.
func TestVector(t *testing.T) {
	seed := [32]byte{
		0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
		0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
	}
	p := NewKey(seed).Public()
	if want := "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"; p.String() != want {
		t.Errorf("%s, want %s", p, want)
	}
	if want := "21fe31dfa154a261"; p.ID().String() != want { // printf '%s' KEY | xxd -r -p | sha256sum
		t.Errorf("id %s, want %s", p.ID(), want)
	}
	if back, err := ParsePublic(p.String()); err != nil || back != p {
		t.Errorf("%s, %v", back, err)
	}
	if back, err := ParsePublic(strings.ToUpper(p.String())); err != nil || back != p {
		t.Errorf("in capitals: %s, %v", back, err)
	}
	for _, s := range []string{"", "00", p.String() + "00", p.String()[2:], strings.Repeat("0", 64), strings.Repeat("x", 64), " " + p.String()} {
		if got, err := ParsePublic(s); err == nil || got != (Public{}) {
			t.Errorf("%q is taken", s)
		}
	}
	if (Key{}).Public() != (Public{}) {
		t.Error("a key that was not made has a public half")
	}
}

// A key that somebody prints, logs or encodes by mistake does not show.
func TestKeyIsNotShown(t *testing.T) {
	k := NewKey(seed(0xa7))
	var said, inside strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d"} {
		fmt.Fprintf(&said, verb, k)
		fmt.Fprintf(&said, verb, &k)
		fmt.Fprintf(&said, verb, struct{ K Key }{k})
		fmt.Fprintf(&inside, verb, struct{ k Key }{k})
	}
	slog.New(slog.NewTextHandler(&said, nil)).Info("started", "key", k)
	slog.New(slog.NewJSONHandler(&said, nil)).Info("started", "key", k)
	coded, err := json.Marshal(map[string]any{"key": k})
	said.Write(coded)
	low := strings.ToLower(said.String())
	if err != nil || strings.Contains(low, "a7") || strings.Contains(low, "167") || !strings.Contains(low, "not shown") {
		t.Errorf("%v, %s", err, low)
	}
	if low := strings.ToLower(inside.String()); strings.Contains(low, "a7a7") || strings.Contains(low, "167 167") {
		t.Errorf("in a field: %s", low)
	}
}

func TestKindWords(t *testing.T) {
	for k, want := range map[Kind]string{Record: "record", Log: "log", Receipt: "receipt", Door: "door", Booked: "booked", Approval: "approval", Wiped: "wiped", 9: "kind 9"} {
		if k.String() != want {
			t.Errorf("%d: %q, want %q", uint8(k), k, want)
		}
	}
}
