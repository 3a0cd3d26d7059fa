package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/setter"
	"tellijn/firmware/scout/talk"
)

// options are the flags of the scout.
type options struct {
	network, card, address, gateway, names string
	servers                                servers
	chip, wifi                             string
	floor                                  int64
	wait                                   time.Duration
	manifest                               bool
}

// servers collects -time.
type servers []string

func (s *servers) String() string { return strings.Join(*s, ",") }

func (s *servers) Set(v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil || host == "" || len(host) > 253 {
		return errors.New(`want host:port, such as "ntp.example:123"`)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return errors.New("port, want 1 to 65535")
	}
	if len(*s) == talk.MaxSources {
		return fmt.Errorf("more than %d servers", talk.MaxSources)
	}
	*s = append(*s, v)
	return nil
}

// flags reads the flags.
func flags(args []string) (*options, error) {
	var o options
	f := flag.NewFlagSet("scout", flag.ContinueOnError)
	f.StringVar(&o.network, "network", "dhcp", `"dhcp", "static" or "none"`)
	f.StringVar(&o.card, "interface", "", "interface to use; none is the first wired, then wireless")
	f.StringVar(&o.address, "address", "", `of this device with -network static, such as "192.0.2.5/24"`)
	f.StringVar(&o.gateway, "gateway", "", "with -network static")
	f.StringVar(&o.names, "names", "", "name servers with -network static, at most 3, with commas")
	f.Var(&o.servers, "time", "host:port of a time server, at most 4 times; none asks those that the network names")
	f.StringVar(&o.chip, "rtc", "", "clock that runs without power, such as /dev/rtc0")
	f.StringVar(&o.wifi, "wifi", "", "file that says which radio network to join, and how")
	f.Int64Var(&o.floor, "floor", 0, "time that has been reached for sure, in seconds since 1970")
	f.DurationVar(&o.wait, "wait", setter.Wait, "how long the network is asked before the clock without power is believed, at most an hour")
	f.BoolVar(&o.manifest, "manifest", false, "print what the parts of the scout may do, and end")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() != 0 {
		return nil, fmt.Errorf("word %q is no flag", f.Arg(0))
	}
	return &o, nil
}

// latest is the highest floor: a time as nanoseconds must fit behind it for long.
const latest int64 = 4102444800 // 2100

// plan makes of flags what the setter wants.
func (o *options) plan() (setter.Plan, error) {
	p := setter.Plan{Interface: o.card, Servers: o.servers, Floor: time.Unix(o.floor, 0).UTC(), ChipPath: o.chip, Wait: o.wait}
	if o.floor < 0 || o.floor > latest {
		return p, fmt.Errorf("-floor %d, want 0 to %d", o.floor, latest)
	}
	if o.wait < 0 || o.wait > time.Hour {
		return p, fmt.Errorf("-wait %v, want 0s to 1h", o.wait)
	}
	static := o.address != "" || o.gateway != "" || o.names != ""
	switch o.network {
	case "none":
		p.None = true
	case "dhcp":
	case "static":
		l, err := o.fixed()
		p.Fixed = &l
		return p, err
	default:
		return p, fmt.Errorf(`-network %q, want "dhcp", "static" or "none"`, o.network)
	}
	if static {
		return p, fmt.Errorf("-address, -gateway and -names go with -network static, not %s", o.network)
	}
	return p, nil
}

// fixed is the lease that the configuration says.
func (o *options) fixed() (l lease.Lease, err error) {
	if l.Address, err = netip.ParsePrefix(o.address); err != nil {
		return l, fmt.Errorf(`-address %q, want one such as "192.0.2.5/24"`, o.address)
	}
	if o.gateway != "" {
		if l.Gateway, err = netip.ParseAddr(o.gateway); err != nil {
			return l, fmt.Errorf(`-gateway %q, want one such as "192.0.2.1"`, o.gateway)
		}
	}
	n := 0
	for name := range strings.SplitSeq(o.names, ",") {
		if name == "" && o.names == "" {
			break
		}
		if n == lease.MaxNames {
			return l, fmt.Errorf("-names %q, want at most %d", o.names, lease.MaxNames)
		}
		if l.Names[n], err = netip.ParseAddr(name); err != nil {
			return l, fmt.Errorf(`-names %q, want addresses such as "192.0.2.1"`, name)
		}
		n++
	}
	return l, l.Check(false)
}
