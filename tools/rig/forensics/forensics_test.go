package forensics

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	layout "tellijn/boards/card"
	"tellijn/tools/rig/forensics/pieces"
	"tellijn/tools/rig/forensics/pool"
	"tellijn/tools/rig/vm"
)

// board is a small one whose memory is a slice.
type board struct {
	memory       []byte
	vectors      string // of the first processor's Q00
	runs         bool
	stops, conts int
	deaf         bool // it does not take what is written
}

func (b *board) Stop() error { b.runs = false; b.stops++; return nil }
func (b *board) Cont() error { b.runs = true; b.conts++; return nil }
func (b *board) Size() int64 { return int64(len(b.memory)) }

func (b *board) Memory(path string) error {
	if b.runs {
		return errors.New("it runs")
	}
	return os.WriteFile(path, b.memory, 0o600)
}

func (b *board) Write(address uint64, data []byte) error {
	if b.runs {
		return errors.New("it runs")
	}
	if !b.deaf {
		copy(b.memory[address-vm.RAM:], data)
	}
	return nil
}

func (b *board) Ask(command string, a map[string]any) (json.RawMessage, error) {
	switch command {
	case "query-status":
		return json.Marshal(map[string]any{"running": b.runs})
	case "pmemsave":
		at, n := a["val"].(int64)-vm.RAM, a["size"].(int)
		return nil, os.WriteFile(a["filename"].(string), b.memory[at:at+int64(n)], 0o600)
	case "human-monitor-command":
		return json.Marshal(b.text())
	}
	return nil, fmt.Errorf("command %q", command)
}

// text is what QEMU says of two processors.
func (b *board) text() (s string) {
	for cpu := range 2 {
		s += fmt.Sprintf("\nCPU#%d\n PC=ffff800080010000", cpu)
		for i := range 31 {
			s += fmt.Sprintf(" X%02d=%016x", i, 1000*cpu+i)
		}
		s += "  SP=ffff800081e3bd40\nPSTATE=600003c5 -ZC- NS EL1h\n"
		for i := range 32 {
			q := "0000000000000000:0000000000000000"
			if cpu == 0 && i == 0 && b.vectors != "" {
				q = b.vectors
			}
			s += fmt.Sprintf("Q%02d=%s ", i, q)
		}
	}
	return s
}

// set makes a board and a search, in which the camera has played some frames.
func set(t *testing.T, runs bool) (*board, *Search, []byte) {
	t.Helper()
	if raceDetector {
		t.Skip("the search does one thing at a time, and is slow with the race detector")
	}
	p, err := pool.New("yuyv 64x48", 0)
	if err != nil {
		t.Fatal(err)
	}
	cam, frame := p.Camera(), make([]byte, p.Bytes())
	for n := range uint32(5) {
		cam.Fill(n, frame)
	}
	return &board{memory: make([]byte, 4<<20), runs: runs}, &Search{Pool: p, Scratch: t.TempDir()}, frame
}

// lay puts n bytes of a frame into memory, and at both ends one that does not belong there, which zero may do by chance.
func lay(memory []byte, at int64, frame []byte, from, n int) {
	copy(memory[at:], frame[from:from+n])
	memory[at-1], memory[at+int64(n)] = ^frame[from-1], ^frame[from+n]
}

// TestMemory: what is there is found, wherever it is, the control beside it and neither changed nor kept.
func TestMemory(t *testing.T) {
	for _, runs := range []bool{true, false} {
		b, s, frame := set(t, runs)
		l, err := s.Memory(b, "empty")
		if err != nil || l.Found.Hits() != 0 || l.Registers != 0 || l.Refound != l.Planted || l.Planted < 1500 || l.Nothing(s.Pool) != nil {
			t.Fatalf("%+v: %v", l, err)
		}
		if b.runs != runs || runs && b.conts != 1 {
			t.Errorf("it ran: %v, and now: %v", runs, b.runs)
		}
		for i, v := range b.memory {
			if v != 0 {
				t.Fatalf("the control left %d at %d", v, i)
			}
		}
		if left, _ := os.ReadDir(s.Scratch); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
		lay(b.memory, 2_000_000, frame, 50, 1000)
		lay(b.memory, 3_000_000, frame, 2000, 10)
		b.vectors = fmt.Sprintf("00112233445566%02x:%02x%02x%02x%02x%02x%02x%02x%02x", ^frame[8], frame[7], frame[6], frame[5], frame[4], frame[3], frame[2], frame[1], frame[0])
		l, err = s.Memory(b, "kept")
		if err != nil || l.Found.RowHits != 993 || l.Found.WordHits != 3 || l.Registers != 1 || l.Refound != l.Planted || l.Oldest != 0 {
			t.Errorf("%+v: %v", l, err)
		}
		if err := l.Nothing(s.Pool); err == nil || !strings.Contains(err.Error(), "993 hits in rows") || l.Verdict == Held {
			t.Errorf("a kept row: %v", err)
		}
	}
}

