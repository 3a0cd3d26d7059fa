// The scout sets up the network and the clock of a board: it asks for an address, or sets the one of the
// configuration, has a supplicant join a radio network, and asks for the time. It is two processes of this
// one program: the setter, which may set interfaces and the clock and reads nothing that came from a network,
// and the asker, which reads what strangers send and may set nothing. Nobody can connect to either. It has
// no camera, no records and no keys; it stands beside the data path. The first process of a board starts
// it (firmware/warden/first); elsewhere the system does what it would.
//
// The runtime neither asks once a second how many processors there are, nor names its memory: these are
// system calls, and files held open, that nothing else needs.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
//go:debug decoratemappings=0
package main

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tellijn/firmware/scout/asker"
	"tellijn/firmware/scout/packets"
	"tellijn/firmware/scout/sntp"
	"tellijn/firmware/scout/talk"
	"tellijn/hal/clock"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

// askerArg is the first argument of the asker, and supplicantArg that of what becomes the supplicant.
const (
	askerArg      = "asker"
	supplicantArg = "supplicant"
)

func main() {
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	if len(os.Args) == 3 && os.Args[1] == supplicantArg {
		fail(supplicant(os.Args[2]))
	}
	asks := len(os.Args) > 1 && os.Args[1] == askerArg
	args := os.Args[1:]
	if asks {
		args = args[1:]
	}
	o, err := flags(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
	case o.manifest:
		fmt.Print(manifests())
		return
	case asks:
		err = asking(o)
	default:
		err = setting(o)
	}
	fail(err)
}

// fail ends with what is wrong, if anything is.
func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "scout:", err)
		os.Exit(1)
	}
}

// manifests are those of all parts, for people.
func manifests() string {
	r := &sandbox.Radio{Program: "/sbin/wpa_supplicant", Libraries: []string{"/lib", "/usr/lib"}, Dir: "/run/scout"}
	return sandbox.Setter(sandbox.Setting{Self: "(this program)", Etc: etc, Chip: 4, Asks: requests(), Radio: r}, 1).Text() +
		sandbox.Asker(1).Text() + sandbox.Supplicant(*r).Text()
}

// enter confines this program, and says what the kernel has not.
func enter(m sandbox.Manifest) error {
	held, err := confine.Enter(m)
	if err != nil {
		return err
	}
	// It sees the network of the machine, has no camera, and there are no frames in its memory.
	if missing := (held | layers.Spaces | layers.Locked | layers.Secret | layers.Room).Missing(); len(missing) > 0 {
		fmt.Printf("Skipped  confinement of the %s: no %s\n", m.Program, strings.Join(missing, ", no "))
	}
	return nil
}

// asking is the asker: it confines itself and asks until the setter is gone.
func asking(o *options) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM) // the setter says when to end
	if err := enter(sandbox.Asker(os.Getpid())); err != nil {
		return err
	}
	c, err := clock.Open(1, false)
	if err != nil {
		return err
	}
	return asker.Run(asker.Setup{Line: talk.At(sandbox.AskerLine), Servers: o.servers, Boot: c.Boot, Random: random,
		Open: func(fd int) asker.Packets { return packets.Open(fd) }, Pipe: func(fd int) io.ReadCloser { return os.NewFile(uintptr(fd), "supplicant") },
		Ask: func(server string, names []netip.Addr) (sntp.Answer, error) { return asker.Ask(server, names, c.Boot) }})
}

// random gives any number.
func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // which never fails (crypto/rand)
	return binary.LittleEndian.Uint32(b[:])
}
