package enrol_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/register"
)

func now() time.Time { return time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC) }

func key(n byte) string { return sign.NewKey([32]byte{n}).Public().String() }

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func cert(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	c, err := certs.Parse(read(t, dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBundle(t *testing.T) {
	dir, out := filepath.Join(t.TempDir(), "s"), filepath.Join(t.TempDir(), "b")
	err := enrol.Admit(dir, enrol.Device{Name: "north-door", Key: key(1), Room: "hall", Head: true, Kind: "https"}, []string{"counts.example.edu:9000", "192.0.2.7"}, out, now())
	if err != nil {
		t.Fatal(err)
	}
	var conf struct {
		Upload struct{ Kind, Address, Receipts string }
	}
	m, err := toml.Decode(string(read(t, out, "upload.toml")), &conf)
	r, _ := register.Open(dir)
	receipts, err2 := r.Receipts()
	if err != nil || err2 != nil || len(m.Undecoded()) > 0 || conf.Upload.Kind != "https" || conf.Upload.Address != "counts.example.edu:9000" || conf.Upload.Receipts != receipts.Public().String() {
		t.Errorf("%+v, %v, %v", conf, err, err2)
	}
	ca, device, server := cert(t, out, "ca.pem"), cert(t, out, "device.pem"), cert(t, dir, "server.pem")
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for at, ok := range map[time.Time]bool{now(): true, time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC): true, now().AddDate(9, 11, 0): true, now().AddDate(10, 0, 1): false} {
		_, err := device.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		if (err == nil) != ok {
			t.Errorf("the device's certificate at %v: %v", at, err)
		}
	}
	if _, err := device.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err == nil {
		t.Error("a device can stand in for the collector")
	}
	for _, h := range []string{"counts.example.edu", "192.0.2.7", "localhost", "127.0.0.1"} {
		if _, err := server.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now(), DNSName: h}); err != nil {
			t.Errorf("%s: %v", h, err)
		}
	}
	if device.Subject.CommonName != "north-door" || device.IsCA {
		t.Error(device.Subject, device.IsCA)
	}
	for path, want := range map[string]os.FileMode{out + "/device.key": 0o600, dir + "/ca.key": 0o600, dir + "/server.key": 0o600, dir + "/collector.key": 0o600,
		dir + "/receipt.key": 0o600, dir: 0o700 | os.ModeDir, dir + "/devices/north-door.json": 0o600} {
		if i, err := os.Stat(path); err != nil || i.Mode() != want {
			t.Errorf("%s: %v, want %v", path, i.Mode(), want)
		}
	}
	d, ok, err := r.Device("north-door")
	if err != nil || !ok || d.Room != "hall" || !d.Head || d.Simulated || !d.Shows(certs.Serial(device)) || d.Shows("00") || d.Shows("") {
		t.Errorf("%+v, %v, %v", d, ok, err)
	}
}