// TestUnderPlants: what stands where a control is planted, or across its ends, counts.
func TestUnderPlants(t *testing.T) {
	b, s, frame := set(t, false)
	want := 0
	for _, p := range s.plants(b.Size()) {
		lay(b.memory, p.at-3, frame, 100, len(p.bytes)+6)
		want += len(p.bytes) + 6 - 7
	}
	l, err := s.Memory(b, "under")
	if err != nil || l.Found.Hits() != want || l.Refound != l.Planted {
		t.Errorf("%d found, want %d, control %d of %d: %v", l.Found.Hits(), want, l.Refound, l.Planted, err)
	}
}

// TestControl: without its control a search shows nothing.
func TestControl(t *testing.T) {
	b, s, _ := set(t, false)
	b.deaf = true
	l, err := s.Memory(b, "deaf")
	if err != nil || l.Refound != 0 {
		t.Fatalf("%+v: %v", l, err)
	}
	if err := l.Nothing(s.Pool); err == nil || !strings.Contains(err.Error(), "control") {
		t.Errorf("a control that was not found: %v", err)
	}
	p, err := pool.New("yuyv 64x48", 0)
	if err != nil {
		t.Fatal(err)
	}
	s.Pool, b.deaf = p, false
	if l, err = s.Memory(b, "dark"); err != nil {
		t.Fatal(err)
	}
	if err := l.Nothing(s.Pool); err == nil || !strings.Contains(err.Error(), "never played") {
		t.Errorf("a camera that played nothing: %v", err)
	}
}

// TestInFlight: each thing that may be in flight has its bound, and less of it when a frame is worked off.
func TestInFlight(t *testing.T) {
	p, err := pool.New("yuyv 64x48", 0)
	if err != nil {
		t.Fatal(err)
	}
	p.Camera().Fill(0, make([]byte, p.Bytes()))
	judges := []func(*Look, *pool.Pool) error{(*Look).InFlight, (*Look).Worked}
	for i, judge := range judges {
		hits, pages := pieces.InFlight, 20
		if i == 0 {
			hits, pages = hits+3*p.Bytes(), pages+3*2
		}
		few := make([]int64, pages)
		good := Look{Case: "c", Where: "memory", Found: pieces.Found{RowHits: hits, Frames: []pieces.Frame{{Number: 0, Hits: 5000}}, Pages: few},
			Oldest: pieces.MaxAge, Played: 9, Planted: 7, Refound: 7}
		if err := judge(&good, p); err != nil || good.Verdict != Held || good.Allowed == "" {
			t.Fatal(err)
		}
		for name, spoil := range map[string]func(*Look){
			"nothing": func(l *Look) { l.Found.RowHits = 0 }, "before": func(l *Look) { l.Before = 1 },
			"more": func(l *Look) { l.Found.RowHits++ }, "old": func(l *Look) { l.Oldest++ },
			"pages":   func(l *Look) { l.Found.Pages = append(few[:pages:pages], 1) },
			"control": func(l *Look) { l.Refound-- }, "no control": func(l *Look) { l.Refound, l.Planted = 0, 0 },
			"nothing played": func(l *Look) { l.Played = 0 },
		} {
			l := good
			if spoil(&l); judge(&l, p) == nil || l.Verdict == Held {
				t.Errorf("%d: %s: held", i, name)
			}
		}
	}
}

