package page

import (
	"errors"
	"strings"
	"testing"

	"tellijn/privacy/layers"
	"tellijn/privacy/record"
)

func TestHeldIn(t *testing.T) {
	for _, tc := range []struct {
		held   layers.Layers
		cycles uint32
		want   string
		whole  bool
	}{
		{layers.All, 5, "namespaces, Landlock, locked scratch, secret carry, room with only its camera · missing: nothing", true},
		{layers.All &^ layers.Paths, 5, "namespaces, locked scratch, secret carry, room with only its camera · missing: Landlock", false},
		{0, 5, "Held in by: none · missing: system-call filter, dropped rights, limits, closed memory, namespaces, Landlock,", false},
		{layers.All, 0, "not known", false},
	} {
		r, err := record.Decode(encoded(t))
		if err != nil {
			t.Fatal(err)
		}
		r.Quality, r.Coverage.Cycles = record.Lacking(tc.held), tc.cycles
		b, err := record.Encode(&r)
		if err != nil {
			t.Fatal(err)
		}
		if got, whole, err := HeldIn(b); err != nil || !strings.Contains(got, tc.want) || whole != tc.whole {
			t.Errorf("%q, whole %v, %v; want %q, %v", got, whole, err, tc.want, tc.whole)
		}
	}
	if _, _, err := HeldIn([]byte("nothing")); !errors.Is(err, record.ErrInvalid) {
		t.Errorf("%v, want ErrInvalid", err)
	}
}
