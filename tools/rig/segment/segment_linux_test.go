package segment_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/segment"
	"tellijn/tools/rig/segment/scan"
	"tellijn/tools/rig/vm"
)

// The test program is also the only one of the machine: there it takes an address, speaks through the
// segment, and opens two ports that the scan has to find.
const (
	openTCP = 4321
	openUDP = 5683
	big     = 3 << 20
)

func TestMain(m *testing.M) { guesttest.Do(m, guest) }

func guest() error {
	for _, name := range []string{"lo", "eth0"} {
		if err := up(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	answer, err := http.Get("http://" + segment.Collector + ":8443/big")
	if err != nil {
		return err
	}
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	fmt.Printf("GUEST got %d %x\n", len(b), sum)
	if answer, err = http.Post("http://"+segment.Collector+":8443/sum", "x", bytes.NewReader(b)); err != nil {
		return err
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	_, refused := net.DialTimeout("tcp", segment.Collector+":80", 5*time.Second)
	fmt.Println("GUEST sent", string(text), refused)
	l, err := net.Listen("tcp", fmt.Sprint(":", openTCP))
	if err != nil {
		return err
	}
	defer l.Close()
	u, err := net.ListenPacket("udp", fmt.Sprint(":", openUDP))
	if err != nil {
		return err
	}
	defer u.Close()
	go func() {
		b := make([]byte, 2000)
		for {
			n, from, err := u.ReadFrom(b)
			if err != nil {
				return
			}
			u.WriteTo(b[:n], from)
		}
	}()
	fmt.Println("GUEST listens")
	var line string
	fmt.Scanln(&line)
	return nil
}

// up gives a card the address of the device. (netdevice(7))
func up(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for _, set := range []struct {
		request uint
		address string
	}{{unix.SIOCSIFADDR, segment.Device}, {unix.SIOCSIFNETMASK, "255.255.255.0"}} {
		r, err := unix.NewIfreq(name)
		if err != nil || name == "lo" {
			break
		}
		if err := r.SetInet4Addr(net.ParseIP(set.address).To4()); err != nil {
			return err
		}
		if err := unix.IoctlIfreq(fd, set.request, r); err != nil {
			return err
		}
	}
	r, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	r.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
}

// TestSegment lets a whole Linux speak through the segment, and finds its two open ports among all.
func TestSegment(t *testing.T) {
	guesttest.Able(t, "half a minute", "qemu-system-aarch64")
	random := make([]byte, big)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/big" {
			w.Write(random)
			return
		}
		b, _ := io.ReadAll(q.Body)
		sum := sha256.Sum256(b)
		fmt.Fprint(w, hex.EncodeToString(sum[:]))
	}))
	defer server.Close()
	dir, err := os.MkdirTemp("", "seg")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := segment.Lay(filepath.Join(dir, "wire"), segment.Options{Doors: map[string]string{segment.Collector + ":8443": server.Listener.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m, err := vm.Boot(t.Context(), vm.Options{Wire: filepath.Join(dir, "wire"), Kernel: guesttest.BoardKernel(t),
		Files: guesttest.Build(t), Args: "ipv6.disable=1"})
	if err != nil {
		t.Fatal(err)
	}
	defer m.End()
	want := sha256.Sum256(random)
	for _, w := range []string{fmt.Sprintf("got %d %x", big, want), fmt.Sprintf("sent %x dial tcp %s:80: connect: connection refused", want, segment.Collector), "listens"} {
		if got, err := m.Await("GUEST ", 2*time.Minute, func(l string) { t.Log(l) }); err != nil || got != w {
			t.Fatalf("the machine says %q, %v, want %q", got, err, w)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	begin := time.Now()
	tcp, err := scan.TCP(ctx, s, scan.All())
	if err != nil || !slices.Equal(tcp.Open, []uint16{openTCP}) || tcp.Closed != 1<<16-2 {
		t.Errorf("%v, %v, want port %d open and all others closed", tcp, err, openTCP)
	}
	t.Logf("TCP: %v in %v", tcp, time.Since(begin).Round(time.Second))
	udp, err := scan.UDP(ctx, s, scan.Usual()[20:])
	if err != nil || !slices.Equal(udp.Open, []uint16{openUDP}) || udp.Silent > 0 {
		t.Errorf("%v, %v, want port %d to answer and all others closed", udp, err, openUDP)
	}
	t.Log("UDP: ", udp)
	for to := range s.Sent() {
		if to != "arp" && !strings.HasPrefix(to, "tcp to "+segment.Collector) {
			t.Errorf("the machine sent %s", to)
		}
	}
	t.Log(s.Sent())
}
