package devicelog

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"tellijn/privacy/sign"
)

var update = flag.Bool("update", false, "write the golden files anew")

// seed is that of testdata/keys.txt: a key for tests, and for nothing else.
func seed() (s [32]byte) {
	for i := range s {
		s[i] = byte(i)
	}
	return s
}

func newChain() Chain {
	return Chain{Key: sign.NewKey(seed()), Device: "north-door", Boot: [16]byte{1, 2, 3}}
}

// written is a log of n entries, each of another kind.
func written(t testing.TB, n int) ([][]byte, Chain) {
	t.Helper()
	events := []Event{
		{Kind: KeyMade}, {Kind: Boot, Digest: [32]byte{0xb0}}, {Kind: Configured, Digest: [32]byte{0xc0}},
		{Kind: PowerOn, A: ByHours}, {Kind: ClockStep, A: -90, B: 1}, {Kind: Sandbox, A: Eye, B: 511},
		{Kind: EyeStarted, A: 4000}, {Kind: EyeEnded, A: -1, B: 9}, {Kind: Shutdown},
		{Kind: Approval, B: 1, Digest: [32]byte{0xa0}}, {Kind: GateOpened}, {Kind: GateClosed, A: 9}, {Kind: LampOdd, A: LitWhileOff},
		{Kind: ButtonOff}, {Kind: DataAside}, {Kind: WatchdogHit},
	}
	c := newChain()
	var out [][]byte
	for i := range n {
		at := uint32(i * 10)
		b, next, err := c.Append(events[i%len(events)], Moment{At: 1_795_330_800 + int64(at), Clock: 2, Uptime: at})
		if err != nil {
			t.Fatal(err)
		}
		out, c = append(out, b), next
	}
	return out, c
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s: %v; got\n%swant\n%sIf the change is meant, run with -update.", name, err, got, want)
	}
}

// TestGolden holds a log of sixteen entries against files from which others can test what they write.
func TestGolden(t *testing.T) {
	entries, c := written(t, 16)
	s := seed()
	golden(t, "keys.txt", fmt.Sprintf("These keys are for tests, and for nothing else. Each line of log.hex is a signed entry, log.diag has the payloads.\nseed   %x\npublic %s\nid     %s\n",
		s, c.Key.Public(), c.Key.Public().ID()))
	var code, text strings.Builder
	for _, b := range entries {
		code.WriteString(hex.EncodeToString(b) + "\n")
		payload, err := sign.Open(sign.Log, c.Key.Public(), b)
		if err != nil {
			t.Fatal(err)
		}
		one, err := Diag(payload)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(one)
		// Nothing is hidden: without comments and line ends it is what the bytes are.
		one = regexp.MustCompile(`(?m) / .* /$`).ReplaceAllString(one, "")
		one = strings.NewReplacer("{\n  ", "{", ",\n  ", ", ", "\n}\n", "}").Replace(one)
		if want, _ := cbor.Diagnose(payload); one != want {
			t.Errorf("got  %s\nwant %s", one, want)
		}
	}
	golden(t, "log.hex", code.String())
	golden(t, "log.diag", text.String())
	if faults := Verify(entries, c.Key.Public(), c.Device, 1, c.State); len(faults) != 0 {
		t.Errorf("%v", faults)
	}
}

