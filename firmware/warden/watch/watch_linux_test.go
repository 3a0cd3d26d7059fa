package watch

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/boards"
	"tellijn/counting/tally"
	"tellijn/firmware/courier/shelf"
	"tellijn/firmware/orders"
	"tellijn/firmware/queue"
	"tellijn/firmware/warden/calendar"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/starter"
	"tellijn/firmware/warden/talk"
	"tellijn/hal/alarm"
	"tellijn/hal/camera"
	"tellijn/hal/clock"
	"tellijn/hal/power"
	"tellijn/hal/power/simpower"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/layers"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
	"tellijn/privacy/wire"
)

// port is the way to the starter of these tests; they run in the core that it started.
var port *child.Port

// TestMain is the starter, the core with the tests, and the programs that they start.
func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "eye":
		eyePlays()
	case "courier":
		courierPlays(os.Args[1])
	case "test-core":
		flag.Parse()
		var err error
		if port, err = child.Open(starter.LineFd); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	}
	me, err := os.Executable()
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "tellijn-watch-")
	if err != nil {
		panic(err)
	}
	s := starter.Setup{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}}
	s.Programs = [talk.Count]starter.Program{
		talk.Core:    {Name: "test-core", Path: me, Args: os.Args[1:], Env: os.Environ()},
		talk.Eye:     {Name: "eye", Path: me, Least: 5, Most: 6, Hash: true, Dies: true},
		talk.Courier: {Name: "courier", Path: me, Args: []string{dir}, Least: 4, Most: 4},
	}
	code, err := starter.Run(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// What the eye plays, told to it as the seed of the play, after a second of tallies.
const (
	counts = iota
	hangs
	lies
	breaks // makes a system call that its filter does not have
	late   // notices by itself that a frame lived too long
	crashes
)

func eyePlays() {
	o, err := orders.Read(os.Stdin)
	if err != nil {
		os.Exit(int(orders.BadOrders))
	}
	w := wire.NewWriter(os.NewFile(3, "tallies"), wire.Stream{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond, Held: layers.Needed})
	for n := uint32(0); ; n++ {
		t := tally.Tally{Number: n, From: 5 * n, To: 5*n + 5, Cycles: 5}
		if n == 3 {
			switch o.Sim.Seed {
			case hangs:
				h, err := alarm.At(4)
				if err != nil || h.Arm(200*time.Millisecond) != nil {
					os.Exit(90)
				}
				time.Sleep(time.Hour)
			case lies:
				t.Number = 77
			case breaks:
				tryWhatItMayNot()
			case late:
				os.Exit(int(orders.Overdue))
			case crashes:
				os.Exit(int(orders.Gone))
			}
		}
		if w.Write(&t) != nil {
			os.Exit(int(orders.NobodyAsks))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// tryWhatItMayNot sets a filter that ends the program for one system call, and makes that call.
func tryWhatItMayNot() {
	runtime.LockOSThread()
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.SYS_GETPPID},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == nil &&
		unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)), 0, 0) == nil {
		unix.Getppid()
	}
	os.Exit(92)
}