// What is made once stays: the authority, the key for receipts, and the server's certificate unless a host
// is new, its end is near, or its two files do not belong together.
func TestMadeOnce(t *testing.T) {
	dir := t.TempDir()
	set := func(at time.Time, hosts ...string) {
		t.Helper()
		if err := enrol.SetUp(dir, hosts, at); err != nil {
			t.Fatal(err)
		}
	}
	set(now(), "a.example.edu")
	ca, receipts, first := string(read(t, dir, "ca.pem")), string(read(t, dir, "receipt.key")), string(read(t, dir, "server.pem"))
	set(now(), "a.example.edu:1")
	set(now())
	if string(read(t, dir, "server.pem")) != first {
		t.Error("the server's certificate is another, for no reason")
	}
	set(now(), "b.example.edu")
	second := cert(t, dir, "server.pem")
	if !slices.Contains(second.DNSNames, "a.example.edu") || !slices.Contains(second.DNSNames, "b.example.edu") {
		t.Error(second.DNSNames)
	}
	set(second.NotAfter.Add(-24 * time.Hour))
	if third := cert(t, dir, "server.pem"); !third.NotAfter.After(second.NotAfter) || !slices.Contains(third.DNSNames, "b.example.edu") {
		t.Error(third.NotAfter, third.DNSNames)
	}
	if err := os.WriteFile(dir+"/server.key", read(t, dir, "collector.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ := register.Open(dir)
	if _, err := r.Server(); err == nil {
		t.Fatal("files that do not belong together are loaded")
	}
	set(now())
	if _, err := r.Server(); err != nil {
		t.Error(err)
	}
	if string(read(t, dir, "ca.pem")) != ca || string(read(t, dir, "receipt.key")) != receipts {
		t.Error("the authority or the key for receipts is another")
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	admit := func(d enrol.Device, hosts ...string) error {
		if d.Kind == "" {
			d.Kind = "https"
		}
		return enrol.Admit(dir, d, hosts, t.TempDir(), now())
	}
	if err := admit(enrol.Device{Name: "one", Key: key(1), Room: "hall", Head: true}); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		d     enrol.Device
		hosts []string
	}{
		"no name":                       {enrol.Device{Key: key(2)}, nil},
		"a path":                        {enrol.Device{Name: "../one", Key: key(2)}, nil},
		"capitals":                      {enrol.Device{Name: "One", Key: key(2)}, nil},
		"a hyphen in front":             {enrol.Device{Name: "-one", Key: key(2)}, nil},
		"the collector's name":          {enrol.Device{Name: certs.CollectorName, Key: key(2)}, nil},
		"the broker's name":             {enrol.Device{Name: certs.BrokerName, Key: key(2)}, nil},
		"no key":                        {enrol.Device{Name: "two"}, nil},
		"a short key":                   {enrol.Device{Name: "two", Key: key(2)[2:]}, nil},
		"another's key":                 {enrol.Device{Name: "two", Key: key(1)}, nil},
		"a second head":                 {enrol.Device{Name: "two", Key: key(2), Room: "hall", Head: true}, nil},
		"a head of nothing":             {enrol.Device{Name: "two", Key: key(2), Head: true}, nil},
		"a room with a slash":           {enrol.Device{Name: "two", Key: key(2), Room: "a/b"}, nil},
		"another way":                   {enrol.Device{Name: "two", Key: key(2), Kind: "ftp"}, nil},
		"a host with a space":           {enrol.Device{Name: "two", Key: key(2)}, []string{"a b"}},
		"a host with a quote":           {enrol.Device{Name: "two", Key: key(2)}, []string{`a"b`}},
		"a port of letters":             {enrol.Device{Name: "two", Key: key(2)}, []string{"a:b"}},
		"a port too large":              {enrol.Device{Name: "two", Key: key(2)}, []string{"a:65536"}},
		"a device of Renew that is not": {enrol.Device{Name: "two", Renew: true}, nil},
	} {
		if err := admit(tc.d, tc.hosts...); err == nil {
			t.Errorf("%s: enrolled", name)
		}
	}
	if err := admit(enrol.Device{Name: "one", Key: key(1)}); !errors.Is(err, enrol.ErrKnown) || !strings.Contains(err.Error(), "-renew") {
		t.Error(err)
	}
	r, _ := register.Open(dir)
	if all, err := r.Devices(); err != nil || len(all) != 1 || len(all[0].Certificates) != 1 {
		t.Errorf("%+v, %v", all, err)
	}
	if err := enrol.Revoke(dir, "two", now()); err == nil {
		t.Error("a device that is not was revoked")
	}
	if err := enrol.Revoke(filepath.Join(dir, "nowhere"), "one", now()); !errors.Is(err, register.ErrNone) {
		t.Error(err)
	}
}

func TestRenewAndRevoke(t *testing.T) {
	dir := t.TempDir()
	serial := func(out string) string { return certs.Serial(cert(t, out, "device.pem")) }
	admit := func(d enrol.Device) string {
		t.Helper()
		out := t.TempDir()
		d.Name, d.Kind = "one", "https"
		if err := enrol.Admit(dir, d, nil, out, now()); err != nil {
			t.Fatal(err)
		}
		return serial(out)
	}
	device := func() register.Device {
		r, _ := register.Open(dir)
		d, _, err := r.Device("one")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	refused := func() (all []string) {
		b, _ := pem.Decode(read(t, dir, "crl.pem"))
		l, err := x509.ParseRevocationList(b.Bytes)
		if err != nil || l.CheckSignatureFrom(cert(t, dir, "ca.pem")) != nil || l.NextUpdate.Before(now().AddDate(20, 0, 0)) {
			t.Fatal(err, l.NextUpdate)
		}
		for _, e := range l.RevokedCertificateEntries {
			all = append(all, certs.Serial(&x509.Certificate{SerialNumber: e.SerialNumber}))
		}
		return all
	}
	first := admit(enrol.Device{Key: key(1), Room: "hall", Head: true, Simulated: true})
	second := admit(enrol.Device{Renew: true})
	d := device()
	if d.Shows(first) || !d.Shows(second) || d.Room != "hall" || !d.Head || !d.Simulated || len(d.Keys) != 1 || !slices.Equal(refused(), []string{first}) {
		t.Errorf("%+v, refused %v", d, refused())
	}
	third := admit(enrol.Device{Renew: true, Key: key(2)})
	d = device()
	now, _ := d.Key()
	old, ok := d.Former(sign.NewKey([32]byte{1}).Public().ID())
	if !d.Shows(third) || d.Shows(second) || now.String() != key(2) || !ok || old.String() != key(1) {
		t.Errorf("%+v", d)
	}
	if err := enrol.Revoke(dir, "one", d.Enrolled); err != nil {
		t.Fatal(err)
	}
	if d = device(); !d.Revoked || d.Shows(third) || len(refused()) != 3 {
		t.Errorf("%+v, refused %v", d, refused())
	}
	fourth := admit(enrol.Device{Renew: true})
	if d = device(); d.Revoked || !d.Shows(fourth) || d.Shows(third) {
		t.Errorf("let in again: %+v", d)
	}
}

// A device that writes files needs no certificate, and one that goes through a broker has the broker's
// address, for which the collector has no certificate.
func TestOtherWays(t *testing.T) {
	dir, file, mqtt := t.TempDir(), t.TempDir(), t.TempDir()
	if err := enrol.Admit(dir, enrol.Device{Name: "one", Key: key(1), Kind: "file"}, nil, file, now()); err != nil {
		t.Fatal(err)
	}
	if found, _ := os.ReadDir(file); len(found) != 1 || strings.Contains(string(read(t, file, "upload.toml")), "address") {
		t.Error(found)
	}
	if err := enrol.Admit(dir, enrol.Device{Name: "two", Key: key(2), Kind: "mqtt"}, []string{"mqtt.example.edu"}, mqtt, now()); err != nil {
		t.Fatal(err)
	}
	if s := string(read(t, mqtt, "upload.toml")); !strings.Contains(s, `address = "mqtt.example.edu:8883"`) {
		t.Error(s)
	}
	if c := cert(t, dir, "server.pem"); slices.Contains(c.DNSNames, "mqtt.example.edu") {
		t.Error(c.DNSNames)
	}
}

func TestSplit(t *testing.T) {
	for s, want := range map[string]string{"a": "a 1", "a:2": "a 2", "::1": "::1 1", "[::1]:2": "::1 2", "192.0.2.1": "192.0.2.1 1", "192.0.2.1:3": "192.0.2.1 3",
		"": " ", ":2": " ", "a:": " ", "a:0": " ", "a:b:c": " ", "a/b": " "} {
		host, port, err := enrol.Split(s, "1")
		if got := host + " " + port; got != want || (err != nil) != (want == " ") {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
}

// Several commands at once make one authority, and each device gets its own files.
func TestAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	var all sync.WaitGroup
	outs := make([]string, 8)
	for i := range outs {
		outs[i] = t.TempDir()
		all.Go(func() {
			d := enrol.Device{Name: fmt.Sprintf("door-%d", i), Key: key(byte(i + 1)), Kind: "https"}
			if err := enrol.Admit(dir, d, []string{fmt.Sprintf("host-%d.example.edu", i)}, outs[i], now()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	ca := cert(t, dir, "ca.pem")
	for i, out := range outs {
		if err := cert(t, out, "device.pem").CheckSignatureFrom(ca); err != nil {
			t.Errorf("device %d: %v", i, err)
		}
	}
	if names := cert(t, dir, "server.pem").DNSNames; len(names) < 9 {
		t.Error(names)
	}
}
