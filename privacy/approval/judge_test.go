package approval

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/sign"
)

// sealed signs with a key of this first byte.
func sealed(t *testing.T, first byte, a Approval) []byte {
	t.Helper()
	s := seed()
	s[0] = first
	b, err := Seal(sign.NewKey(s), &a)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pretended(b Board) Board {
	b.Pretended, b.Signer = true, sign.Public{}
	return b
}

// TestOpen has what may lie on a card, before real and pretended boards.
func TestOpen(t *testing.T) {
	real, keyless, naive := door(), door(), door()
	keyless.Signer, naive.Signer = sign.Public{}, TestKey()
	sim, simWith := pretended(door()), pretended(door())
	simWith.Signer = door().Signer
	fine, test := good(), good()
	test.Test = true
	byTest, err := Seal(sign.NewKey(TestSeed()), &test)
	if err != nil {
		t.Fatal(err)
	}
	// A real one signed with the public key can be made by others than Seal.
	payload, _ := Encode(&fine)
	forged, _ := sign.NewKey(TestSeed()).Sign(sign.Approval, payload)
	otherKind, _ := sign.NewKey(seed()).Sign(sign.Log, payload)
	noApproval, _ := sign.NewKey(seed()).Sign(sign.Approval, []byte("something else"))
	changed := bytes.Replace(sealed(t, 0, fine), []byte("north-door"), []byte("other-door"), 1)
	for _, tc := range []struct {
		what  string
		b     []byte
		board Board
		want  Reason
	}{
		{"a good one", sealed(t, 0, fine), real, Valid},
		{"none", nil, real, Missing},
		{"an empty file", []byte{}, sim, Missing},
		{"noise", []byte("hello"), real, Unreadable},
		{"too long", make([]byte, MaxSize+1), real, Unreadable},
		{"another kind", otherKind, real, Unreadable},
		{"signed noise", noApproval, real, Unreadable},
		{"another signer", sealed(t, 9, fine), real, OtherSigner},
		{"changed since", changed, real, OtherSigner},
		{"nobody may", sealed(t, 0, fine), keyless, NobodyMay},
		{"a test at a real door", sealed(t, 0, test), real, OnlyTest},
		{"the public key at a real door", byTest, real, OnlyTest},
		{"the public key, without saying test", forged, real, OnlyTest},
		{"the public key configured at a real door", forged, naive, OnlyTest},
		{"the public key configured, noise", []byte("x"), naive, OnlyTest},
		{"a test before nobody real", byTest, sim, Valid},
		{"a test with a signer of its own", sealed(t, 0, test), simWith, Valid},
		{"the public key beside a signer", byTest, simWith, Valid},
		{"a stranger before nobody real", sealed(t, 9, fine), simWith, OtherSigner},
		{"a stranger where nobody is configured", sealed(t, 0, fine), sim, OtherSigner},
	} {
		a, r := Open(tc.b, &tc.board)
		if r != tc.want || (a != nil) != (r == Valid) {
			t.Errorf("%s: %v, %v; want %v", tc.what, a, r, tc.want)
		}
	}
}

// TestCheck turns one thing at a time, and wants the reason for just that.
func TestCheck(t *testing.T) {
	now := time.Unix(good().From, 0)
	for _, tc := range []struct {
		what string
		turn func(*Approval, *Board)
		want Reason
	}{
		{"as decided", func(*Approval, *Board) {}, Valid},
		{"the other door", func(_ *Approval, b *Board) { b.Device = "south-door" }, Valid},
		{"a third door", func(_ *Approval, b *Board) { b.Device = "west-door" }, OtherDevice},
		{"a line moved by the least", func(_ *Approval, b *Board) { b.Scene.Lines[0].A.X++ }, OtherGeometry},
		{"a corner moved", func(_ *Approval, b *Board) { b.Scene.Zones[0].Corners[2].Y-- }, OtherGeometry},
		{"no zone", func(_ *Approval, b *Board) { b.Scene.NZones = 0 }, OtherGeometry},
		{"a person of another size", func(_ *Approval, b *Board) { b.Scene.PersonArea++ }, OtherGeometry},
		{"coarser", func(_ *Approval, b *Board) { b.K, b.Interval = 9, time.Hour }, Valid},
		{"finer", func(a *Approval, _ *Board) { a.K = 4 }, Finer},
		{"more often", func(a *Approval, _ *Board) { a.Interval = 1200 }, Finer},
		{"another zone", func(_ *Approval, b *Board) { b.Hours.Zone = "Europe/Brussels" }, LongerHours},
		{"shorter", func(_ *Approval, b *Board) { b.Hours.Days[1] = []uint16{451, 1319} }, Valid},
		{"closed on Mondays", func(_ *Approval, b *Board) { b.Hours.Days[1] = []uint16{} }, Valid},
		{"a minute longer", func(_ *Approval, b *Board) { b.Hours.Days[1] = []uint16{450, 1321} }, LongerHours},
		{"a minute earlier", func(_ *Approval, b *Board) { b.Hours.Days[1] = []uint16{449, 1320} }, LongerHours},
		{"through the pause", func(_ *Approval, b *Board) { b.Hours.Days[6] = []uint16{540, 1440} }, LongerHours},
		{"on Sundays", func(_ *Approval, b *Board) { b.Hours.Days[0] = []uint16{600, 601} }, LongerHours},
		{"a closed day more", func(_ *Approval, b *Board) { b.Hours.Closed = []uint32{20261225, 20261226, 20270101} }, Valid},
		{"on New Year's Day", func(_ *Approval, b *Board) { b.Hours.Closed = b.Hours.Closed[:1] }, LongerHours},
		{"a closed Sunday, on which it is closed", func(a *Approval, _ *Board) { a.Hours.Closed = []uint32{20261220, 20261225, 20270101} }, Valid},
		{"no days", func(_ *Approval, b *Board) { b.Hours.Days = nil }, LongerHours},
		{"a second early", func(a *Approval, _ *Board) { a.From++ }, NotYet},
		{"the last second", func(a *Approval, _ *Board) { a.From, a.Until = a.From-9, a.From+1 }, Valid},
		{"a second late", func(a *Approval, _ *Board) { a.From, a.Until = a.From-9, a.From }, Ended},
		{"for tests", func(a *Approval, _ *Board) { a.Test = true }, OnlyTest},
		{"for tests, before nobody real", func(a *Approval, b *Board) { a.Test, b.Pretended = true, true }, Valid},
		{"of anything", func(a *Approval, b *Board) {
			*a, b.Pretended = forTests(), true
			b.Device, b.Scene.PersonArea, b.Hours.Zone = "sim", 999, "America/St_Johns"
		}, Valid},
	} {
		a, b := good(), door()
		b.Hours.Closed = append([]uint32{}, b.Hours.Closed...)
		tc.turn(&a, &b)
		if got := a.Check(&b, now); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.what, got, tc.want)
		}
	}
}

// The words and the numbers of reasons, none forgotten.
func TestReasons(t *testing.T) {
	seen := map[string]bool{}
	for r := Valid; r <= Last; r++ {
		if s := r.String(); seen[s] || strings.HasPrefix(s, "reason ") {
			t.Errorf("%d: %q", r, s)
		} else {
			seen[s] = true
		}
		if (r.Hint() == "") != (r == Valid) {
			t.Errorf("%v: hint %q", r, r.Hint())
		}
	}
	if s := (Last + 1).String(); s != "reason 12" || (Last+1).Hint() != "" {
		t.Error(s)
	}
}
