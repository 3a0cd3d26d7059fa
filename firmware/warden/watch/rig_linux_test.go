package watch

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/calendar"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/ledger"
	"tellijn/hal/clock"
	"tellijn/hal/power"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
)

// notes is what a warden told.
type notes struct {
	mu     sync.Mutex
	events []devicelog.Event
	lines  []string
}

func (n *notes) kinds() (all []devicelog.Kind) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.events {
		all = append(all, e.Kind)
	}
	return all
}

func (n *notes) said() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.lines, "\n")
}

// rig is a warden that does not run yet, its ledger, and what it tells.
type rig struct {
	*Warden
	told *notes
	t    *testing.T
	file *ledger.Ledger
	stop chan struct{}
}

// begin makes a warden with this eye.
func begin(t *testing.T, play uint64, sw power.Switch) *rig {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tellijn-watch-") // in memory where the machine has that
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return on(t, file(t, dir), play, sw)
}

// file is a new ledger.
func file(t *testing.T, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(filepath.Join(dir, "ledger.db"), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// on makes a warden that goes on with a ledger.
func on(t *testing.T, l *ledger.Ledger, play uint64, sw power.Switch) *rig {
	t.Helper()
	return with(t, l, play, sw, func(*Setup, *gate.Setup) {})
}

// with makes one with other settings.
func with(t *testing.T, l *ledger.Ledger, play uint64, sw power.Switch, change func(*Setup, *gate.Setup)) *rig {
	t.Helper()
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	b.Speed = 10
	r := &rig{told: &notes{}, t: t, file: l, stop: make(chan struct{})}
	n := r.told
	s := Setup{Board: b, Port: port, Stop: r.stop, Dir: "d", Play: orders.Scripted{Seed: play}, Boot: [16]byte{byte(play) + 1}, Power: sw,
		Factor: 90, Place: time.UTC, Self: [32]byte{1}, Configured: [32]byte{2},
		Say:  func(l string) { n.mu.Lock(); n.lines = append(n.lines, l); n.mu.Unlock() },
		Emit: func(e devicelog.Event) { n.mu.Lock(); n.events = append(n.events, e); n.mu.Unlock() }}
	g, err := gate.Of(&b, boards.Approval("sim"))
	if err != nil {
		t.Fatal(err)
	}
	change(&s, &g)
	s.Gate = gate.New(g)
	if s.Clock, err = clock.Open(s.Board.Speed, true); err != nil {
		t.Fatal(err)
	}
	if s.Calendar, err = calendar.Compress(s.Factor, s.Clock.Now(), true); err != nil {
		t.Fatal(err)
	}
	s.Keeper = calendar.New(clerk.Floor(l), time.Unix(1_790_000_000, 0))
	s.Clerk = clerk.Setup{Ledger: l, Desk: desk.Setup{Device: b.Device, Boot: s.Boot, Driver: "sim", Simulated: true, Lines: b.Scene.NLines,
		Zones: b.Scene.NZones, Policy: release.Default(), Location: time.UTC, Key: sign.NewKey([32]byte{1})}}
	if r.Warden, err = New(s); err != nil {
		t.Fatal(err)
	}
	r.clerk.Eye([32]byte{7})
	return r
}

// run lets it work until enough says so.
func (r *rig) run(enough func(*notes) bool) error {
	r.t.Helper()
	done := make(chan error)
	go func() { done <- r.Run() }()
	quit := time.After(30 * time.Second)
	for !enough(r.told) {
		select {
		case err := <-done:
			return err
		case <-quit:
			r.t.Fatalf("waited in vain: %v\n%s", r.told.kinds(), r.told.said())
		case <-time.After(5 * time.Millisecond):
		}
	}
	close(r.stop)
	select {
	case err := <-done:
		return err
	case <-quit:
		r.t.Fatal("does not end")
	}
	return nil
}

// run lets a warden work with this eye until enough says so, and gives what it told. All of that can be
// entered into the log.
func run(t *testing.T, play uint64, sw power.Switch, enough func(*notes) bool) (*notes, error) {
	t.Helper()
	r := begin(t, play, sw)
	err := r.run(enough)
	r.entered()
	return r.told, err
}

// entered fails for an event that the log of the device cannot say.
func (r *rig) entered() {
	r.t.Helper()
	var c devicelog.Chain
	c.Key, c.Device, c.Boot = sign.NewKey([32]byte{1}), "sim", [16]byte{1}
	for _, e := range r.told.events {
		if _, _, err := c.Append(e, devicelog.Moment{At: 1_795_330_800}); err != nil {
			r.t.Errorf("%v is told and cannot be entered: %v", e, err)
		}
	}
}
