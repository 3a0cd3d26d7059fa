package room

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

func TestMembers(t *testing.T) {
	for _, tc := range []struct {
		want   string
		change func(*Members)
	}{
		{`room "Hall", want`, func(m *Members) { m.Room = "Hall" }},
		{"0 doors", func(m *Members) { m.Doors = nil }},
		{"17 doors", func(m *Members) { m.Doors = room(17).Doors }},
		{`device ""`, func(m *Members) { m.Doors[1].Device = "" }},
		{`"door-1" has a key of zeros`, func(m *Members) { m.Doors[1].Sign = sign.Public{} }},
		{`"door-2" has a key of zeros`, func(m *Members) { m.Doors[2].Seal = seal.Public{} }},
		{`"door-0" and "door-0" share`, func(m *Members) { m.Doors[1].Device = "door-0" }},
		{`"door-1" and "door-2" share`, func(m *Members) { m.Doors[1].Sign = m.Doors[2].Sign }},
		{`"door-0" and "door-2" share`, func(m *Members) { m.Doors[0].Seal = m.Doors[2].Seal }},
		{`head "door-9" is none`, func(m *Members) { m.Head = "door-9" }},
	} {
		m := room(3)
		tc.change(&m)
		if err := m.Check(); !errors.Is(err, ErrMembers) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v, want %s", err, tc.want)
		}
		signing, sealing := keys(0)
		if p, err := NewPost(m, "door-0", signing, sealing); err == nil || p != nil {
			t.Errorf("%s: NewPost takes it", tc.want)
		}
	}
	if m := room(MaxDoors); m.Check() != nil {
		t.Error(m.Check())
	}
}

func TestNewPost(t *testing.T) {
	m := room(3)
	signing, sealing := keys(1)
	if _, err := NewPost(m, "door-1", signing, sealing); err != nil {
		t.Error(err)
	}
	other, otherSeal := keys(2)
	for name, make := range map[string]func() (*Post, error){
		"none of the doors": func() (*Post, error) { return NewPost(m, "door-7", signing, sealing) },
		"other keys":        func() (*Post, error) { return NewPost(m, "door-1", other, sealing) },
		"other keys than":   func() (*Post, error) { return NewPost(m, "door-1", signing, otherSeal) },
	} {
		if p, err := make(); !errors.Is(err, ErrMembers) || !strings.Contains(err.Error(), name) || p != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another room, head, door, or key of one of them is another bond; another key to seal with is not.
func TestBond(t *testing.T) {
	m := room(3)
	was := m.bond(m.Doors[1])
	seen := map[message.Bond]string{was: "the same", m.bond(m.Doors[2]): "the other door"}
	for name, change := range map[string]func(*Members){
		"room":      func(m *Members) { m.Room = "hall-3" },
		"head":      func(m *Members) { m.Head = "door-2" },
		"head name": func(m *Members) { m.Head, m.Doors[0].Device = "door-4", "door-4" },
		"door name": func(m *Members) { m.Doors[1].Device = "door-5" },
		"head key":  func(m *Members) { m.Doors[0].Sign[3]++ },
		"door key":  func(m *Members) { m.Doors[1].Sign[3]++ },
		"lengths":   func(m *Members) { m.Room, m.Head, m.Doors[0].Device = "hall-2d", "oor-0", "oor-0" },
	} {
		m := room(3)
		change(&m)
		b := m.bond(m.Doors[1])
		if old, double := seen[b]; double {
			t.Errorf("%s gives the bond of %s", name, old)
		}
		seen[b] = name
	}
	m.Doors[0].Seal[3]++
	m.Doors[1].Seal[3]++
	m.Doors = m.Doors[:2]
	if m.bond(m.Doors[1]) != was {
		t.Error("another key to seal with, and a door less, give another bond")
	}
}

func room(n int) Members {
	m := posts(min(n, MaxDoors))[0].members
	for i := len(m.Doors); i < n; i++ {
		m.Doors = append(m.Doors, Member{})
	}
	return m
}

func TestWait(t *testing.T) {
	if Wait(quarter) != 3*time.Minute {
		t.Error(Wait(quarter))
	}
}

// Each reason has its count, which ends where the number does.
func TestRefused(t *testing.T) {
	var r Refused
	for i, err := range []error{ErrDamaged, ErrMisrouted, ErrForged, ErrOld, ErrFull, ErrLost} {
		before := r
		for range i + 1 {
			if got := r.count(fmt.Errorf("%w: so", err)); !errors.Is(got, err) {
				t.Error(got)
			}
		}
		if *r.all()[i] != uint32(i)+1 || r == before {
			t.Errorf("%v: %+v", err, r)
		}
	}
	if want := (Refused{1, 2, 3, 4, 5, 6}); r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
	r.Old = 1<<32 - 1
	r.count(ErrOld)
	r.count(nil)
	if want := (Refused{1, 2, 3, 1<<32 - 1, 5, 6}); r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
	for err, want := range map[error]bool{ErrDamaged: false, ErrOld: false, ErrFull: false, nil: false,
		ErrForged: true, ErrMisrouted: true, ErrLost: true} {
		if Alarming(err) != want {
			t.Errorf("%v alarms: %v", err, !want)
		}
	}
}

// What a broker sees of a tally has one size, whatever was counted.
func TestOneSize(t *testing.T) {
	p := posts(2)[1]
	size := 0
	for _, tc := range []message.Tally{{}, {Forward: 1}, {Forward: message.MaxCount, Backward: message.MaxCount,
		In: 1<<32 - 1, Out: 1<<32 - 1, Level: 1<<32 - 1}, {Backward: 300, Level: 6}} {
		tc.N, tc.From = 1000, 1_800_000_000
		b, err := p.sealTally(tc)
		if err != nil || size != 0 && len(b) != size {
			t.Errorf("%d bytes, %d before: %v", len(b), size, err)
		}
		size = len(b)
	}
	m := room(2)
	m.Room, m.Doors[0].Device, m.Doors[1].Device = strings.Repeat("r", 32), strings.Repeat("h", 32), strings.Repeat("d", 32)
	m.Head = m.Doors[0].Device
	signing, sealing := keys(1)
	p, err := NewPost(m, m.Doors[1].Device, signing, sealing)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.sealTally(message.Tally{N: 1<<32 - 1, From: 1_800_000_000})
	if err != nil || len(b) > envelope.MaxEnvelope {
		t.Errorf("%d bytes: %v", len(b), err)
	}
	t.Logf("%d bytes with short names, %d with the longest, at most %d", size, len(b), envelope.MaxEnvelope)
}
