package tap

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
)

// record is a TLS record with n bytes in it.
func record(kind byte, n int) []byte {
	return append([]byte{kind, 3, 3, byte(n >> 8), byte(n)}, make([]byte, n)...)
}

// talk makes packets of one connection from what is said, cut where asked.
func talk(client uint16, at int, up bool, first uint32, pieces ...[]byte) (all []Packet) {
	for i, b := range pieces {
		all = append(all, Packet{At: time.Unix(int64(at+i), 0), Client: client, Up: up, Size: 52 + len(b), First: first, Payload: b})
		first += uint32(len(b))
	}
	return all
}

func open(client uint16) Packet { return Packet{Client: client, Up: true, Opening: true, Size: 60} }

func TestRecords(t *testing.T) {
	two := append(record(22, 100), record(23, 300)...)
	first := ^uint32(0) - 20 // numbers wrap
	packets := []Packet{open(1)}
	packets = append(packets, talk(1, 10, true, first, two[:3], two[3:50], two[50:])...)
	packets = append(packets, talk(1, 11, true, first+3, two[3:50])...) // sent again
	packets = append(packets, talk(1, 14, false, 7, record(23, 40))...)
	packets = append(packets, open(2))
	packets = append(packets, talk(2, 15, true, 99, record(22, 1))...)
	packets = append(packets, open(1)) // the same port again
	packets = append(packets, talk(1, 16, true, 5, record(22, 2))...)
	got, err := Records(packets)
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{time.Unix(10, 0), 0, true, 22, 105},
		{time.Unix(12, 0), 0, true, 23, 305},
		{time.Unix(14, 0), 0, false, 23, 45},
		{time.Unix(15, 0), 1, true, 22, 6},
		{time.Unix(16, 0), 2, true, 22, 7},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("record %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestRecordsRefuses(t *testing.T) {
	for _, tc := range []struct {
		name    string
		packets []Packet
		want    string
	}{
		{"a hole", append([]Packet{open(1)}, append(talk(1, 1, true, 0, record(23, 9)), talk(1, 2, true, 15, record(23, 9))...)...), "1 bytes are missing"},
		{"no opening", talk(1, 1, true, 0, record(23, 9)), "opening was not seen"},
		{"no TLS", append([]Packet{open(1)}, talk(1, 1, true, 0, []byte("POST / HTTP/1.1"))...), "no TLS record"},
	} {
		if _, err := Records(tc.packets); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestBytes(t *testing.T) {
	up, down := Bytes([]Packet{
		{Up: true, Size: 60},
		{Size: 60},
		{Up: true, Size: 52 + segment, Payload: make([]byte, segment)},
		{Size: 52 + 2*segment + 1, Payload: make([]byte, 2*segment+1)}, // three packets on a real link
		{Size: 52 + 2*segment, Payload: make([]byte, 2*segment)},       // and two
	})
	if up != 60+1500 || down != 60+2*1500+53+2*1500 {
		t.Errorf("%d up, %d down", up, down)
	}
}

// TestLoopback listens to a real connection with TLS.
func TestLoopback(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tp, err := Open(l.Addr().(*net.TCPAddr).Port)
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			done <- err
			return
		}
		defer c.Close()
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
		b := make([]byte, 5000)
		_, err = io.ReadFull(s, b)
		if err == nil {
			_, err = s.Write(b[:777])
		}
		done <- err
	}()
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(bytes.Repeat([]byte{7}, 5000)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 777)); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	packets, err := tp.Close()
	if err != nil {
		t.Fatal(err)
	}
	records, err := Records(packets)
	if err != nil {
		t.Fatal(err)
	}
	// One byte of type and 16 of authentication, behind 5 of head. A writer may begin with small records.
	up, down := 0, 0
	for _, r := range records {
		if r.Type == 23 && r.Up && r.Size > 500 {
			up += r.Size - 22
		}
		if r.Type == 23 && !r.Up && r.Size == 777+22 {
			down++
		}
	}
	if n, _ := Bytes(packets); n < 5000 || n > 9000 {
		t.Errorf("5000 bytes and a handshake weigh %d", n)
	}
	if up != 5000 || down != 1 {
		t.Errorf("%d bytes up, %d records of 777 down: %+v", up, down, records)
	}
}
