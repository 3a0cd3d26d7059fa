package approval

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/counting/scene"
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

// week is open from 7:30 to 22:00, and on Saturday in two pieces.
func week() Hours {
	day := []uint16{450, 1320}
	return Hours{Zone: "Europe/Amsterdam", Days: [][]uint16{{}, day, day, day, day, day, {540, 720, 780, 1440}}, Closed: []uint32{20261225, 20270101}}
}

func anyDay() Hours {
	h := Hours{Days: [][]uint16{}, Closed: []uint32{}}
	for range 7 {
		h.Days = append(h.Days, []uint16{0, 1440})
	}
	return h
}

// door is a device that good approves of.
func door() Board {
	s := scene.Scene{PersonArea: 20_000, NLines: 1, NZones: 1}
	s.Lines[0] = scene.Line{A: scene.Point{X: 1000, Y: 30_000}, B: scene.Point{X: 60_000, Y: 30_000}}
	s.Zones[0].N = 3
	copy(s.Zones[0].Corners[:], []scene.Point{{X: 0, Y: 40_000}, {X: 65_536, Y: 40_000}, {X: 30_000, Y: 65_536}})
	return Board{Signer: sign.NewKey(seed()).Public(), Device: "north-door", Hours: week(), Scene: s, K: 3, Interval: 15 * time.Minute}
}

func good() Approval {
	d := door()
	return Approval{Version: Version, Decision: "CvB 2026/114", Purpose: "How full the hall is, for cleaning and safety", Devices: []string{"north-door", "south-door"},
		From: 1_796_083_200, Until: 1_827_532_800, Hours: week(), Scene: SceneOf(&d.Scene), K: 3, Interval: 900, Assessment: "DPIA-2026-7"}
}

// forTests is one for tests, of anything.
func forTests() Approval {
	return Approval{Version: Version, Decision: "test", Purpose: "Drawn people", Devices: []string{}, From: minTime, Until: maxTime, Hours: anyDay(),
		Scene: Scene{Lines: [][4]int32{}, Zones: [][]int32{}}, K: 3, Interval: 900, Assessment: "none", Test: true}
}

// largest has no room for a byte more.
func largest() Approval {
	a := good()
	a.Decision, a.Assessment, a.Purpose = strings.Repeat("9", 64), strings.Repeat("8", 64), strings.Repeat("\U0001F6AA", 200)
	a.Devices, a.Hours.Closed, a.Hours.Zone = nil, nil, strings.Repeat("Z", 64)
	for i := range uint32(16) {
		a.Devices = append(a.Devices, fmt.Sprintf("%032d", i))
	}
	for i := range 64 {
		a.Hours.Closed = append(a.Hours.Closed, uint32(20_270_101+i/20*100+i%20))
	}
	for i := range a.Hours.Days {
		a.Hours.Days[i] = []uint16{300, 310, 320, 330, 340, 350, 360, 370, 380, 390, 400, 410, 420, 430, 440, 450}
	}
	a.Scene.Lines, a.Scene.Zones = nil, nil
	for range 8 {
		a.Scene.Lines = append(a.Scene.Lines, [4]int32{0, 65_536, 65_536, 65_536})
		zone := []int32{0, 0, 65_536, 0}
		for range 10 {
			zone = append(zone, 65_536, 65_536)
		}
		a.Scene.Zones = append(a.Scene.Zones, zone)
	}
	return a
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

// TestGolden holds two approvals against files from which others can test what they write.
func TestGolden(t *testing.T) {
	key, s := sign.NewKey(seed()), seed()
	golden(t, "keys.txt", fmt.Sprintf("These keys are for tests, and for nothing else. *.hex are signed approvals, *.diag their payloads; test.hex is signed with the\npublic key of test approvals.\nseed   %x\npublic %s\nid     %s\ntest   %s\n",
		s, key.Public(), key.Public().ID(), TestKey()))
	for name, a := range map[string]Approval{"good": good(), "test": forTests()} {
		by := key
		if a.Test {
			by = sign.NewKey(TestSeed())
		}
		b, err := Seal(by, &a)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".hex", hex.EncodeToString(b)+"\n")
		payload, err := sign.Open(sign.Approval, by.Public(), b)
		if err != nil {
			t.Fatal(err)
		}
		text, err := Diag(payload)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".diag", text)
		if n := len(regexp.MustCompile(`(?m)^  \d+: `).FindAllString(text, -1)); n != 12 {
			t.Errorf("%s: %d fields shown", name, n)
		}
	}
}

