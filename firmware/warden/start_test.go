package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/firmware/dialer/line"
	"tellijn/firmware/warden/spaces"
	"tellijn/firmware/warden/talk"
)

// Only the dialer sees the network, only it is told the address, and without one there is no dialer.
func TestPrograms(t *testing.T) {
	o, f := flags("warden", []string{"-board", "sim", "-eye", "/e", "-courier", "/c", "-dialer", "/d", "-dir", "/q"})
	b := boards.Board{Device: "north-door", Interval: 15 * time.Minute, Speed: 1}
	if p := programs(o, f, &b)[talk.Dialer]; p.Path != "" {
		t.Errorf("a dialer without an address: %+v", p)
	}
	o.address = "collector.example:8443"
	b.Upload = plan.Upload{Kind: "https", Address: o.address, Receipts: "00"}
	for n, p := range programs(o, f, &b) {
		dialer := talk.Program(n) == talk.Dialer
		if (p.Spaces&spaces.Net == 0) != dialer {
			t.Errorf("%s: %s", p.Name, p.Spaces)
		}
		if p.Spaces|spaces.Net != spaces.All&^spaces.Users {
			t.Errorf("%s: only %s", p.Name, p.Spaces)
		}
		if told := strings.Contains(strings.Join(slices.Concat(p.Args, p.Env), " "), o.address); told != (dialer || n == int(talk.Courier)) { // who asks for the certificate of that name
			t.Errorf("%s: %q", p.Name, p.Args)
		}
		if dialer && (p.Path != "/d" || p.Least != line.DialerFd || p.Most != line.DialerFd || !p.Dies || !slices.Equal(p.Args, []string{"-address", o.address})) {
			t.Errorf("%+v", p)
		}
		if n == int(talk.Core) && slices.ContainsFunc(p.Args, func(a string) bool {
			return strings.Contains(a, "/d") || strings.Contains(a, "/c") || strings.Contains(a, "/e")
		}) {
			t.Errorf("the core is told what the programs are: %q", p.Args)
		}
	}
	if p := programs(o, f, &b)[talk.Courier]; p.Least != line.CourierFd || p.Most != line.CourierFd {
		t.Errorf("%+v", p)
	}
}