func courierPlays(dir string) {
	q, err := queue.Open(filepath.Join(dir, "queue.db"), queue.Options{})
	if err != nil {
		os.Exit(1)
	}
	s := shelf.Shelf{In: os.Stdin, Out: os.NewFile(3, "receipts"), Queue: q, Say: func(string) {}, Rest: func(time.Duration) bool { return true }}
	err = errors.Join(s.Run(), q.Close())
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

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

// run lets a warden work with this eye until enough says so, and gives what it told.
func run(t *testing.T, play uint64, sw power.Switch, enough func(*notes) bool) (*notes, error) {
	t.Helper()
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	b.Speed = 10
	n, stop := &notes{}, make(chan struct{})
	s := Setup{Board: b, Port: port, Stop: stop, Dir: "d", Play: orders.Scripted{Seed: play}, Boot: [16]byte{byte(play) + 1}, Power: sw,
		Factor: 90, Place: time.UTC, Self: [32]byte{1}, Configured: [32]byte{2},
		Say:  func(l string) { n.mu.Lock(); n.lines = append(n.lines, l); n.mu.Unlock() },
		Emit: func(e devicelog.Event) { n.mu.Lock(); n.events = append(n.events, e); n.mu.Unlock() }}
	if s.Clock, err = clock.Open(b.Speed, true); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(filepath.Join(t.TempDir(), "ledger.db"), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if s.Calendar, err = calendar.Compress(s.Factor, s.Clock.Now(), true); err != nil {
		t.Fatal(err)
	}
	s.Keeper = calendar.New(time.Time{}, time.Unix(1_790_000_000, 0))
	s.Clerk = clerk.Setup{Ledger: l, Desk: desk.Setup{Device: b.Device, Boot: s.Boot, Driver: "sim", Simulated: true, Lines: b.Scene.NLines,
		Zones: b.Scene.NZones, Policy: release.Default(), Location: time.UTC, Key: sign.NewKey([32]byte{1})}}
	w, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- w.Run() }()
	quit := time.After(30 * time.Second)
	for !enough(n) {
		select {
		case err := <-done:
			return n, err
		case <-quit:
			t.Fatalf("waited in vain: %v\n%s", n.kinds(), n.said())
		case <-time.After(5 * time.Millisecond):
		}
	}
	close(stop)
	select {
	case err := <-done:
		return n, err
	case <-quit:
		t.Fatal("does not end")
	}
	return nil, nil
}

// besides are events that say nothing of how an eye ended.
func besides(k devicelog.Kind) bool {
	return slices.Contains([]devicelog.Kind{devicelog.CourierEnded, devicelog.LayerAbsent, devicelog.Boot, devicelog.Configured,
		devicelog.Firmware, devicelog.Sandbox, devicelog.Shutdown, devicelog.ClockStep}, k)
}

// TestEvents has eyes that end in each way. What is told is the whole list, in order.
func TestEvents(t *testing.T) {
	starts := func(k int) func(*notes) bool {
		return func(n *notes) bool {
			return len(slices.DeleteFunc(n.kinds(), func(e devicelog.Kind) bool { return e != devicelog.EyeStarted })) == k
		}
	}
	const on, off, started, ended = devicelog.PowerOn, devicelog.PowerOff, devicelog.EyeStarted, devicelog.EyeEnded
	for _, tc := range []struct {
		what  string
		play  uint64
		grave devicelog.Kind // 0: none, and the power stays on
		words string
	}{
		{"hangs", hangs, devicelog.EyeOverdue, "because it held a frame for more than 200 ms"},
		{"lies", lies, devicelog.EyeLied, "because it said what cannot be: "},
		{"filtered", breaks, devicelog.EyeFiltered, "the eye tried what it may not, and the kernel ended it"},
		{"late", late, devicelog.EyeOverdue, "stopped because a frame lived too long"},
		{"crashes", crashes, 0, "lost its camera"},
	} {
		epoch := time.Now()
		sw := simpower.New(func() time.Duration { return time.Since(epoch) })
		n, err := run(t, tc.play, sw, starts(2))
		if err != nil {
			t.Errorf("%s: %v", tc.what, err)
		}
		want := []devicelog.Kind{on, started, tc.grave, ended, off, on, started}
		if tc.grave == 0 {
			want = []devicelog.Kind{on, started, ended, started}
		}
		// How the second eye ends depends on when; in the end there is no power and no courier.
		all := slices.DeleteFunc(n.kinds(), func(e devicelog.Kind) bool { return besides(e) })
		if len(all) < len(want)+2 || !slices.Equal(all[:len(want)], want) || all[len(all)-1] != off || sw.Powered() {
			t.Errorf("%s: events %v, want %v and more, and %v at the end", tc.what, all, want, off)
		}
		if !strings.Contains(n.said(), tc.words) {
			t.Errorf("%s: not said: %s\n%s", tc.what, tc.words, n.said())
		}
		turns, _ := sw.Turns()
		if tc.grave != 0 && (len(turns) < 3 || turns[2].At-turns[1].At < dark) {
			t.Errorf("%s: turns of the switch %v, want it off for %v", tc.what, turns, dark)
		}
	}
}

// TestBrokenSwitch starts no eye before a camera whose power cannot be switched, and says why.
func TestBrokenSwitch(t *testing.T) {
	sw := simpower.New(func() time.Duration { return 0 })
	sw.Fail(errors.New("stuck"))
	n, err := run(t, counts, sw, func(n *notes) bool { return strings.Contains(n.said(), "is broken: stuck; it is started again") })
	if err != nil || slices.Contains(n.kinds(), devicelog.EyeStarted) {
		t.Errorf("%v, %v", err, n.kinds())
	}
}

// TestNoSwitch counts on a board without a switch, and says once that there is none.
func TestNoSwitch(t *testing.T) {
	n, err := run(t, counts, power.None{}, func(n *notes) bool { return strings.Contains(n.said(), "Loaded   camera") })
	const want = "Skipped  camera power: this board has no switch that we know"
	if err != nil || strings.Count(n.said(), want) != 1 || slices.Contains(n.kinds(), devicelog.PowerOn) {
		t.Errorf("%v, %v, %s", err, n.kinds(), n.said())
	}
	// It says that it has all that is needed. What can be seen from outside is not its own to say: it
	// has no filter, no namespaces and all rights.
	if !strings.Contains(n.said(), "Skipped  confinement of the eye: no system-call filter, no dropped rights, no namespaces, ") {
		t.Errorf("the eye was believed: %s", n.said())
	}
	if !slices.ContainsFunc(n.events, func(e devicelog.Event) bool {
		return e.Kind == devicelog.LayerAbsent && e.A == int32(devicelog.Warden) && e.B == int32(devicelog.Power)
	}) {
		t.Error("no event")
	}
}
