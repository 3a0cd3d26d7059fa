// Package wire joins a network card of this computer to the segment of a bench, so that a real board finds the same
// addresses, clocks and collector behind its cable as an emulated one, and everything that it sends is counted. The
// card has no address of this computer and leads to no other network. It is for the rig, outside the data path.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Card is a network card that gives and takes whole Ethernet frames.
type Card interface {
	io.ReadWriteCloser
	// Carrier takes the link from the other end of the cable, or gives it back.
	Carrier(on bool) error
}

// frameMost is the longest frame in bytes, with some room: what a card puts together by itself is longer than 1,514.
const frameMost = 1 << 16

// Wire is a card that is joined.
type Wire struct {
	card Card
	sock net.Conn
	ends sync.WaitGroup

	mu  sync.Mutex
	off bool
	err error
}

// Join joins a card to the segment whose socket is at path. Each frame there has its length before it, in four bytes
// of network order (QEMU, -netdev stream).
func Join(card Card, path string) (*Wire, error) {
	sock, err := net.Dial("unix", path)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	w := &Wire{card: card, sock: sock}
	w.ends.Add(2)
	go w.pump("from the board", w.fromBoard)
	go w.pump("to the board", w.toBoard)
	return w, nil
}

func (w *Wire) pump(what string, one func() error) {
	defer w.ends.Done()
	for {
		if err := one(); err != nil {
			w.mu.Lock()
			if !w.off && w.err == nil {
				w.err = fmt.Errorf("wire: %s: %w", what, err)
			}
			w.mu.Unlock()
			return
		}
	}
}

func (w *Wire) fromBoard() error {
	b := make([]byte, 4+frameMost)
	n, err := w.card.Read(b[4:])
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint32(b, uint32(n))
	_, err = w.sock.Write(b[:4+n])
	return err
}

func (w *Wire) toBoard() error {
	var head [4]byte
	if _, err := io.ReadFull(w.sock, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > frameMost {
		return fmt.Errorf("a frame of %d bytes", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(w.sock, b); err != nil {
		return err
	}
	if _, err := w.card.Write(b); err != nil && !down(err) { // a cable that is out loses what is sent
		return err
	}
	return nil
}

// Carrier takes the link from the board's end of the cable, or gives it back.
func (w *Wire) Carrier(on bool) error { return w.card.Carrier(on) }

// Err tells why the wire no longer carries anything, if it is not closed.
func (w *Wire) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close parts them. The card is closed.
func (w *Wire) Close() error {
	w.mu.Lock()
	w.off = true
	w.mu.Unlock()
	err := errors.Join(w.sock.Close(), w.card.Close())
	w.ends.Wait()
	return err
}
