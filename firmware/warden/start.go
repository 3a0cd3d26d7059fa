package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/firmware/warden/enrol"
	"tellijn/firmware/warden/panel"
	"tellijn/firmware/warden/parts"
	"tellijn/firmware/warden/signs"
	"tellijn/firmware/warden/spaces"
	"tellijn/firmware/warden/starter"
	"tellijn/firmware/warden/talk"
	"tellijn/privacy/sandbox"
)

// coreArg is the first argument of the core.
const coreArg = "core"

// The core's descriptors behind that of the line.
const (
	viewFd  = starter.LineFd + 1
	feedFd  = starter.LineFd + 2
	worldFd = starter.LineFd + 3
)

// start is the starter's half: it fixes what may be started, and starts and serves the core.
func start(o *options, f *flag.FlagSet) (int, error) {
	if o.manifest {
		var devices []sandbox.Device // of a board that was named
		if b, err := board(o); err == nil {
			devices = parts.Named(&b, 6)
		} else if o.board != "" {
			return 1, err
		}
		fmt.Print(sandbox.Warden(starter.LineFd, 5, 1, devices...).Text())
		return 0, nil
	}
	if o.sign != 0 {
		return 0, showSign(o)
	}
	if (o.identity || o.keys != "") && o.dir == "" {
		return 1, fmt.Errorf("-dir is missing; the keys of the device lie there")
	}
	if o.identity {
		return 0, identity(o)
	}
	if o.keys != "" {
		return enrol.Take(o.keys, filepath.Join(o.dir, ownDir, ledgerFile), func(line string) { fmt.Println(line) })
	}
	b, err := board(o)
	o.address = b.Upload.Address
	for _, d := range []struct {
		name string
		fd   int
	}{{"view", o.view}, {"feed", o.feed}, {"world", o.world}} {
		if err == nil && d.fd != 0 {
			err = handed(d.name, d.fd)
		}
	}
	if err != nil {
		return 1, err
	}
	for _, p := range []struct {
		path *string
		name string
		must bool
	}{{&o.eye, "eye", true}, {&o.courier, "courier", true}, {&o.dialer, "dialer", o.address != ""}, {&o.dir, "dir", true}, {&o.config, "config", false}, {&o.approval, "approval", false}} {
		if *p.path == "" && !p.must {
			continue
		}
		if *p.path == "" {
			return 1, fmt.Errorf("-%s is missing; go run ./tools/try starts everything with the right flags", p.name)
		}
		if *p.path, err = filepath.Abs(*p.path); err != nil {
			return 1, err
		}
	}
	if _, err := os.Stat(o.eye); err != nil {
		return 1, fmt.Errorf("cannot start the eye: %w", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 1, err
	}
	files := []*os.File{null, os.Stdout, os.Stderr}
	for _, p := range []struct {
		fd   *int
		name string
		to   int
	}{{&o.view, "view", viewFd}, {&o.feed, "feed", feedFd}, {&o.world, "world", worldFd}} {
		if *p.fd == 0 {
			files = append(files, null)
			continue
		}
		files, *p.fd = append(files, os.NewFile(uintptr(*p.fd), p.name)), p.to
	}
	if err := settle(filepath.Join(o.dir, courierDir)); err != nil {
		return 1, err
	}
	if !b.Kind.Pretended() {
		if err := starter.Quiet(starter.Logged); err != nil {
			fmt.Printf("Skipped  quiet log: the kernel may write into its log for what call a program was ended (%v)\n", err)
		}
	}
	return starter.Run(starter.Setup{Programs: programs(o, f, &b), Files: files, Need: !b.Kind.Pretended()})
}

// programs is the table of all that is ever started, and with what.
func programs(o *options, f *flag.FlagSet, b *boards.Board) (t [talk.Count]starter.Program) {
	const alone = spaces.Mounts | spaces.Pids | spaces.Messages | spaces.Names
	// Or the runtime would ask once a second how many processors there are, and name each piece of
	// memory, with system calls that nothing else needs.
	// It would also hold two files of its control group open.
	const steady = "GODEBUG=updatemaxprocs=0,containermaxprocs=0,decoratemappings=0"
	// The core keeps little and makes little garbage; without this it would keep 4 MB of it before the
	// first collection, and starter and core have to stay below 16 MiB together.
	const tidy = "GOGC=25"
	t[talk.Core] = starter.Program{Name: "warden-core", Path: self(), Args: coreArgs(o, f), Spaces: alone | spaces.Net,
		Env: []string{steady, tidy}}
	t[talk.Eye] = starter.Program{Name: "eye", Path: o.eye, Spaces: alone | spaces.Net,
		// Preemption by signals would spill registers, which hold parts of a frame, to a signal
		// stack.
		Env: []string{steady + ",asyncpreemptoff=1", "GOMAXPROCS=1"},
		// Orders, nothing, nothing (nobody hears its words), tallies, alarm; and for a clip its frames.
		Least: 5, Most: 6, Hash: true, Dies: true}
	t[talk.Courier] = starter.Program{Name: "courier", Path: o.courier, Args: courierArgs(o, b), Dir: filepath.Join(o.dir, courierDir), Spaces: alone | spaces.Net, Env: []string{steady},
		// Records, nothing, words, receipts. It has no network: the starter adds its end of the socket
		// to the dialer.
		Least: 4, Most: 4}
	if o.address != "" {
		t[talk.Dialer] = starter.Program{Name: "dialer", Path: o.dialer, Args: []string{"-address", o.address}, Spaces: alone, Env: []string{steady},
			// Nothing, nothing, words. It sees the network of the machine.
			Least: 3, Most: 3, Dies: true}
	}
	return t
}

// courierArgs tells the courier where its files are, and what of the configuration is for it.
func courierArgs(o *options, b *boards.Board) []string {
	args := []string{"-dir", "."} // where it is started: it may not pass through what lies above
	if b.Upload.Kind == "" {
		return args
	}
	pace := b.Interval / time.Duration(b.Speed) / time.Duration(o.factor(b))
	return append(args, "-device", b.Device, "-kind", b.Upload.Kind, "-address", b.Upload.Address, "-receipts", b.Upload.Receipts,
		"-pace", pace.String(), fmt.Sprintf("-poll=%v", b.Room.NDoor > 0))
}

// self is the path of this program as it runs, whatever lies at its place by now.
func self() string {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe"
	}
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

// coreArgs hands on the flags that were given, with paths that hold anywhere and the core's own
// descriptors. What the programs are is not the core's to know.
func coreArgs(o *options, f *flag.FlagSet) []string {
	args := []string{coreArg}
	f.Visit(func(g *flag.Flag) {
		value := g.Value.String()
		switch g.Name {
		case "eye", "courier", "dialer":
			return
		case "dir":
			value = o.dir
		case "config":
			value = o.config
		case "approval":
			value = o.approval
		case "view":
			value = strconv.Itoa(o.view)
		case "feed":
			value = strconv.Itoa(o.feed)
		case "world":
			value = strconv.Itoa(o.world)
		}
		args = append(args, "-"+g.Name+"="+value)
	})
	return args
}

// showSign shows a sign on the board's lamp until somebody ends it, and opens nothing else: the first process has
// no lines, and asks for this where nothing can run. A board without a lamp has nothing to show it on.
func showSign(o *options) error {
	sign := signs.Sign(min(o.sign, signs.Signs))
	if sign != signs.Three && sign != signs.Six {
		return fmt.Errorf("-sign %d, want 3 (approval or configuration) or 6 (nothing can be stored)", o.sign)
	}
	b, err := boards.Lookup(o.board)
	if err != nil {
		return err
	}
	b.Parts, b.Driver = plan.Parts{Lamp: b.Parts.Lamp}, ""
	began := time.Now()
	since := func() time.Duration { return time.Since(began) }
	set := parts.Open(&b, parts.Machine(), since, func(string) {})
	defer set.Close()
	if set.Lamp == nil {
		fmt.Println("Skipped  lamp: there is none to show a sign on")
		return nil
	}
	fmt.Printf("Loaded   lamp: shows %v\n", sign)
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	return panel.Alone(set.Lamp, sign, since, asked)
}
