package memory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	layout "tellijn/boards/card"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/forensics"
	"tellijn/tools/rig/forensics/pieces"
	"tellijn/tools/rig/forensics/pool"
	"tellijn/tools/rig/vm"
)

// board is the machine of a test: its memory is a slice.
type board struct {
	bench.Machine // what a test does not need
	mu            sync.Mutex
	memory        []byte
	state         string
	asked         []string
	pool          *pool.Pool
	crashed       string
	looks         int
	spoil         func(look int) // before a look; nil for nothing
}

func (b *board) Board() (forensics.Board, error)               { return b, nil }
func (b *board) Canaries() *pool.Pool                          { return b.pool }
func (b *board) Crash(_ context.Context, program string) error { b.crashed = program; return nil }
func (b *board) Size() int64                                   { return int64(len(b.memory)) }
func (b *board) Stop() error                                   { return b.to("paused", running) }
func (b *board) Cont() error                                   { return b.to(running, "paused", fresh) }

// to changes the state if it is one of these.
func (b *board) to(state string, from ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.Contains(from, b.state) {
		b.state = state
	}
	return nil
}

func (b *board) Memory(path string) error {
	b.looks++
	if b.spoil != nil {
		b.spoil(b.looks)
	}
	return os.WriteFile(path, b.memory, 0o600)
}

func (b *board) Write(address uint64, data []byte) error {
	copy(b.memory[address-vm.RAM:], data)
	return nil
}

func (b *board) Ask(command string, a map[string]any) (json.RawMessage, error) {
	switch command {
	case "query-status":
		b.mu.Lock()
		defer b.mu.Unlock()
		return json.Marshal(map[string]any{"running": b.state == running, "status": b.state})
	case "pmemsave":
		at, n := a["val"].(int64)-vm.RAM, a["size"].(int)
		return nil, os.WriteFile(a["filename"].(string), b.memory[at:at+int64(n)], 0o600)
	case "human-monitor-command":
		text := "FPU disabled"
		for i := range 31 {
			text += fmt.Sprintf(" X%02d=%016x", i, i)
		}
		return json.Marshal(text)
	}
	b.asked = append(b.asked, fmt.Sprint(command, " ", a["shutdown"], " ", a["reboot"]))
	if command == "system_reset" {
		return nil, b.to(fresh, "paused", off)
	}
	return nil, nil
}

// camera plays the film to a board that puts each frame where the driver would, wiping the one before.
type camera struct {
	bench.Camera
	*pool.Pool
	out  bool
	half bool // it was in the middle of a frame then
}

func (c *camera) Fault(kind string, n int) error         { return c.Pool.Fault(kind, n) }
func (c *camera) Await(ctx context.Context, n int) error { return c.Pool.Await(ctx, n) }
func (c *camera) Played() int                            { return c.Pool.Played() }
func (c *camera) Replayed() ([]bench.Counts, error)      { return nil, bench.ErrCannot }
func (c *camera) Truth() ([]bench.Counts, error)         { return nil, bench.ErrCannot }
func (c *camera) Cable(out bool) error                   { c.out, c.half = out, c.Pool.Paused(); return nil }

// stream lets the camera play until the test ends; half a frame is where it pauses.
func stream(t *testing.T, b *board, p *pool.Pool) {
	c, frame := p.Camera(), make([]byte, p.Bytes())
	stop, done := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(stop); <-done })
	go func() {
		defer close(done)
		for n := uint32(0); ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(3 * time.Millisecond):
			}
			b.mu.Lock()
			runs := b.state == running
			if runs && !p.Paused() && c.Ready() {
				half := c.Fault(n) == usbcam.Half
				c.Fill(n, frame)
				copy(b.memory[3<<20:], frame)
				if half {
					c.Seen(usbcam.Paused)
				} else {
					c.Seen(usbcam.Sent)
				}
			} else if runs && !p.Paused() {
				clear(b.memory[3<<20+transfer : 3<<20+len(frame)]) // worked off and wiped; the transfers are not
			}
			b.mu.Unlock()
		}
	}()
}

// transfer is what the test's driver does not wipe; apart is where no control is planted.
const (
	transfer = 2000
	apart    = 9 << 18
)

// cards is one whose copy holds some bytes.
type cards struct {
	bench.Card
	holds []byte
}

func (c *cards) Copy(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteAt(c.holds, layout.SlotA().Start); err != nil {
		return err
	}
	return f.Truncate(layout.Data().Start + layout.DataSize)
}

