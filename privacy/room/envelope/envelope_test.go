package envelope

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"tellijn/privacy/coding"
	"tellijn/privacy/privacytest/cddl"
)

func some() []Envelope {
	long := strings.Repeat("z", 32)
	return []Envelope{
		{Header{"hall-2", "west", "north", Tally, 1}, []byte{0}},
		{Header{"hall-2", "north", "west", Receipt, 0}, bytes.Repeat([]byte{7}, 103)},
		{Header{"0", "1", "-", Receipt, 1<<32 - 1}, bytes.Repeat([]byte{8}, 327)},
		{Header{long, long[1:] + "a", long, Tally, 1<<32 - 1}, bytes.Repeat([]byte{255}, MaxBody)},
	}
}

func law(t *testing.T) *cddl.Spec {
	t.Helper()
	text, err := os.ReadFile("envelope.cddl")
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
	for _, e := range some() {
		b, err := e.Encode()
		if err != nil || len(b) > MaxEnvelope {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		got, err := Decode(b)
		if err != nil || got.Header != e.Header || !bytes.Equal(got.Body, e.Body) {
			t.Errorf("%+v, %v", got.Header, err)
		}
		if err := s.Check("envelope", b); err != nil {
			t.Error(err)
		}
		h, err := e.Header.Encode()
		if err != nil || !bytes.Equal(h[1:], b[1:len(h)]) || h[0] != 0x86 || b[0] != 0x87 {
			t.Errorf("header %x of %x, %v", h, b, err)
		}
		if err := s.Check("header", h); err != nil {
			t.Error(err)
		}
	}
	e := some()[0]
	b, _ := e.Encode()
	if want := "87016668616c6c2d3264776573746" + "56e6f72746801014100"; hex.EncodeToString(b) != want {
		t.Errorf("%x, want %s", b, want)
	}
}

func marshal(t *testing.T, e envelope) []byte {
	t.Helper()
	b, err := coding.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What Encode refuses, Decode refuses too, and so does the law.
func TestRefused(t *testing.T) {
	s := law(t)
	for name, change := range map[string]func(e *envelope){
		"no room":       func(e *envelope) { e.Room = "" },
		"capital":       func(e *envelope) { e.From = "West" },
		"long":          func(e *envelope) { e.To = strings.Repeat("a", 33) },
		"space":         func(e *envelope) { e.Room = "a b" },
		"slash":         func(e *envelope) { e.Room = "a/b" },
		"kind 0":        func(e *envelope) { e.Kind = 0 },
		"kind 3":        func(e *envelope) { e.Kind = 3 },
		"empty":         func(e *envelope) { e.Body = []byte{} },
		"body too long": func(e *envelope) { e.Body = make([]byte, MaxBody+1) },
		"to itself":     func(e *envelope) { e.To = e.From },
		"number 0":      func(e *envelope) { e.N = 0 },
		"version":       func(e *envelope) { e.Version = 2 },
	} {
		w := envelope{Version: 1, Room: "r", From: "a", To: "b", Kind: 1, N: 1, Body: []byte{1}}
		if _, err := Decode(marshal(t, w)); err != nil {
			t.Fatal(err)
		}
		change(&w)
		b := marshal(t, w)
		if _, err := Decode(b); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Decode gives %v", name, err)
		}
		e := Envelope{Header{w.Room, w.From, w.To, Kind(w.Kind), w.N}, w.Body}
		if _, err := e.Encode(); w.Version == Version && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Encode gives %v", name, err)
		}
		if _, err := e.Header.Encode(); len(w.Body) == 1 && w.Version == Version && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: Header.Encode gives %v", name, err)
		}
		if err := s.Check("envelope", b); err == nil && name != "to itself" && name != "number 0" {
			t.Errorf("%s: the law lets it pass", name)
		}
	}
}

// The code and the law draw the line at the same place, but for what only the code can say: nobody
// sends to itself, and a tally has a number.
func TestEdges(t *testing.T) {
	s := law(t)
	for _, e := range some() {
		b, _ := e.Encode()
		edges, err := s.Edges("envelope", b)
		if err != nil || len(edges) < 30 {
			t.Fatalf("%d edges, %v", len(edges), err)
		}
		for _, edge := range edges {
			got, err := Decode(edge.Encoded)
			only := strings.Contains(fmt.Sprint(err), "itself") || strings.Contains(fmt.Sprint(err), "tally number 0")
			if (err == nil) != edge.Inside && !only {
				t.Errorf("%s is %s: %+v, %v; the law lets it pass: %v", edge.Path, edge.What, got.Header, err, edge.Inside)
			}
		}
	}
}

// No other spelling of the same envelope is taken.
func TestOneSpelling(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           "",
		"six fields":        "8601617261616162" + "0101",
		"eight fields":      "880161726161616201014101" + "00",
		"behind the end":    "87016172616161620101410100",
		"longer number":     "87016172616161620118014101",
		"negative number":   "87016172616161620120" + "4101",
		"indefinite list":   "9f016172616161620101" + "4101ff",
		"indefinite bytes":  "87016172616161620101" + "5f4101ff",
		"indefinite text":   "87017f6172ff616161620101" + "4101",
		"tag":               "d287016172616161620101" + "4101",
		"body is text":      "87016172616161620101" + "6161",
		"name is bytes":     "87014172616161620101" + "4101",
		"body is null":      "87016172616161620101" + "f6",
		"number is a float": "870161726161616201f93c00" + "4101",
		"a map":             "a70161726161616201014101",
	} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(name, err)
		}
		if e, err := Decode(b); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	if _, err := Decode(make([]byte, MaxEnvelope+1)); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	if b, _ := hex.DecodeString("870161726161616201014101"); len(b) > 0 {
		if _, err := Decode(b); err != nil {
			t.Errorf("the one spelling: %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, e := range some() {
		b, err := e.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0x9f, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}
