package link

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"time"
)

// Way is a direction.
type Way bool

// The directions.
const (
	Up   Way = true  // from the device
	Down Way = false // to the device
)

// String says it.
func (w Way) String() string {
	if w {
		return "from the device"
	}
	return "to the device"
}

// Kind is what is done to a piece of what is sent.
type Kind uint8

// The kinds.
const (
	Flip     Kind = iota // one bit is another
	Truncate             // the rest of the connection is missing
	Double               // it comes twice
	Swap                 // its second half comes before its first
	Delay                // it comes late, unchanged
)

// Fault is one disturbance.
type Fault struct {
	Kind Kind
	Way  Way
	Skip int           // pieces that pass before
	At   uint32        // which bit, or where, modulo what there is
	For  time.Duration // of Delay
}

// ErrQuiet says that nothing was sent that a fault could have struck.
var ErrQuiet = errors.New("link: nothing was sent")

// armed is a fault that waits for its piece.
type armed struct {
	fault Fault
	met   chan string
}

// lasts is how long both ends have to notice by themselves; a flipped bit of a length makes an end wait
// for more than ever comes.
const lasts = 500 * time.Millisecond

// Strike waits until the fault has struck, and tells what became of the connection.
func (k *Link) Strike(f Fault, patience time.Duration) (met string, err error) {
	a := &armed{fault: f, met: make(chan string, 1)}
	k.mu.Lock()
	k.armed = a
	k.mu.Unlock()
	select {
	case met = <-a.met:
		return met, nil
	case <-time.After(patience):
	}
	k.mu.Lock()
	if k.armed == a {
		k.armed = nil
	}
	k.mu.Unlock()
	select {
	case met = <-a.met: // just now
		return met, nil
	default:
		return "", ErrQuiet
	}
}

// strike does it, and says whether the connection goes on.
func (a *armed) strike(c *conn, to net.Conn, b []byte) bool {
	f, was := a.fault, bytes.Clone(b)
	at := int(f.At % uint32(len(b)))
	if f.Kind == Delay {
		time.Sleep(f.For)
		_, err := to.Write(b)
		a.met <- "passed on late"
		return err == nil
	}
	switch f.Kind {
	case Flip:
		b[at] ^= 1 << (f.At >> 24 & 7)
	case Truncate:
		b = b[:at]
	case Double:
		b = append(bytes.Clone(b), b...)
	case Swap:
		half := max(len(b)/2, 1)
		b = append(bytes.Clone(b[half:]), b[:half]...)
	}
	if bytes.Equal(b, was) { // two halves alike: as good as never
		b = b[:len(b)/2]
	}
	_, err := to.Write(b)
	if f.Kind == Truncate || err != nil {
		c.close()
		a.met <- "cut off"
		return false
	}
	go func() {
		select {
		case <-c.gone:
			a.met <- "an end hung up"
		case <-time.After(lasts):
			c.close()
			a.met <- fmt.Sprintf("neither end hung up in %v", lasts)
		}
	}()
	return true
}
