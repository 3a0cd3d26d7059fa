package message

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"tellijn/privacy/coding"
	"tellijn/privacy/privacytest/cddl"
)

const most = 1<<32 - 1

func tallies() []Tally {
	long := strings.Repeat("z", 32)
	return []Tally{
		{Room: "h", Door: "d", N: 1},
		{Room: "hall-2", Door: "west", Bond: Bond{1, 2, 3}, N: 24, From: 1_800_000_000, Forward: 3, Backward: 300},
		{Room: long, Door: long, Bond: Bond{255}, N: most, From: MaxTime, Forward: MaxCount, Backward: MaxCount, In: most, Out: most, Level: most},
	}
}

func receipts() []Receipt {
	long := strings.Repeat("z", 32)
	return []Receipt{
		{Room: "h", Head: "n", Door: "w"},
		{Room: "hall-2", Head: "north", Door: "west", Bond: Bond{1, 2, 3}, N: 70000, At: 1_800_000_000},
		{Room: long, Head: long, Door: long, Bond: Bond{255}, N: most, At: MaxTime},
	}
}

func law(t *testing.T) *cddl.Spec {
	t.Helper()
	text, err := os.ReadFile("message.cddl")
	if err != nil {
		t.Fatal(err)
	}
	s, err := cddl.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRoundTrip(t *testing.T) {
	s := law(t)
	for _, m := range tallies() {
		b, err := m.Encode()
		if err != nil || len(b) != TallySize {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		if got, err := DecodeTally(b); err != nil || got != m {
			t.Errorf("%+v, %v", got, err)
		}
		if err := s.Check("tally", b); err != nil {
			t.Error(err)
		}
	}
	for _, m := range receipts() {
		b, err := m.Encode()
		if err != nil || len(b) > MaxReceipt {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		if got, err := DecodeReceipt(b); err != nil || got != m {
			t.Errorf("%+v, %v", got, err)
		}
		if err := s.Check("receipt", b); err != nil {
			t.Error(err)
		}
	}
	if b, _ := receipts()[2].Encode(); len(b) != MaxReceipt {
		t.Errorf("the widest receipt has %d bytes, the bound is %d", len(b), MaxReceipt)
	}
	golden := "a70101026668616c6c2d3203656e6f72746804647765737405" + "1a00011170" + "061a6b49d200" + "0750" + "01020300000000000000000000000000"
	if b, _ := receipts()[1].Encode(); hex.EncodeToString(b) != golden {
		t.Errorf("%x, want %s", b, golden)
	}
}

// Values that no tally or receipt has are neither written nor read, and the law says so too.
func TestRefused(t *testing.T) {
	s := law(t)
	for name, change := range map[string]func(w *tally){
		"version":  func(w *tally) { w.Version = 2 },
		"room":     func(w *tally) { w.Room = "Hall" },
		"door":     func(w *tally) { w.Door = "" },
		"number":   func(w *tally) { w.N = 0 },
		"early":    func(w *tally) { w.From = -1 },
		"far":      func(w *tally) { w.From = MaxTime + 1 },
		"forward":  func(w *tally) { w.Forward = MaxCount + 1 },
		"backward": func(w *tally) { w.Backward = MaxCount + 1 },
		"pad 1":    func(w *tally) { w.Pad[3] = 1 },
		"pad size": func(w *tally) { w.Pad = w.Pad[1:] },
	} {
		w := tally{1, "hall-2", "west", 1, 60, 1, 2, 3, 4, 5, nil, Bond{}}
		fit := func() []byte {
			w.Pad = make([]byte, 24)
			b, err := coding.Marshal(&w)
			if err != nil {
				t.Fatal(err)
			}
			w.Pad = make([]byte, 24+TallySize-len(b))
			b, _ = coding.Marshal(&w)
			return b
		}
		if _, err := DecodeTally(fit()); err != nil {
			t.Fatal(err)
		}
		change(&w)
		b, _ := coding.Marshal(&w)
		if !strings.HasPrefix(name, "pad") {
			b = fit()
		}
		if _, err := DecodeTally(b); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Check("tally", b); err == nil && !strings.HasPrefix(name, "pad") {
			t.Errorf("%s: the law lets it pass", name)
		}
		m := Tally{w.Room, w.Door, w.Bond, w.N, w.From, w.Forward, w.Backward, w.In, w.Out, w.Level}
		if _, err := m.Encode(); !errors.Is(err, ErrInvalid) && w.Version == 1 && !strings.HasPrefix(name, "pad") {
			t.Errorf("%s: Encode gives %v", name, err)
		}
	}
	for name, change := range map[string]func(w *receipt){
		"version": func(w *receipt) { w.Version = 0 },
		"room":    func(w *receipt) { w.Room = "a b" },
		"head":    func(w *receipt) { w.Head = strings.Repeat("a", 33) },
		"door":    func(w *receipt) { w.Door = "" },
		"early":   func(w *receipt) { w.At = -1 },
		"far":     func(w *receipt) { w.At = MaxTime + 1 },
	} {
		w := receipt{1, "hall-2", "north", "west", 1, 60, Bond{}}
		change(&w)
		b, err := coding.Marshal(&w)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeReceipt(b); !errors.Is(err, ErrInvalid) {
			t.Errorf("receipt, %s: %v", name, err)
		}
		if err := s.Check("receipt", b); err == nil {
			t.Errorf("receipt, %s: the law lets it pass", name)
		}
		m := Receipt{w.Room, w.Head, w.Door, w.Bond, w.N, w.At}
		if _, err := m.Encode(); !errors.Is(err, ErrInvalid) && w.Version == 1 {
			t.Errorf("receipt, %s: Encode gives %v", name, err)
		}
	}
}

// The code and the law draw the line at the same place, but for the size of a tally, which only the
// code knows.
func TestEdges(t *testing.T) {
	s := law(t)
	for i := range tallies() {
		b, _ := tallies()[i].Encode()
		edges, err := s.Edges("tally", b)
		if err != nil || len(edges) < 30 {
			t.Fatalf("%d edges, %v", len(edges), err)
		}
		for _, e := range edges {
			if _, err := DecodeTally(e.Encoded); (err == nil) != e.Inside && (err == nil || len(e.Encoded) == TallySize) {
				t.Errorf("tally, %s is %s: %v, the law lets it pass: %v", e.Path, e.What, err, e.Inside)
			}
		}
		b, _ = receipts()[i].Encode()
		if edges, err = s.Edges("receipt", b); err != nil || len(edges) < 20 {
			t.Fatalf("%d edges, %v", len(edges), err)
		}
		for _, e := range edges {
			if _, err := DecodeReceipt(e.Encoded); (err == nil) != e.Inside {
				t.Errorf("receipt, %s is %s: %v, the law lets it pass: %v", e.Path, e.What, err, e.Inside)
			}
		}
	}
}

// A message is not one of the other kind, and has no other spelling.
func TestOneSpelling(t *testing.T) {
	good, _ := tallies()[1].Encode()
	receipt, _ := receipts()[1].Encode()
	if _, err := DecodeReceipt(good); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	if _, err := DecodeTally(receipt); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	for i := range receipt {
		if _, err := DecodeReceipt(receipt[:i]); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d bytes: %v", i, err)
		}
	}
	if _, err := DecodeReceipt(append(bytes.Clone(receipt), 0)); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	longer := bytes.Replace(receipt, []byte{1, 1}, []byte{1, 0x18, 1}, 1)
	if _, err := DecodeReceipt(longer); len(longer) != len(receipt)+1 || !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	unknown := append(bytes.Clone(receipt), 8, 0)
	unknown[0]++
	if _, err := DecodeReceipt(unknown); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	for i := range tallies() {
		b, _ := tallies()[i].Encode()
		f.Add(b)
		b, _ = receipts()[i].Encode()
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := DecodeTally(b); err == nil {
			if again, err := m.Encode(); err != nil || !bytes.Equal(again, b) {
				t.Errorf("tally: not the same bytes again: %v", err)
			}
		} else if !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
		if m, err := DecodeReceipt(b); err == nil {
			if again, err := m.Encode(); err != nil || !bytes.Equal(again, b) {
				t.Errorf("receipt: not the same bytes again: %v", err)
			}
		} else if !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
	})
}
