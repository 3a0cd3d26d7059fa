package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"tellijn/firmware/scout/links"
	"tellijn/firmware/scout/resolv"
	"tellijn/firmware/scout/setter"
	"tellijn/firmware/scout/talk"
	"tellijn/hal"
	"tellijn/hal/clock/adjust"
	"tellijn/hal/rtc"
	"tellijn/privacy/sandbox"
)

// etc is the folder of the list of name servers, which is in memory on a board.
const etc = "/etc"

// nobody is the user without files of its own. (Debian Policy 9.2.2)
const nobody = 65534

// requests are those to a clock chip.
func requests() []uint64 { return []uint64{rtc.RequestRead, rtc.RequestSet, rtc.RequestPower} }

// setting is the setter: it opens the clock chip, confines itself, and sets until somebody ends it.
func setting(o *options) error {
	runtime.LockOSThread() // the kernel ends the asker when the thread ends that started it
	plan, err := o.plan()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s := setter.Setup{Plan: plan, Network: links.Kernel{}, Clock: adjust.Clock{}, Out: os.Stdout,
		Names: func(all []netip.Addr) error { return resolv.Write(etc, all) }}
	chip := -1
	if o.chip != "" {
		d, err := rtc.Open(o.chip)
		switch {
		case err == nil:
			s.Chip, chip = d, d.Fd()
		case !errors.Is(err, hal.ErrAbsent):
			fmt.Println("Failed   clock:", err)
		}
	}
	sys := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 {
		sys.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	may := sandbox.Setting{Self: self, Etc: etc, Chip: chip, Asks: requests()}
	if r := prepare(o, &s, null); r != nil {
		may.Radio, s.Radio = joins(), r.Run
	}
	if err := enter(sandbox.Setter(may, os.Getpid())); err != nil {
		return err
	}
	if !plan.None {
		s.Start = func() (setter.Asker, error) { return start(o.servers, null, sys) }
	}
	stop, asked := make(chan struct{}), make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
	go func() { <-asked; close(stop) }()
	setter.New(s).Run(stop)
	return nil
}

// start starts an asker: this program again, as nobody, with nothing but its end of a line.
func start(servers []string, null *os.File, sys *syscall.SysProcAttr) (setter.Asker, error) {
	line, theirs, err := talk.Pair()
	if err != nil {
		return nil, err
	}
	defer syscall.Close(theirs)
	argv := []string{"scout-asker", askerArg}
	for _, s := range servers {
		argv = append(argv, "-time="+s)
	}
	attr := syscall.ProcAttr{Dir: "/", Env: []string{"GODEBUG=updatemaxprocs=0,containermaxprocs=0,decoratemappings=0"},
		Files: []uintptr{null.Fd(), 1, 2, uintptr(theirs)}, Sys: sys}
	pid, err := syscall.ForkExec("/proc/self/exe", argv, &attr)
	if err != nil {
		line.Close()
		return nil, fmt.Errorf("start the asker: %w", err)
	}
	return setter.Listen(line, pid), nil
}
