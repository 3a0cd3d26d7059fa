package main

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"tellijn/firmware/scout/asker"
	"tellijn/firmware/scout/packets"
	"tellijn/firmware/scout/sntp"
	"tellijn/firmware/scout/talk"
	"tellijn/hal/clock"
	"tellijn/privacy/sandbox"
)

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
