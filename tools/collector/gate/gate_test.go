package gate_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"log/slog"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/certs"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/gate"
	"tellijn/tools/collector/register"
)

// rig is a gate on a port of this computer, with a device that is enrolled.
type rig struct {
	*collectortest.Collector
	gate    *gate.Gate
	device  *collectortest.Device
	bundle  string
	address string
	pool    *x509.CertPool
	calls   atomic.Int64
}

func (r *rig) Handle(from string, b []byte) ([]byte, error) {
	r.calls.Add(1)
	return r.Collector.Handle(from, b)
}

func open(t *testing.T, limits gate.Limits) *rig {
	t.Helper()
	r := &rig{Collector: collectortest.New(t), device: collectortest.NewDevice(t, "door", collectortest.Start())}
	r.bundle = r.Enrol(r.device, false)
	var err error
	if r.pool, _, err = r.Reg.Pool(); err != nil {
		t.Fatal(err)
	}
	r.gate = &gate.Gate{Limits: limits, Handler: r, Devices: r.Reg, Pool: r.pool, Log: slog.New(slog.DiscardHandler)}
	shown, err := r.Reg.Server()
	if err != nil {
		t.Fatal(err)
	}
	r.gate.Show(shown)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.gate.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return r
}

// config is what a device connects with.
func (r *rig) config(t *testing.T, bundle string) *tls.Config {
	t.Helper()
	c, err := tls.LoadX509KeyPair(filepath.Join(bundle, "device.pem"), filepath.Join(bundle, "device.key"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(bundle, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12}
}

func client(c *tls.Config) *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: c, DisableKeepAlives: true}}
}

// post sends a body as a device does, and gives the status.
func (r *rig) post(c *http.Client, body io.Reader) (int, []byte, error) {
	a, err := c.Post("https://"+r.address+batch.Path, batch.Type, body)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	return a.StatusCode, b, err
}