func anyEvent(t *rapid.T) Event {
	kinds := []Kind{}
	for k := range Kind(255) {
		if _, ok := k.bounds(); ok {
			kinds = append(kinds, k)
		}
	}
	e := Event{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	b, _ := e.Kind.bounds()
	e.A, e.B = rapid.Int32Range(b.lowA, b.highA).Draw(t, "a"), rapid.Int32Range(b.lowB, b.highB).Draw(t, "b")
	if b.digest {
		e.Digest = [32]byte{rapid.ByteRange(1, 255).Draw(t, "digest")}
	}
	return e
}

// Whatever happened, and whenever, the entry has one size, comes back, and follows the one before.
func TestOneSize(t *testing.T) {
	spec := law(t)
	rapid.Check(t, func(t *rapid.T) {
		c := newChain()
		c.Device = rapid.StringMatching(`[a-z0-9-]{1,32}`).Draw(t, "device")
		if n := rapid.Uint32Range(0, 1<<32-9).Draw(t, "number") >> rapid.IntRange(0, 31).Draw(t, "width"); n > 0 {
			c.State = State{n, Hash{1}}
		}
		before := c.State
		size := 0
		for range 5 {
			e := anyEvent(t)
			m := Moment{rapid.Int64Range(minTime, maxTime).Draw(t, "at"), rapid.Uint8Range(0, 2).Draw(t, "clock"),
				rapid.Uint32().Draw(t, "uptime") >> rapid.IntRange(0, 31).Draw(t, "width")}
			b, next, err := c.Append(e, m)
			if err != nil {
				t.Fatal(err)
			}
			back, err := Open(c.Key.Public(), b)
			want := Entry{Version, c.Device, before.Number + 1, c.Boot, m.At, m.Clock, m.Uptime, e.Kind, e.A, e.B, e.Digest, before.Head}
			if err != nil || !reflect.DeepEqual(back, want) || back.Event() != e {
				t.Fatalf("%v\n%+v\n%+v", err, back, want)
			}
			payload, err := sign.Open(sign.Log, c.Key.Public(), b)
			if err != nil || spec.Check("entry", payload) != nil {
				t.Fatalf("%v %v", err, spec.Check("entry", payload))
			}
			if size != 0 && len(b) != size || len(b) != Size(c.Device) || len(b) > MaxSize {
				t.Fatalf("%d bytes, before %d, Size says %d", len(b), size, Size(c.Device))
			}
			if c.State != before {
				t.Fatal("the chain itself moved on")
			}
			size, c, before = len(b), next, next.State
			if before.Head != HashOf(b) || before.Number != back.Number {
				t.Fatal("not the head of the entry")
			}
		}
	})
	if n := Size(strings.Repeat("x", 32)); n != 287 || Size("") != 0 {
		t.Errorf("the largest has %d; mend the comment of MaxSize", n)
	}
}

// TestEndsOfWidths has the numbers at which CBOR takes a byte more, on both sides of zero.
func TestEndsOfWidths(t *testing.T) {
	for _, a := range []int32{0, 23, 24, 255, 256, 65_535, 65_536, 1<<31 - 1, -1, -24, -25, -256, -257, -65_536, -65_537, -1 << 31} {
		b, _, err := newChain().Append(Event{Kind: ClockStep, A: a}, Moment{At: minTime})
		if err != nil || len(b) != Size("north-door") {
			t.Errorf("%d: %d bytes, want %d, %v", a, len(b), Size("north-door"), err)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	for what, turn := range map[string]func(*Chain, *Event, *Moment){
		"full":          func(c *Chain, _ *Event, _ *Moment) { c.State = State{1<<32 - 1, Hash{1}} },
		"no head":       func(c *Chain, _ *Event, _ *Moment) { c.State.Number = 5 },
		"head of none":  func(c *Chain, _ *Event, _ *Moment) { c.State.Head = Hash{1} },
		"no boot":       func(c *Chain, _ *Event, _ *Moment) { c.Boot = [16]byte{} },
		"device":        func(c *Chain, _ *Event, _ *Moment) { c.Device = "Nord" },
		"no key":        func(c *Chain, _ *Event, _ *Moment) { c.Key = sign.Key{} },
		"1970":          func(_ *Chain, _ *Event, m *Moment) { m.At = 5 },
		"2107":          func(_ *Chain, _ *Event, m *Moment) { m.At = 1 << 32 },
		"clock":         func(_ *Chain, _ *Event, m *Moment) { m.Clock = 3 },
		"kind 0":        func(_ *Chain, e *Event, _ *Moment) { e.Kind = 0 },
		"kind 14":       func(_ *Chain, e *Event, _ *Moment) { e.Kind = 14 },
		"kind 31":       func(_ *Chain, e *Event, _ *Moment) { e.Kind = 31 },
		"no approval":   func(_ *Chain, e *Event, _ *Moment) { e.Kind = Approval },
		"reason 12":     func(_ *Chain, e *Event, _ *Moment) { *e = Event{Kind: Approval, A: 12, Digest: [32]byte{1}} },
		"gate for none": func(_ *Chain, e *Event, _ *Moment) { *e = Event{Kind: GateClosed} },
		"lamp for none": func(_ *Chain, e *Event, _ *Moment) { *e = Event{Kind: LampOdd} },
		"a of nothing":  func(_ *Chain, e *Event, _ *Moment) { e.A = 1 },
		"b of nothing":  func(_ *Chain, e *Event, _ *Moment) { e.B = -1 },
		"text":          func(_ *Chain, e *Event, _ *Moment) { copy(e.Digest[:], "a message") },
		"no digest":     func(_ *Chain, e *Event, _ *Moment) { e.Kind = Boot },
		"signal 65":     func(_ *Chain, e *Event, _ *Moment) { *e = Event{Kind: EyeEnded, A: -1, B: 65} },
		"fifth program": func(_ *Chain, e *Event, _ *Moment) { *e = Event{Kind: Sandbox, A: 4} },
	} {
		c, e, m := newChain(), Event{Kind: Shutdown}, Moment{At: 1_795_330_800}
		turn(&c, &e, &m)
		if b, next, err := c.Append(e, m); !errors.Is(err, ErrInvalid) && !errors.Is(err, sign.ErrInvalid) || b != nil || next.State != c.State {
			t.Errorf("%s: %v", what, err)
		}
	}
	e := Entry{Version: 2, Device: "x", Number: 1, Boot: [16]byte{1}, At: minTime, Kind: Shutdown}
	if _, err := Encode(&e); !errors.Is(err, ErrInvalid) {
		t.Errorf("version 2: %v", err)
	}
	e.Version, e.Number = 1, 0
	if _, err := Encode(&e); !errors.Is(err, ErrInvalid) {
		t.Errorf("number 0: %v", err)
	}
}

// FuzzDecode looks for bytes that are taken although Encode would not have written them.
func FuzzDecode(f *testing.F) {
	entries, c := written(f, 16)
	for _, b := range entries {
		payload, err := sign.Open(sign.Log, c.Key.Public(), b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(payload)
	}
	f.Add(make([]byte, MaxSize+1))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Decode(b)
		if err != nil {
			if _, diag := Diag(b); !errors.Is(err, ErrInvalid) || !errors.Is(diag, ErrInvalid) {
				t.Fatalf("%v, %v", err, diag)
			}
			return
		}
		again, err := Encode(&e)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not the same bytes again: %v", err)
		}
		if text := e.Event().String(); text == "" || strings.Contains(text, "kind ") {
			t.Fatalf("words %q", text)
		}
	})
}
