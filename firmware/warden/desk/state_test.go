package desk

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"tellijn/privacy/record"
	"tellijn/privacy/release"
)

// A state that cannot be is refused with its reason, not guessed at.
func TestState(t *testing.T) {
	var made State
	p := release.Default()
	for n := range 20 {
		made.Lines[0].Step(&p, &[32]byte{1}, release.Slot{Day: 20_000, Minute: 480 + 15*n}, true, 7, 3)
		made.zones[0].Step(&p, release.Slot{Day: 20_000, Minute: 480 + 15*n}, 9)
	}
	made.Lost, made.weekly, made.week, made.tail = 3, 1, 2858, record.Hash{9}
	good := made.Bytes()
	var s State
	if err := s.Read(good); err != nil || !bytes.Equal(s.Bytes(), good) {
		t.Fatal(err)
	}
	for n := range good {
		if err := s.Read(good[:n]); !errors.Is(err, ErrState) {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
	bent := bytes.Clone(good)
	bent[fixedSize-1-3*8-8*release.LineSize+3] ^= 0x40
	if err := s.Read(bent); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), "line 0") {
		t.Fatal(err)
	}
}

func FuzzState(f *testing.F) {
	var s State
	f.Add(s.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		var s State
		if s.Read(b) == nil && !bytes.Equal(s.Bytes(), b) {
			t.Fatal("not the same bytes again")
		}
	})
}