func encoded(t *testing.T, p *batch.Batch) []byte {
	t.Helper()
	b, err := batch.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBatchOverTLS(t *testing.T) {
	r := open(t, gate.Ordinary())
	p := r.device.Pack(r.device.Record(nil), r.device.Entry())
	status, answer, err := r.post(client(r.config(t, r.bundle)), bytes.NewReader(encoded(t, p)))
	if err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	got, _ := collectortest.Read(t, r.Key.Public(), p, answer)
	if !slices.Equal(collectortest.Reasons(got), []batch.Reason{0, 0}) {
		t.Error(got)
	}
}

// Nobody of these gets as far as the part that reads batches.
func TestWhoIsNotLetIn(t *testing.T) {
	r := open(t, gate.Ordinary())
	good := r.config(t, r.bundle)
	other := open(t, gate.Ordinary())
	foreign := other.config(t, other.bundle)
	foreign.RootCAs = r.pool
	a, err := r.Reg.Authority()
	if err != nil {
		t.Fatal(err)
	}
	of := func(name string) *tls.Config {
		p, _, err := a.Client(name, r.At)
		if err != nil {
			t.Fatal(err)
		}
		c, err := tls.X509KeyPair(p.Certificate, p.Key)
		if err != nil {
			t.Fatal(err)
		}
		return &tls.Config{RootCAs: r.pool, Certificates: []tls.Certificate{c}}
	}
	serving := func() *tls.Config {
		c, err := r.Reg.Server()
		if err != nil {
			t.Fatal(err)
		}
		return &tls.Config{RootCAs: r.pool, Certificates: []tls.Certificate{*c}}
	}
	old := good.Clone()
	old.MaxVersion = tls.VersionTLS12
	untrusting := good.Clone()
	untrusting.RootCAs = x509.NewCertPool()
	b := encoded(t, r.device.Pack(r.device.Record(nil)))
	for name, c := range map[string]*tls.Config{
		"no certificate":                            {RootCAs: r.pool},
		"another authority's":                       foreign,
		"another authority's, with name and serial": copied(t, r),
		"TLS 1.2":                                old,
		"a name that is not enrolled":            of("nobody"),
		"the collector's name":                   of(certs.CollectorName),
		"a path as a name":                       of("../ca"),
		"the name of a device, another serial":   of("door"),
		"a server's certificate":                 serving(),
		"a client that trusts another authority": untrusting,
	} {
		if status, _, err := r.post(client(c), bytes.NewReader(b)); err == nil {
			t.Errorf("%s: %d", name, status)
		}
	}
	if n := r.calls.Load(); n != 0 {
		t.Errorf("%d batches were read", n)
	}
	if status, _, err := r.post(client(good), bytes.NewReader(b)); err != nil || status != http.StatusOK || r.calls.Load() != 1 {
		t.Error("the device itself:", status, err)
	}
	if status, err := plain(r.address); err == nil && status == http.StatusOK {
		t.Error("plain HTTP is answered with", status)
	}
}

// A device whose card was written with a certificate of its own is let in with that one, and with no other of
// its name, until it is revoked.
func TestPinned(t *testing.T) {
	r := open(t, gate.Ordinary())
	own := func() (*tls.Config, string) {
		p, err := certs.Alone("door", r.At, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c, err := tls.X509KeyPair(p.Certificate, p.Key)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := certs.Parse(p.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		return showing(r, c), certs.Fingerprint(seen)
	}
	good, sum := own()
	other, _ := own()
	d, _, err := r.Reg.Device("door")
	if err != nil {
		t.Fatal(err)
	}
	d.Certificates = append(d.Certificates, register.Certificate{Pin: sum})
	if err := r.Reg.Put(&d); err != nil {
		t.Fatal(err)
	}
	b := encoded(t, r.device.Pack(r.device.Record(nil)))
	if status, _, err := r.post(client(other), bytes.NewReader(b)); err == nil || r.calls.Load() != 0 {
		t.Error("another certificate of its own:", status)
	}
	g, _ := good.GetClientCertificate(nil) // the certificate is no secret, its key is
	o, _ := other.GetClientCertificate(nil)
	stolen := showing(r, tls.Certificate{Certificate: g.Certificate, PrivateKey: o.PrivateKey})
	if status, _, err := r.post(client(stolen), bytes.NewReader(b)); err == nil || r.calls.Load() != 0 {
		t.Error("without the key:", status)
	}
	if status, _, err := r.post(client(good), bytes.NewReader(b)); err != nil || status != http.StatusOK {
		t.Error(status, err)
	}
	if err := enrol.Revoke(r.Dir, "door", r.At); err != nil {
		t.Fatal(err)
	}
	if status, _, err := r.post(client(good), bytes.NewReader(b)); err == nil {
		t.Error("revoked:", status)
	}
}

// showing is a client that shows a certificate whoever the server says it trusts, as firmware/upload/peer does.
func showing(r *rig, c tls.Certificate) *tls.Config {
	return &tls.Config{RootCAs: r.pool, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c, nil }}
}

// copied gives what anybody can make who has once seen a device's certificate: all of it but the signature
// of the collector's authority.
func copied(t *testing.T, r *rig) *tls.Config {
	t.Helper()
	seen, err := x509.ParseCertificate(r.config(t, r.bundle).Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.Reg.Authority()
	if err != nil {
		t.Fatal(err)
	}
	own := *a.Certificate
	own.PublicKey = &key.PublicKey
	der, err := x509.CreateCertificate(rand.Reader, seen, &own, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{RootCAs: r.pool, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func plain(address string) (int, error) {
	a, err := (&http.Client{Timeout: 5 * time.Second}).Post("http://"+address+batch.Path, batch.Type, strings.NewReader("x"))
	if err != nil {
		return 0, err
	}
	defer a.Body.Close()
	return a.StatusCode, nil
}

// A device that is revoked, or got a new certificate, is refused at once, also on a connection that it has
// open.
func TestRevokedWhileConnected(t *testing.T) {
	for name, end := range map[string]func(r *rig) error{
		"revoked": func(r *rig) error { return enrol.Revoke(r.Dir, "door", r.At) },
		"renewed": func(r *rig) error {
			return enrol.Admit(r.Dir, enrol.Device{Name: "door", Kind: "https", Renew: true}, nil, t.TempDir(), r.At)
		},
	} {
		r := open(t, gate.Ordinary())
		c := client(r.config(t, r.bundle))
		c.Transport.(*http.Transport).DisableKeepAlives = false
		b := encoded(t, r.device.Pack(r.device.Record(nil)))
		if status, _, err := r.post(c, bytes.NewReader(b)); err != nil || status != http.StatusOK {
			t.Fatal(status, err)
		}
		if err := end(r); err != nil {
			t.Fatal(err)
		}
		if status, _, err := r.post(c, bytes.NewReader(b)); err != nil || status != http.StatusForbidden {
			t.Errorf("%s: %d on a connection that was open, %v", name, status, err)
		}
		if status, _, err := r.post(client(r.config(t, r.bundle)), bytes.NewReader(b)); err == nil {
			t.Errorf("%s: %d on a new connection", name, status)
		}
		if n := r.calls.Load(); n != 1 {
			t.Errorf("%s: %d batches were read", name, n)
		}
	}
}

func TestRequestsRefused(t *testing.T) {
	r := open(t, gate.Ordinary())
	c := client(r.config(t, r.bundle))
	other := collectortest.NewDevice(t, "other", r.device.At)
	r.Enrol(other, false)
	do := func(method, path string, body io.Reader, header string) int {
		q, err := http.NewRequest(method, "https://"+r.address+path, body)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			q.Header.Set("X-Long", header)
		}
		a, err := c.Do(q)
		if err != nil {
			t.Error(method, path, err)
			return 0
		}
		defer a.Body.Close()
		if b, _ := io.ReadAll(a.Body); len(b) > 0 && a.StatusCode != 431 {
			t.Errorf("%s %s: it says %q", method, path, b)
		}
		return a.StatusCode
	}
	chunked := func(n int) io.Reader { return io.MultiReader(bytes.NewReader(make([]byte, n))) }
	for name, tc := range map[string]struct {
		method, path string
		body         io.Reader
		header       string
		want         int
	}{
		"another path":        {"POST", "/", nil, "", 404},
		"a page":              {"GET", "/", nil, "", 404},
		"no post":             {"GET", batch.Path, nil, "", 405},
		"no body":             {"POST", batch.Path, nil, "", 400},
		"no batch":            {"POST", batch.Path, strings.NewReader("hello"), "", 400},
		"a huge body":         {"POST", batch.Path, bytes.NewReader(make([]byte, batch.MaxSize+1)), "", 413},
		"a huge body, pieces": {"POST", batch.Path, chunked(batch.MaxSize + 1), "", 413},
		"a huge header":       {"POST", batch.Path, strings.NewReader("x"), strings.Repeat("x", 20_000), 431},
		"another's batch":     {"POST", batch.Path, bytes.NewReader(encoded(t, other.Pack(other.Record(nil)))), "", 403},
	} {
		if got := do(tc.method, tc.path, tc.body, tc.header); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

// A device that sends slowly, or nothing, loses its connection, and others are served meanwhile.
func TestSlow(t *testing.T) {
	limits := gate.Ordinary()
	limits.Wait = 900 * time.Millisecond
	r := open(t, limits)
	dial := func() *tls.Conn {
		c, err := tls.Dial("tcp", r.address, r.config(t, r.bundle))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for name, words := range map[string]string{
		"a slow header": "POST " + batch.Path + " HTTP/1.1\r\nHost: x\r\n",
		"a slow body":   "POST " + batch.Path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab",
	} {
		c := dial()
		defer c.Close()
		begun := time.Now()
		if _, err := io.WriteString(c, words); err != nil {
			t.Fatal(err)
		}
		b := encoded(t, r.device.Pack(r.device.Record(nil)))
		if status, _, err := r.post(client(r.config(t, r.bundle)), bytes.NewReader(b)); err != nil || status != http.StatusOK {
			t.Errorf("%s: another is not served: %d, %v", name, status, err)
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		said, err := io.ReadAll(c)
		if errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(string(said), "200 OK") || time.Since(begun) < 200*time.Millisecond {
			t.Errorf("%s: %q, %v after %v", name, said, err, time.Since(begun))
		}
	}
}