// TestTestKey holds the public key that is written down to its seed, and the rule that nothing else is signed with it.
func TestTestKey(t *testing.T) {
	key := sign.NewKey(TestSeed())
	if key.Public() != TestKey() {
		t.Fatalf("%s, want %s", TestKey(), key.Public())
	}
	a := good()
	if b, err := Seal(key, &a); !errors.Is(err, ErrInvalid) || b != nil {
		t.Errorf("a real one is signed with the public key: %v", err)
	}
	if _, err := Seal(sign.Key{}, &a); !errors.Is(err, sign.ErrInvalid) {
		t.Errorf("without a key: %v", err)
	}
	if a.Version = 9; true {
		if _, err := Seal(sign.NewKey(seed()), &a); !errors.Is(err, ErrInvalid) {
			t.Errorf("another version: %v", err)
		}
	}
}

func TestLargest(t *testing.T) {
	a := largest()
	b, err := Seal(sign.NewKey(seed()), &a)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(b))
	if len(b) > MaxSize || len(b) != 3375 {
		t.Errorf("%d bytes; mend the comment of MaxSize", len(b))
	}
	if _, err := Decode(make([]byte, MaxSize+1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("larger: %v", err)
	}
}

// What is written comes back, and there is no second spelling.
func TestComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := good()
		a.Decision = rapid.StringMatching(`[0-9A-Za-z][0-9A-Za-z ./_-]{0,63}`).Draw(t, "decision")
		a.Purpose = "x" + rapid.StringMatching(`[a-zA-Zé ,.]{0,198}`).Draw(t, "purpose") + "x"
		a.From = rapid.Int64Range(minTime, maxTime-1).Draw(t, "from")
		a.Until = min(maxTime, a.From+rapid.Int64Range(1, 366*86_400).Draw(t, "for"))
		a.K = rapid.Uint8Range(3, 255).Draw(t, "k")
		a.Test = rapid.Bool().Draw(t, "test")
		payload, err := Encode(&a)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(payload)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Encode(back)
		if err != nil || !bytes.Equal(again, payload) {
			t.Fatalf("%v\n%x\n%x", err, again, payload)
		}
	})
}

// FuzzDecode looks for bytes that are taken although Encode would not have written them.
func FuzzDecode(f *testing.F) {
	for _, a := range []Approval{good(), forTests(), largest()} {
		b, err := Encode(&a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(make([]byte, MaxSize+1))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Decode(b)
		if err != nil {
			if _, diag := Diag(b); a != nil || !errors.Is(err, ErrInvalid) || !errors.Is(diag, ErrInvalid) {
				t.Fatalf("%v, %v", err, diag)
			}
			return
		}
		again, err := Encode(a)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not the same bytes again: %v", err)
		}
		// Whatever it says, holding it against a device ends with one of the reasons.
		d := door()
		if r := a.Check(&d, time.Unix(a.From, 0)); r > Last || strings.HasPrefix(r.String(), "reason ") {
			t.Fatal(r)
		}
	})
}

// FuzzOpen has whatever lies on a card.
func FuzzOpen(f *testing.F) {
	a, test := good(), forTests()
	b, err := Seal(sign.NewKey(seed()), &a)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	if b, err = Seal(sign.NewKey(TestSeed()), &test); err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		d := door()
		a, r := Open(b, &d)
		if (a != nil) != (r == Valid) || r > Last {
			t.Fatalf("%v, %v", a, r)
		}
		if a != nil && a.Test {
			t.Fatal("one for tests counts at a real door")
		}
	})
}
