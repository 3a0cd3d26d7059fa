// Package serve is the dialer's work: take a request, have a connection made, hand its descriptor over
// and let go of it. It takes one request at a time, and no more than a bounded number of them in a
// time. It never reads or writes a byte of a connection, and a request has no room to say where to.
package serve

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"tellijn/firmware/dialer/line"
)

// How often a connection is tried: Burst at once, and then one each Every.
const (
	Burst = 4
	Every = time.Second
)

// ErrStale says that the files changed by which names are found: a dialer that confined itself to the
// old ones ends, and the next one sees the new.
var ErrStale = errors.New("serve: the files of the resolver are others now")

// Conn is a connection: all that is wanted of it is its descriptor.
type Conn interface {
	SyscallConn() (syscall.RawConn, error)
	Close() error
}

// Service is a dialer at work.
type Service struct {
	// Line is the dialer's end of the socket, which does not wait.
	Line *os.File
	// Connect makes a connection; it is nil unless the status is line.Connected.
	Connect func() (Conn, line.Status)
	// Fresh tells whether the files of the resolver are still those of the beginning.
	Fresh func() bool
	// Since is a clock that only goes forward, and Rest waits.
	Since func() time.Duration
	Rest  func(time.Duration)
}

// Run serves until the socket ends, which is no error, or until ErrStale.
func (s *Service) Run() error {
	raw, err := s.Line.SyscallConn()
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	b := bucket{tokens: Burst, at: s.Since()}
	for {
		m, ok, err := s.wait()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("serve: %w", err)
		}
		// What makes no sense is counted like the rest, or it would cost a processor.
		if d := b.take(s.Since()); d > 0 {
			s.Rest(d)
		}
		if later, more := pending(raw); more {
			m, ok = later, true // who asked before does not wait any more
		}
		if !ok {
			continue
		}
		if !s.Fresh() {
			_ = s.answer(raw, line.Message{Serial: m.Serial, Status: line.NoName}, nil)
			return ErrStale
		}
		if err := s.one(raw, m.Serial); err != nil {
			return err
		}
	}
}

// one makes one connection and hands it over.
func (s *Service) one(raw syscall.RawConn, serial uint32) error {
	c, status := s.Connect()
	if status != line.Connected {
		return s.answer(raw, line.Message{Serial: serial, Status: status}, nil)
	}
	defer c.Close() // the courier has its own by then
	at, err := c.SyscallConn()
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return s.answer(raw, line.Message{Serial: serial, Status: status}, at)
}

// wait waits for a request. It answers false for what is none.
func (s *Service) wait() (line.Message, bool, error) {
	var b [line.Size + 1]byte
	// Descriptors that somebody sends with it are not taken: the kernel closes them.
	n, err := s.Line.Read(b[:line.Size+line.Extra])
	if err != nil {
		return line.Message{}, false, err
	}
	m, err := line.Decode(b[:n], true)
	return m, err == nil, nil
}

// pending takes all requests that wait by now and gives the last one.
func pending(raw syscall.RawConn) (last line.Message, ok bool) {
	var b [line.Size + 1]byte
	_ = raw.Read(func(fd uintptr) bool {
		for range 4096 { // what the socket has room for, at most; the rest comes after
			n, err := syscall.Read(int(fd), b[:line.Size+line.Extra])
			if err == syscall.EINTR {
				continue
			}
			if err != nil || n <= 0 {
				break
			}
			if m, err := line.Decode(b[:n], true); err == nil {
				last, ok = m, true
			}
		}
		return true
	})
	return last, ok
}

// patience is how long an answer may wait for room in the socket. A courier that takes none is gone, or
// has no use for it.
const patience = 2 * time.Second

// answer sends an answer, with the descriptor of a connection if there is one. It is an error only if
// nobody can be answered any more.
func (s *Service) answer(raw syscall.RawConn, m line.Message, c syscall.RawConn) error {
	if err := s.Line.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return fmt.Errorf("serve: %w; want a socket that does not wait", err)
	}
	b := line.Encode(m)
	var sent, err error
	send := func(rights []byte) error {
		return raw.Write(func(fd uintptr) bool {
			for {
				_, sent = syscall.SendmsgN(int(fd), b[:], rights, nil, 0)
				if sent != syscall.EINTR {
					return sent != syscall.EAGAIN
				}
			}
		})
	}
	if c == nil {
		err = send(nil)
	} else if e := c.Control(func(fd uintptr) { err = send(syscall.UnixRights(int(fd))) }); e != nil {
		err = e
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(sent, syscall.ETOOMANYREFS):
		return nil // it takes none
	case err == nil:
		err = sent
	}
	if err != nil {
		return fmt.Errorf("serve: answer: %w", err)
	}
	return nil
}
