package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/dialer/ask"
	"tellijn/firmware/dialer/line"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

// played is the name of this test program where it plays a courier.
const played = "played-courier"

// play is a courier that confines itself and then sends something by HTTPS, twice on one connection and
// once on another, with a certificate from its directory.
func play(dir string) error {
	if _, err := confine.Enter(sandbox.Courier(dir, os.Getpid())); err != nil {
		return err
	}
	l := ask.New(os.NewFile(line.CourierFd, "line"))
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return errors.New("no certificate")
	}
	t := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "collector.example", MinVersion: tls.VersionTLS13},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx) }}
	c := http.Client{Transport: t, Timeout: 20 * time.Second}
	for n := range 3 {
		if n == 2 {
			t.CloseIdleConnections()
		}
		r, err := c.Post("https://collector.example/v1/batch", "application/cbor", strings.NewReader(strings.Repeat("x", 96<<10)))
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || string(b) != fmt.Sprint(96<<10) {
			return fmt.Errorf("%q, %v", b, err)
		}
	}
	return os.WriteFile(filepath.Join(dir, "done"), nil, 0o600)
}

// TestHTTPS has a courier that is confined as on a board, and everything that it needs to send works: the
// connection is made by the real dialer.
func TestHTTPS(t *testing.T) {
	path := build(t)
	if _, _, e := syscall.AllThreadsSyscall(syscall.SYS_GETPID, 0, 0, 0); e != 0 {
		t.Skip("built with cgo (the race detector needs it): run without -race, or with CGO_ENABLED=0")
	}
	dir := t.TempDir()
	var connections atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t, filepath.Join(dir, "ca.pem"))}}
	s.StartTLS()
	defer s.Close()
	courier, dialer := pair(t)
	start(t, dialer, nil, path, s.Listener.Addr().String())
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(me)
	c.Args, c.Env = []string{played, dir}, []string{"GODEBUG=updatemaxprocs=0,containermaxprocs=0,decoratemappings=0"}
	c.ExtraFiles = []*os.File{nil, duplicate(t, courier)}
	// It has no network of its own; what it is handed works there too.
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		c.SysProcAttr = nil
	}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "done")); err != nil || connections.Load() != 2 {
		t.Errorf("%v, %d connections, want 2", err, connections.Load())
	}
}

// certificate makes one for the server, which is its own authority.
func certificate(t *testing.T, path string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "collector"}, DNSNames: []string{"collector.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