func scene(t *testing.T) (*bench.Scene, *board) {
	t.Helper()
	if raceDetector {
		t.Skip("the search does one thing at a time, and is slow with the race detector")
	}
	p, err := pool.New("yuyv 64x48", 0)
	if err != nil {
		t.Fatal(err)
	}
	b := &board{memory: make([]byte, 4<<20), state: running, pool: p}
	r := benchtest.New()
	dir := t.TempDir()
	r.TheMachine, r.TheCamera = b, &camera{Pool: p}
	return &bench.Scene{Rig: r, Setup: bench.Setup{Film: "canary"}, Scratch: dir, Keep: map[string]any{}, Say: func(string, ...any) {},
		Point: func(string, float64) {}, File: func(name string) string { return filepath.Join(dir, name) }}, b
}

// do runs the step of a sentence.
func do(t *testing.T, s *bench.Scene, pattern string, texts ...string) (string, error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	for _, step := range Steps() {
		if step.Pattern == pattern {
			return step.Do(ctx, s, bench.Args{Texts: texts, Durations: []time.Duration{100 * time.Millisecond}})
		}
	}
	t.Fatalf("no step %q", pattern)
	return "", nil
}

const (
	onlyBuffers = "check only the driver's buffers hold frames as {text}"
	memoryEmpty = "check nothing is left of frames in memory as {text}"
	remains     = "check rows of frames are left in memory as {text}"
	cardEmpty   = "check nothing is left of frames on the card as {text}"
)

