package broker

import (
	"errors"
	"net"

	"github.com/eclipse/paho.golang/paho"
)

var errLarge = errors.New("broker: it announces a packet that is larger than any")

// bounded watches the lengths that a broker announces: the library makes room for a packet before it
// comes, up to 256 MB (MQTT 5.0 section 1.5.5), on the word of whoever is at the other end.
type bounded struct {
	net.Conn
	rest   int  // bytes of the packet that are still to come
	shift  uint // of the next digit of a length
	length int
	within bool // the first byte of a packet was there, its length not yet
}

// Read implements net.Conn. It gives an error and hangs up before the library sees such a length whole.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if !b.watch(p[:n]) {
		b.Conn.Close()
		return 0, errLarge
	}
	return n, err
}

func (b *bounded) watch(p []byte) bool {
	for len(p) > 0 {
		if b.rest > 0 {
			n := min(b.rest, len(p))
			b.rest -= n
			p = p[n:]
			continue
		}
		c := p[0]
		p = p[1:]
		if !b.within {
			b.within, b.shift, b.length = true, 0, 0
			continue
		}
		b.length |= int(c&0x7f) << b.shift
		b.shift += 7
		if b.length > maxMessage || b.shift > 28 {
			return false
		}
		if c < 0x80 {
			b.within, b.rest = false, b.length
		}
	}
	return true
}

// noAuther answers a broker that wants more than a certificate: there is no such method (MQTT 5.0
// section 4.12). Without one the library would call nobody.
type noAuther struct{}

// Authenticate implements paho.Auther.
func (noAuther) Authenticate(*paho.Auth) *paho.Auth {
	return &paho.Auth{ReasonCode: 0x8c, Properties: &paho.AuthProperties{}} // bad authentication method
}

// Authenticated implements paho.Auther.
func (noAuther) Authenticated() {}