// TestNothing: no row, no register, few words, and on a card not one.
func TestNothing(t *testing.T) {
	_, s, _ := set(t, false)
	for name, c := range map[string]struct {
		l    Look
		held bool
	}{
		"clean": {Look{}, true}, "rows": {Look{Found: pieces.Found{RowHits: 1}}, false}, "registers": {Look{Registers: 1}, false},
		"words": {Look{Found: pieces.Found{WordHits: pieces.MaxWords}}, true}, "many words": {Look{Found: pieces.Found{WordHits: pieces.MaxWords + 1}}, false},
		"card": {Look{Where: card, Registers: -1}, true}, "a word on the card": {Look{Where: card, Found: pieces.Found{WordHits: 1}}, false},
	} {
		c.l.Played, c.l.Planted, c.l.Refound = 1, 1, 1
		if err := c.l.Nothing(s.Pool); (err == nil) != c.held || (c.l.Verdict == Held) != c.held {
			t.Errorf("%s: %v, %s", name, err, c.l.Verdict)
		}
	}
}

// TestRemains: a control that finds no row is none, nor is one whose plants were not found.
func TestRemains(t *testing.T) {
	_, s, _ := set(t, false)
	good := Look{Found: pieces.Found{RowHits: 1}, Played: 1, Planted: 1, Refound: 1}
	if err := good.Remains(s.Pool); err != nil || good.Verdict != Held {
		t.Error(err)
	}
	for _, l := range []Look{{Found: pieces.Found{WordHits: 9}, Played: 1, Planted: 1, Refound: 1}, {Found: pieces.Found{RowHits: 1}, Played: 1, Planted: 1}} {
		if l.Remains(s.Pool) == nil || l.Verdict == Held {
			t.Errorf("%+v: held", l)
		}
	}
}

// TestBefore tells frames of an earlier time from those in flight now.
func TestBefore(t *testing.T) {
	b, s, frame := set(t, false)
	lay(b.memory, 2_000_000, frame, 1, 500)
	now := make([]byte, len(frame))
	s.Pool.Camera().Fill(0, now)
	lay(b.memory, 3_000_000, now, 1, 700)
	l, err := s.Memory(b, "again")
	if err != nil || l.Before != 493 || l.Stale != 493 || l.Found.RowHits != 493+693 || l.Oldest != 1 {
		t.Errorf("%+v: %v", l, err)
	}
	if err := l.InFlight(s.Pool); err == nil || !strings.Contains(err.Error(), "before") {
		t.Errorf("a frame of the time before: %v", err)
	}
}

// TestCard: a card is searched to its last byte, and again with the control in it.
func TestCard(t *testing.T) {
	_, s, frame := set(t, false)
	path := filepath.Join(t.TempDir(), "card.img")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, layout.Data().Start+layout.DataSize+1<<20); err != nil {
		t.Fatal(err)
	}
	l, err := s.Card(path, "clean")
	if err != nil || l.Found.Hits() != 0 || l.Refound != l.Planted || l.Planted != 93+993+2993+1 || l.Nothing(s.Pool) != nil {
		t.Fatalf("%+v: %v", l, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt(frame[500:508], layout.Data().Start+layout.DataSize+1<<20-8) // the very last
	f.Close()
	l, err = s.Card(path, "kept")
	if err != nil || l.Found.WordHits != 1 || l.Nothing(s.Pool) == nil {
		t.Errorf("%+v: %v", l, err)
	}
	if err := os.Truncate(path, 1<<20); err != nil {
		t.Fatal(err)
	}
	if l, err := s.Card(path, "small"); err == nil {
		t.Errorf("a card that is too small: %+v", l)
	}
}

func TestParse(t *testing.T) {
	b := &board{vectors: "0102030405060708:090a0b0c0d0e0f10"}
	all, err := parse(b.text())
	if err != nil || len(all) != 2*(31+32) || fmt.Sprintf("%x", all[62]) != "100f0e0d0c0b0a090807060504030201" || fmt.Sprintf("%x", all[31]) != "e803000000000000" {
		t.Errorf("%d, %x, %x, %v", len(all), all[31], all[62], err)
	}
	general, _, _ := strings.Cut(b.text(), "Q00=")
	if all, err := parse(general + "FPU disabled\n"); err != nil || len(all) != 31 {
		t.Errorf("%d registers behind a reset, want 31: %v", len(all), err)
	}
	for _, text := range []string{"", general, "X00=0000000000000000", b.text() + " X00=0000000000000000"} {
		if _, err := parse(text); err == nil {
			t.Errorf("%.30q: no error", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	b := &board{}
	f.Add(b.text())
	f.Add("X00=00:Q00=")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parse(text)
		for _, one := range all {
			if n := len(one); err == nil && n != 8 && n != 16 {
				t.Errorf("a register of %d bytes", n)
			}
		}
	})
}
