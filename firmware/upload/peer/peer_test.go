package peer_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/upload/peer"
	"tellijn/firmware/upload/peer/peertest"
)

func identity(t *testing.T, a *peertest.Authority) peer.Identity {
	t.Helper()
	f := a.Device("north-door")
	i, err := peer.Parse(f[0], f[1], f[2])
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// meet has a device and a server shake hands over a connection of this machine, and gives both errors.
func meet(t *testing.T, i peer.Identity, server *tls.Config, host string, now time.Time) (device, other error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	done := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			defer c.Close()
			c.SetDeadline(time.Now().Add(10 * time.Second))
			s := tls.Server(c, server)
			if err = s.Handshake(); err == nil {
				_, err = s.Write([]byte("x"))
			}
		}
		done <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, device := i.Secure(ctx, raw, host, now)
	if device == nil {
		// The server looks at our certificate after our side is done: only what it says next tells.
		_, device = c.Read(make([]byte, 1))
		c.Close()
	} else if _, err := raw.Write([]byte{1}); err == nil {
		t.Error("the connection stays open after a failed handshake")
	}
	return device, <-done
}

func TestHandshake(t *testing.T) {
	a, b := peertest.New(t), peertest.New(t)
	now, hour := time.Now(), time.Hour
	old := a.Good()
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	for _, tc := range []struct {
		what   string
		server *tls.Config
		host   string
		now    time.Time
		want   error // of the device; nil is a good one
		fails  bool
	}{
		{"the right one", a.Good(), "127.0.0.1", now, nil, false},
		{"by name", a.Config(a.Server("collector.example", now.Add(-hour), now.Add(hour))), "collector.example", now, nil, false},
		{"a clock years back", a.Good(), "127.0.0.1", time.Unix(0, 0), nil, false},
		{"a certificate of tomorrow", a.Config(a.Server("127.0.0.1", now.Add(24*hour), now.Add(48*hour))), "127.0.0.1", now, nil, false},
		{"one that has ended", a.Config(a.Server("127.0.0.1", now.Add(-2*hour), now.Add(-hour))), "127.0.0.1", now, peer.ErrStranger, true},
		{"a clock years ahead", a.Good(), "127.0.0.1", now.Add(10 * 365 * 24 * hour), peer.ErrStranger, true},
		{"another name", a.Good(), "collector.example", now, peer.ErrStranger, true},
		{"another address", a.Good(), "127.0.0.2", now, peer.ErrStranger, true},
		{"another authority", b.Config(b.Server("127.0.0.1", now.Add(-hour), now.Add(hour))), "127.0.0.1", now, peer.ErrStranger, true},
		{"TLS 1.2", old, "127.0.0.1", now, nil, true},
		{"a server that takes devices of another authority", b.Config(a.Server("127.0.0.1", now.Add(-hour), now.Add(hour))), "127.0.0.1", now, nil, true},
	} {
		err, other := meet(t, identity(t, a), tc.server, tc.host, tc.now)
		if (err != nil) != tc.fails || (other != nil) != tc.fails || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, the server: %v", tc.what, err, other)
		}
	}
}

// TestADeviceIsNoCollector has somebody with the files of a device stand in for the collector.
func TestADeviceIsNoCollector(t *testing.T) {
	a := peertest.New(t)
	f := a.Device("127.0.0.1")
	pair, err := tls.X509KeyPair(f[1], f[2])
	if err != nil {
		t.Fatal(err)
	}
	if err, _ := meet(t, identity(t, a), a.Config(pair), "127.0.0.1", time.Now()); !errors.Is(err, peer.ErrStranger) {
		t.Errorf("%v", err)
	}
}

func TestNobody(t *testing.T) {
	if err, _ := meet(t, peer.Identity{}, peertest.New(t).Good(), "127.0.0.1", time.Now()); err == nil {
		t.Error("an identity that is none took a server for its own")
	}
}

func TestSilence(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := identity(t, peertest.New(t)).Secure(ctx, here, "x", time.Now()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestLoad(t *testing.T) {
	a := peertest.New(t)
	good := a.Device("d")
	for what, tc := range map[string]struct {
		turn func(dir string, f *[3][]byte)
		want string
	}{
		"good":         {func(string, *[3][]byte) {}, ""},
		"no authority": {func(_ string, f *[3][]byte) { f[0] = []byte("hello") }, "ca.pem"},
		"no pair":      {func(_ string, f *[3][]byte) { f[2] = a.Device("e")[2] }, "device.key"},
		"no key":       {func(_ string, f *[3][]byte) { f[2] = nil }, "device.key"},
		"large":        {func(_ string, f *[3][]byte) { f[1] = make([]byte, 65<<10) }, "65536 bytes"},
	} {
		dir, f := t.TempDir(), good
		tc.turn(dir, &f)
		peertest.Files(t, dir, f)
		if _, err := peer.Load(dir); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", what, err, tc.want)
		}
	}
	dir := t.TempDir()
	peertest.Files(t, dir, good)
	os.Remove(filepath.Join(dir, "device.key"))
	if _, err := peer.Load(dir); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "enrol") {
		t.Errorf("without a key: %v", err)
	}
}