// TestInFlight: a frame in a buffer may be there, one that is over may not, and the worst of the moments counts.
func TestInFlight(t *testing.T) {
	s, b := scene(t)
	stream(t, b, b.pool)
	if saw, err := do(t, s, onlyBuffers, "counts"); err != nil {
		t.Fatalf("%s: %v", saw, err)
	}
	// One moment of all that is not as it should be is enough: more than buffers hold, or than transfers do.
	for at, bytes := range []int{pieces.InFlight + 3*b.pool.Bytes(), pieces.InFlight + 3*b.pool.Bytes(), pieces.InFlight + 3*b.pool.Bytes(), pieces.InFlight, pieces.InFlight} {
		begun := b.looks + 1
		b.spoil = func(look int) {
			clear(b.memory[apart : 3<<20])
			for i := 0; i < bytes+transfer && look == begun+at; i += transfer - 7 {
				copy(b.memory[apart+i:], b.memory[3<<20:3<<20+transfer])
			}
		}
		if saw, err := do(t, s, onlyBuffers, "one moment"); err == nil {
			t.Errorf("look %d: %s", at, saw)
		}
	}
	b.spoil = nil
	clear(b.memory[apart : 3<<20])
	if saw, err := do(t, s, memoryEmpty, "not empty"); err == nil {
		t.Errorf("a frame in a buffer, and nothing is there: %s", saw)
	}
	if saw, err := do(t, s, remains, "remains"); err != nil {
		t.Errorf("%s: %v", saw, err)
	}
	kept := make([]byte, b.pool.Bytes())
	b.mu.Lock()
	copy(kept, b.memory[3<<20:][:len(kept)])
	b.mu.Unlock()
	if err := b.pool.Await(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	copy(b.memory[1<<20+5:], kept[:900])
	b.mu.Unlock()
	if saw, err := do(t, s, onlyBuffers, "keeps"); err == nil || !strings.Contains(err.Error(), "frames old") {
		t.Errorf("%s: %v", saw, err)
	}
	var rows []row
	text, err := os.ReadFile(filepath.Join(s.Scratch, "forensics.json"))
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil || len(rows) != 2+3+2*2+3 {
		t.Fatalf("%d rows: %+v, %v", len(rows), rows, err)
	}
	last := rows[len(rows)-1]
	if rows[0].Case != "counts" || rows[0].Verdict != forensics.Held || rows[0].Moments != 3 || rows[0].RowHits == 0 || rows[1].Moments != 2 ||
		rows[1].RowHits == 0 || rows[1].RowHits > transfer || last.Verdict == forensics.Held || last.ControlFound != last.ControlPlanted {
		t.Errorf("%+v", rows)
	}
}

// TestHalf: half of a frame stays where it is until the cable is pulled, and nothing more is waited for meanwhile.
func TestHalf(t *testing.T) {
	s, b := scene(t)
	stream(t, b, b.pool)
	for _, pattern := range []string{"let only half of the next frame come", onlyBuffers, "pull the camera's cable in the middle of a frame"} {
		if s.Rig.Camera().(*camera).out {
			t.Error("the cable is out too early")
		}
		if saw, err := do(t, s, pattern, "half"); err != nil {
			t.Fatalf("%s: %s: %v", pattern, saw, err)
		}
	}
	if !s.Rig.Camera().(*camera).out || !b.pool.Paused() {
		t.Error("the cable is in")
	}
	clear(b.memory)
	if saw, err := do(t, s, memoryEmpty, "torn off"); err != nil {
		t.Errorf("%s: %v", saw, err)
	}
	if saw, err := do(t, s, remains, "no control"); err == nil {
		t.Errorf("an empty memory as a control: %s", saw)
	}
	if b.state != running {
		t.Errorf("the machine is %s", b.state)
	}
}

// TestTear: the cable is pulled in the middle of a frame, also if nobody waited for one before.
func TestTear(t *testing.T) {
	s, b := scene(t)
	stream(t, b, b.pool)
	if saw, err := do(t, s, "pull the camera's cable in the middle of a frame"); err != nil {
		t.Fatalf("%s: %v", saw, err)
	}
	if c := s.Rig.Camera().(*camera); !c.out || !c.half {
		t.Errorf("the cable is out: %v, in the middle of a frame: %v", c.out, c.half)
	}
}

// TestCard: a card is searched wherever its copy holds something.
func TestCard(t *testing.T) {
	s, b := scene(t)
	frame := make([]byte, b.pool.Bytes())
	b.pool.Camera().Fill(0, frame)
	c := &cards{}
	s.Rig.(*benchtest.Rig).TheCard = c
	if saw, err := do(t, s, cardEmpty, "empty"); err != nil {
		t.Errorf("%s: %v", saw, err)
	}
	c.holds = frame[50:60]
	if saw, err := do(t, s, cardEmpty, "kept"); err == nil {
		t.Errorf("10 bytes of a frame on the card: %s", saw)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Scratch, "card*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// TestEnds: a machine is made to stand still, reset and let go on, in these words.
func TestEnds(t *testing.T) {
	s, b := scene(t)
	held := time.Duration(0)
	s.Rig.(*benchtest.Rig).OnHold = func(d time.Duration) error { held = d; return nil }
	const keeps, stands, resets, goes = "keep the memory when the board switches itself off", "the board stands still within {duration}",
		"reset the board with its memory as it is", "let the board run on"
	must := func(pattern string) {
		t.Helper()
		if saw, err := do(t, s, pattern); err != nil {
			t.Fatalf("%s: %s: %v", pattern, saw, err)
		}
	}
	must(keeps)
	if _, err := do(t, s, stands); err == nil {
		t.Error("a machine that runs stands still")
	}
	b.to(off, running)
	must(stands)
	must(resets)
	if b.state != fresh {
		t.Errorf("after a reset it is %s", b.state)
	}
	must(goes)
	if b.state != running || held == 0 {
		t.Errorf("it is %s; the button was held for %v", b.state, held)
	}
	must(resets) // as it runs
	want := []string{"set-action pause reset", "set-action pause reset", "system_reset <nil> <nil>", "set-action pause reset", "system_reset <nil> <nil>"}
	if !slices.Equal(b.asked, want) {
		t.Errorf("asked %q, want %q", b.asked, want)
	}
}

// TestCrash: the eye is struck, and from then on no frame comes until the camera is let go on.
func TestCrash(t *testing.T) {
	s, b := scene(t)
	c := b.pool.Camera()
	if saw, err := do(t, s, "crash the eye with a frame in its hands"); err != nil || b.crashed != "eye" || c.Ready() {
		t.Errorf("%q was struck, the camera goes on: %v; %s, %v", b.crashed, c.Ready(), saw, err)
	}
	if _, err := do(t, s, "let the camera send again"); err != nil || !c.Ready() {
		t.Errorf("the camera rests: %v", err)
	}
}

// TestCannot: no search without frames that can be told, or without a machine to look into.
func TestCannot(t *testing.T) {
	s, b := scene(t)
	s.Setup.Film, b.pool = "door 1", nil
	if _, err := do(t, s, memoryEmpty, "x"); err == nil || !strings.Contains(err.Error(), `film "door 1", want canary`) {
		t.Errorf("another film: %v", err)
	}
	s.Rig.(*benchtest.Rig).TheMachine = nil
	for _, step := range Steps() {
		if _, err := do(t, s, step.Pattern, "x"); !errors.Is(err, bench.ErrCannot) {
			t.Errorf("%s: %v, want that it cannot be", step.Pattern, err)
		}
		if step.Doc == "" || step.Check != strings.HasPrefix(step.Pattern, "check ") {
			t.Errorf("%+v", step)
		}
	}
}
