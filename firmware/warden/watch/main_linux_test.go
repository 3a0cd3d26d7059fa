package watch

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/counting/tally"
	"tellijn/firmware/courier/shelf"
	"tellijn/firmware/handoff"
	"tellijn/firmware/orders"
	"tellijn/firmware/queue"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/starter"
	"tellijn/firmware/warden/talk"
	"tellijn/hal/alarm"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/wire"
)

// port is the way to the starter of these tests; they run in the core that it started.
var port *child.Port

// courierDir is the variable with the directory of the couriers of these tests.
const courierDir = "TELLIJN_TEST_COURIER"

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
		talk.Core:    {Name: "test-core", Path: me, Args: os.Args[1:], Env: append(os.Environ(), courierDir+"="+dir)},
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
	stays // although it was asked to end
)

func eyePlays() {
	o, err := orders.Read(os.Stdin)
	if err != nil {
		os.Exit(int(orders.BadOrders))
	}
	if o.Sim.Seed == stays {
		signal.Ignore(unix.SIGINT, unix.SIGTERM)
	}
	w := wire.NewWriter(os.NewFile(3, "tallies"), wire.Stream{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond, Held: layers.Needed})
	for n := uint32(0); ; n++ {
		t := tally.Tally{Number: n, From: 5 * n, To: 5*n + 5, Cycles: 5}
		t.Lines[0].Forward = 1
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

// What the courier plays, told to it by a file of this name in its directory.
const (
	deaf = "deaf" // gives receipts for what it does not read
	mute = "mute" // reads and gives none
)

func courierPlays(dir string) {
	back := os.NewFile(3, "receipts")
	plays := func(what string) bool {
		return os.Remove(filepath.Join(dir, what)) == nil && handoff.WriteBack(back, handoff.Back{Kind: handoff.Hello}) == nil
	}
	switch {
	case plays(deaf):
		for handoff.WriteBack(back, handoff.Back{Kind: handoff.Stored, Upto: 1 << 40}) == nil {
			time.Sleep(time.Millisecond)
		}
	case plays(mute):
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
	q, err := queue.Open(filepath.Join(dir, "queue.db"), queue.Options{})
	if err != nil {
		os.Exit(1)
	}
	s := shelf.Shelf{In: os.Stdin, Out: back, Queue: q, Say: func(string) {}, Rest: func(time.Duration) bool { return true }}
	err = errors.Join(s.Run(), q.Close())
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}
