package main

import (
	"flag"
	"fmt"
	"net"
	"net/netip"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
)

// words are what the warden starts the courier with.
type words struct {
	dir, device, kind, address, receipts string
	pace                                 time.Duration
	poll                                 bool
}

func (o *words) flags() *flag.FlagSet {
	f := flag.NewFlagSet("courier", flag.ExitOnError)
	f.StringVar(&o.dir, "dir", "", "directory of the queue and of the certificate")
	f.StringVar(&o.device, "device", "", "name of this device")
	f.StringVar(&o.kind, "kind", "", "how things are sent: https, mqtt or file; none, or nothing, sends nothing")
	f.StringVar(&o.address, "address", "", "host:port of the collector or broker; who is reached is the dialer's business")
	f.StringVar(&o.receipts, "receipts", "", "public key, in hex, of who signs receipts")
	f.DurationVar(&o.pace, "pace", 15*time.Minute, "how long an interval takes, by the clock on the wall")
	f.BoolVar(&o.poll, "poll", false, "ask for envelopes of the other doors of the room, also when nothing is to be sent")
	return f
}

// check tells the first thing that is wrong with what goes to the collector, and gives its key and host.
func (o *words) check() (key sign.Public, host string, err error) {
	if !batch.ValidDevice(o.device) {
		return key, "", fmt.Errorf("device %q, want 1 to 32 of a-z, 0-9 and hyphen", o.device)
	}
	if o.pace <= 0 {
		return key, "", fmt.Errorf("pace %v, want the time of an interval", o.pace)
	}
	if key, err = sign.ParsePublic(o.receipts); err != nil {
		return key, "", fmt.Errorf("receipts: %w; the collector's enrol prints the key", err)
	}
	if o.kind == "file" {
		return key, "", nil
	}
	host, port, err := net.SplitHostPort(o.address)
	if err != nil || host == "" || port == "" {
		return key, "", fmt.Errorf("address %q, want host:port", o.address)
	}
	return key, host, nil
}

// here tells whether a host is this machine, to which a connection may be plain.
func here(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
