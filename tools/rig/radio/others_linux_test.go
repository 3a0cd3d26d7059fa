package radio

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// early is how long before the time the floor of the device lies, at which its clock stands until somebody tells it the
// time. The server's is the same one, and reads the device's certificate with it.
const early = time.Hour

// certificates makes an authority with certificates of a server and of this device, and another authority. That of the
// server holds from now on only, so a device whose clock is still at the floor may not ask for how long it has.
func certificates(t *testing.T, server, device string) {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	text := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	n := int64(1)
	make := func(name string, of *x509.Certificate, by *ecdsa.PrivateKey, k *ecdsa.PrivateKey, use x509.ExtKeyUsage) (*x509.Certificate, string) {
		n++
		c := &x509.Certificate{SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-2 * early), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true}
		if of == nil {
			of, by, c.IsCA, c.KeyUsage = c, k, true, x509.KeyUsageCertSign
		} else {
			c.DNSNames, c.ExtKeyUsage, c.KeyUsage = []string{name}, []x509.ExtKeyUsage{use}, x509.KeyUsageDigitalSignature
		}
		if use == x509.ExtKeyUsageServerAuth {
			c.NotBefore = time.Now()
		}
		b, err := x509.CreateCertificate(rand.Reader, c, of, k.Public(), by)
		if err != nil {
			t.Fatal(err)
		}
		return c, text("CERTIFICATE", b)
	}
	keyText := func(k *ecdsa.PrivateKey) string {
		b, err := x509.MarshalECPrivateKey(k)
		if err != nil {
			t.Fatal(err)
		}
		return text("EC PRIVATE KEY", b)
	}
	ca, other, s, d := key(), key(), key(), key()
	authority, caText := make("Uni", nil, nil, ca, 0)
	_, otherText := make("Uni", nil, nil, other, 0)
	_, serverText := make("radius.uni.example", authority, ca, s, x509.ExtKeyUsageServerAuth)
	_, deviceText := make("d.uni.example", authority, ca, d, x509.ExtKeyUsageClientAuth)
	for path, b := range map[string]string{
		filepath.Join(server, "ca.pem"): caText, filepath.Join(server, "cert.pem"): serverText, filepath.Join(server, "key.pem"): keyText(s),
		filepath.Join(device, "ca.pem"): caText, filepath.Join(device, "other.pem"): otherText, filepath.Join(device, "cert.pem"): deviceText, filepath.Join(device, "key.pem"): keyText(d),
	} {
		write(t, path, b)
	}
}

// lend is a server of leases on an interface of the same machine.
func lend(t *testing.T, face string) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err == nil {
		err = syscall.BindToDevice(fd, face)
	}
	if err == nil {
		err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_BROADCAST, 1)
	}
	if err == nil {
		err = syscall.Bind(fd, &syscall.SockaddrInet4{Port: 67})
	}
	if err != nil {
		t.Error("server of leases:", err)
		return
	}
	own := net.IPv4(10, 9, 0, 1)
	for b := make([]byte, 2048); ; {
		n, _, err := syscall.Recvfrom(fd, b, 0)
		if err != nil {
			continue
		}
		m, err := dhcpv4.FromBytes(b[:n])
		if err != nil || m.OpCode != dhcpv4.OpcodeBootRequest {
			continue
		}
		kind := dhcpv4.MessageTypeOffer
		if m.MessageType() == dhcpv4.MessageTypeRequest {
			kind = dhcpv4.MessageTypeAck
		}
		r, err := dhcpv4.NewReplyFromRequest(m, dhcpv4.WithMessageType(kind), dhcpv4.WithYourIP(net.IPv4(10, 9, 0, 77)), dhcpv4.WithNetmask(net.CIDRMask(24, 32)),
			dhcpv4.WithOption(dhcpv4.OptServerIdentifier(own)), dhcpv4.WithOption(dhcpv4.OptRouter(own)), dhcpv4.WithLeaseTime(3600))
		if err == nil {
			syscall.Sendto(fd, r.ToBytes(), 0, &syscall.SockaddrInet4{Port: 68, Addr: [4]byte{255, 255, 255, 255}})
		}
	}
}
