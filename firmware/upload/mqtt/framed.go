package mqtt

import (
	"fmt"
	"net"

	"github.com/eclipse/paho.golang/paho"
)

// framed looks at the head of each packet that comes: the library makes room for as many bytes as a
// head announces, up to 256 MB, before it reads them. (MQTT 5.0, sections 2.1.1 and 1.5.5)
type framed struct {
	net.Conn
	left   int  // bytes of the packet that are still to come
	digits int  // of the length so far, 0 while no packet has begun
	begun  bool // the first byte of a head was there
	length int
}

// Read gives what came, up to the head of a packet that is too large.
func (f *framed) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	for i := 0; i < n; i++ {
		switch {
		case f.left > 0:
			skip := min(f.left, n-i)
			f.left -= skip
			i += skip - 1
		case !f.begun:
			f.begun, f.digits, f.length = true, 0, 0
		default:
			f.length |= int(b[i]&0x7f) << (7 * f.digits)
			f.digits++
			if f.length > maxPacket || f.digits > 4 {
				f.Conn.Close()
				return 0, fmt.Errorf("%w: packet of more than %d bytes", ErrBroker, maxPacket)
			}
			if b[i]&0x80 == 0 {
				f.begun, f.left = false, f.length
			}
		}
	}
	return n, err
}

// none does no extended authentication, which the library would otherwise expect somebody to do.
type none struct{}

// Authenticate answers that there is no such method. (MQTT 5.0, section 4.12)
func (none) Authenticate(*paho.Auth) *paho.Auth {
	return &paho.Auth{ReasonCode: 0x8c, Properties: &paho.AuthProperties{}}
}

// Authenticated does nothing.
func (none) Authenticated() {}
