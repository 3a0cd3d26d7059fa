//go:build hostile && linux

// Taken is a courier or a dialer that was taken over: it holds what an honest one holds, confines itself
// as that one does, and does one thing that it may not. It exists in tests only and is built only with
// the tag hostile; nothing of it is in a program of a device. Its arguments are the program, the
// attack, "free" or "confined", another program's process id, its directory, a file that is not its
// own, and the port that it may connect to.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
	"tellijn/tools/proof/attacks/codes"
)

// Descriptors that it is started with, behind its line.
const (
	fdConnection = 5 // a connection that it was handed
	fdDatagrams  = 6 // a socket for single messages, and
	fdListener   = 7 // one that somebody has connected to, as no honest one has
)

// attack is what an attack knows.
type attack struct {
	line  int // its own end
	other int // process id of another program
	dir   string
	file  string
	port  int
	place uintptr // in the memory of the other program
}

func main() {
	if len(os.Args) != 8 {
		fmt.Fprintln(os.Stderr, "taken: want seven arguments; tools/proof/attacks/outward gives them")
		os.Exit(codes.Unknown)
	}
	program, name, how := os.Args[1], os.Args[2], os.Args[3]
	a := &attack{dir: os.Args[5], file: os.Args[6], line: sandbox.DialerLine}
	a.other, _ = strconv.Atoi(os.Args[4])
	a.port, _ = strconv.Atoi(os.Args[7])
	m := sandbox.Dialer(sandbox.Calling{Port: uint16(a.port), Named: true, Files: []string{"/etc/hosts"}}, os.Getpid())
	if program == "courier" {
		m, a.line = sandbox.Courier(a.dir, os.Getpid()), sandbox.CourierLine
	}
	do := calls()[name]
	if do == nil {
		fmt.Fprintf(os.Stderr, "taken: no attack %q\n", name)
		os.Exit(codes.Unknown)
	}
	a.look()
	if how != "free" {
		if _, err := confine.Enter(m); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(codes.Unknown)
		}
	}
	err := do(a)
	var e syscall.Errno
	switch {
	case err == nil:
		syscall.Exit(codes.Worked)
	case errors.As(err, &e) && e > 0 && e < 255-codes.Errno:
		syscall.Exit(codes.Errno + int(e))
	}
	syscall.Exit(codes.Failed)
}

// opens opens a file.
func opens(path string, how int) error {
	_, err := unix.Open(path, how|unix.O_CLOEXEC, 0o600) // as Go's own does
	return err
}

func first(_ int, err error) error { return err }

// connects connects a new socket.
func (a *attack) connects(host byte, port int) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	// That nobody listens there, or not yet, is said by the other side: it came through.
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, host}})
	if err == unix.EINPROGRESS || err == unix.ECONNREFUSED {
		return nil
	}
	return err
}
