package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostileName is this program where it plays a stranger on the network.
const hostileName = "hostile"

// hostile plays one: "lease" answers whoever asks for a lease with everything but one, and a flood; an address
// and a number of seconds tells a time so far off, "kiss", "noise" or "flood" something else.
func hostile(args []string) {
	c := new(net.ListenConfig)
	c.Control = func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) {
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_BROADCAST, 1)
			if args[0] == "lease" {
				syscall.BindToDevice(int(fd), "far")
			}
		})
	}
	at := args[0] + ":123"
	if args[0] == "lease" {
		at = "0.0.0.0:67"
	}
	p, err := c.ListenPacket(context.Background(), "udp4", at)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("plays", args)
	for b := make([]byte, 4096); ; {
		n, from, err := p.ReadFrom(b)
		switch {
		case err != nil:
			return
		case args[0] == "lease":
			for _, m := range offers(b[:n]) {
				p.WriteTo(m, &net.UDPAddr{IP: net.IPv4bcast, Port: 68})
			}
		case args[1] == "flood":
			for range 2000 {
				p.WriteTo(randomly(48), from)
			}
		default:
			p.WriteTo(tells(b[:n], args[1]), from)
		}
	}
}

func randomly(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

// offers are answers to a discover, none of which anybody should take.
func offers(q []byte) (all [][]byte) {
	if len(q) < 240 {
		return nil
	}
	offer := func(seconds uint32, gateway byte, change func(b []byte)) {
		b := make([]byte, 240, 400)
		copy(b, q[:44])
		b[0] = 2
		copy(b[16:], []byte{10, 9, 0, 66})
		copy(b[236:], []byte{99, 130, 83, 99})
		b = append(b, 53, 1, 2, 54, 4, 10, 9, 0, 1, 1, 4, 255, 255, 255, 0, 3, 4, 10, gateway, 0, 1, 51, 4)
		b = append(binary.BigEndian.AppendUint32(b, seconds), 255)
		if change != nil {
			change(b)
		}
		all = append(all, b)
	}
	offer(0, 9, nil)
	offer(3600, 8, nil)
	offer(3600, 9, func(b []byte) { b[4]++ })                              // another number
	offer(3600, 9, func(b []byte) { b[28]++ })                             // another client
	offer(3600, 9, func(b []byte) { copy(b[16:], []byte{127, 0, 0, 1}) })  // itself
	offer(3600, 9, func(b []byte) { copy(b[16:], []byte{10, 9, 0, 255}) }) // everybody
	offer(3600, 9, func(b []byte) { copy(b[16:], []byte{255, 255, 255, 255}) })
	offer(3600, 9, func(b []byte) { b[240+4] = 200 }) // an option that is longer than all
	for range 500 {
		offer(3600, 9, func(b []byte) { copy(b[236:], randomly(len(b)-236)) })
	}
	return all
}

// tells is an answer of a time server that is off by seconds, or says something else.
func tells(q []byte, how string) []byte {
	var seconds int64
	b := make([]byte, 48)
	b[0], b[1], b[3] = 4<<3|4, 2, 0xec
	fmt.Sscan(how, &seconds)
	at := time.Now().Add(time.Duration(seconds) * time.Second)
	for _, place := range []int{16, 32, 40} {
		binary.BigEndian.PutUint32(b[place:], uint32(at.Unix()+2208988800))
		binary.BigEndian.PutUint32(b[place+4:], uint32(uint64(at.Nanosecond())<<32/1e9))
	}
	if len(q) >= 48 {
		copy(b[24:32], q[40:48])
	}
	switch how {
	case "kiss":
		b[1] = 0
		copy(b[12:], "DENY")
	case "noise":
		return randomly(48)
	}
	return b
}

// play has a stranger on the server, until it is ended.
func (s *segment) play(args ...string) *exec.Cmd {
	s.t.Helper()
	me, err := os.Executable()
	need(s.t, err)
	// nsenter gives a program its own name; sh gives it another.
	return s.serve("bash", append([]string{"-c", `exec -a ` + hostileName + ` "$0" "$@"`, me}, args...)...)
}

// TestStrangers has none but strangers: nothing is set. Then an honest server comes.
func TestStrangers(t *testing.T) {
	s := inside(t, "dnsmasq", "go", "bash")
	if s == nil {
		return
	}
	path := build(t)
	s.plug("eth7", "far", "10.9.0.1/24")
	stranger := s.play("lease")
	await(t, "a stranger", &s.log, func() bool { return strings.Contains(s.log.String(), "plays") })
	c, out := s.start(path, "-floor", "1700000000")
	await(t, "words", out, func() bool { return strings.Contains(out.String(), "offers what no device may be set to") })
	time.Sleep(5 * time.Second)
	if got := run(t, "ip", "-4", "-o", "addr", "show", "eth7"); strings.Contains(got, "inet ") {
		t.Errorf("it was set: %s", got)
	}
	if n := strings.Count(out.String(), "\n"); n > 10 {
		t.Errorf("%d lines:\n%s", n, out)
	}
	if b, _ := os.ReadFile("/etc/resolv.conf"); len(b) > 0 {
		t.Errorf("name servers %s", b)
	}
	stranger.Process.Kill()
	s.dnsmasq("--port=0", "--dhcp-range=10.9.0.50,10.9.0.60,2m")
	await(t, "an address", out, func() bool { return strings.Contains(run(t, "ip", "-4", "-o", "addr", "show", "eth7"), "inet 10.9.0.") })
	if k := children(c.Process.Pid); len(k) != 1 || strings.Contains(out.String(), "asker") {
		t.Errorf("children %v:\n%s", k, out)
	}
}

// TestLies has time servers that lie, do not want to be asked, make noise, or disagree.
func TestLies(t *testing.T) {
	s := inside(t, "dnsmasq", "chronyd", "bash")
	if s == nil {
		return
	}
	s.plug("eth7", "far", "10.9.0.1/24")
	s.chrony()
	s.dnsmasq("--port=0", "--dhcp-range=10.9.0.50,10.9.0.60,2m")
	for i, how := range []string{"-1795000000", "2000000000", "kiss", "noise", "flood", "86400"} { // 1970, 2090
		at := fmt.Sprintf("10.9.0.%d", 2+i)
		s.server("ip", "addr", "add", at+"/24", "dev", "far")
		s.play(at, how)
	}
	const honest = "10.9.0.1:123"
	for _, c := range []struct {
		servers []string
		synced  bool
		words   []string
	}{
		{[]string{"10.9.0.2:123", "10.9.0.3:123", "10.9.0.4:123", "10.9.0.5:123"}, false, []string{"10.9.0.2:123: it knows no time", "10.9.0.3:123: more than 400 days", "10.9.0.4:123: it wants to be asked less", "10.9.0.5:123: it knows no time"}},
		{[]string{honest, "10.9.0.7:123"}, false, []string{"10.9.0.7:123: the servers disagree"}},
		{[]string{"10.9.0.6:123", honest, "10.9.0.2:123"}, true, []string{"10.9.0.6:123: it", honest + ": agrees"}},
	} {
		t.Run(fmt.Sprint(c.servers), func(t *testing.T) {
			s.t = t
			f, out := s.sets(c.servers...)
			for _, w := range c.words {
				await(t, w, out, func() bool { return strings.Contains(strings.ReplaceAll(out.String(), "time server ", ""), w) })
			}
			if c.synced {
				await(t, "a time", out, func() bool { _, synced, _ := f.state(); return synced })
			}
			time.Sleep(3 * time.Second)
			off, synced, moves := f.state()
			if synced != c.synced || !synced && moves > 0 || synced && off.Abs() > time.Second {
				t.Errorf("synced %v, off by %v after %d steps\n%s", synced, off, moves, out)
			}
			t.Logf("%s", out)
		})
	}
}
