// Package ask is the courier's way to a connection: it has no network and asks the dialer, which
// gives it a connected descriptor to the one address of the configuration. It makes no socket, needs
// of the kernel only to read, write, wait and take a descriptor, and knows no address. What is said
// on the connection is the courier's business.
package ask

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"tellijn/firmware/dialer/line"
)

// Patience bounds Dial whatever its context says: a little more than the dialer takes at most.
const Patience = 30 * time.Second

// Error says why the dialer has no connection.
type Error struct{ Status line.Status }

// Error says it in words.
func (e *Error) Error() string { return "ask: no connection: " + e.Status.String() }

// Timeout tells whether nobody answered in time.
func (e *Error) Timeout() bool { return e.Status == line.TimedOut }

// ErrNoDialer is wrapped when the dialer does not answer: it may be about to be started again.
var ErrNoDialer = errors.New("ask: the dialer does not answer")

// ErrMalformed is wrapped when what comes is no answer of an honest dialer.
var ErrMalformed = errors.New("ask: malformed answer")

// Line is the courier's end of the socket.
type Line struct {
	mu     sync.Mutex // one request at a time
	file   *os.File
	serial uint32
}

// New takes the courier's end, which os.NewFile was called for: it must be one that does not wait, as
// the starter makes it.
func New(file *os.File) *Line { return &Line{file: file} }

// Dial asks for a connection and waits for it. The errors are *Error when the dialer says why there is
// none, or wrap ErrNoDialer, ErrMalformed or what ended ctx. Calls wait for each other.
func (l *Line) Dial(ctx context.Context) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	if err := l.next(); err != nil {
		return nil, err
	}
	if err := l.file.SetDeadline(time.Now().Add(Patience)); err != nil {
		return nil, fmt.Errorf("ask: %w; want a socket that does not wait", err)
	}
	// The past ends whatever waits. It is taken back by the next call, so none may be late.
	passed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { _ = l.file.SetDeadline(time.Unix(1, 0)); close(passed) })
	fd, err := l.exchange()
	if !stop() {
		<-passed
	}
	switch {
	case err == nil:
		return connection(fd)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("ask: %w", ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, fmt.Errorf("%w within %v", ErrNoDialer, Patience)
	}
	return nil, err
}

// next is the number of the next request. The first is any: what an earlier courier asked for may
// still be answered, and is not taken for an answer to this one. If it were, that would be harmless,
// since every connection leads to the same address.
func (l *Line) next() error {
	if l.serial == 0 {
		var b [4]byte
		if _, err := rand.Read(b[:]); err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		l.serial = binary.LittleEndian.Uint32(b[:])
	}
	l.serial++
	return nil
}

// exchange asks, and waits for the answer to that.
func (l *Line) exchange() (int, error) {
	b := line.Encode(line.Message{Serial: l.serial})
	if _, err := l.file.Write(b[:]); err != nil {
		return -1, fmt.Errorf("%w: %w", ErrNoDialer, err)
	}
	for {
		m, files, err := receive(l.file)
		switch {
		case err != nil:
			return -1, err
		case m.Serial != l.serial: // to who is gone, or does not wait any more
			drop(files)
		case m.Status != line.Connected:
			return -1, &Error{m.Status}
		default:
			return files[0], nil
		}
	}
}

// connection is what to read and write with.
func connection(fd int) (net.Conn, error) {
	var st syscall.Stat_t
	err := syscall.Fstat(fd, &st)
	if err == nil && st.Mode&syscall.S_IFMT != syscall.S_IFSOCK {
		err = fmt.Errorf("%w: the descriptor is no socket", ErrMalformed)
	}
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		drop([]int{fd})
		return nil, fmt.Errorf("ask: %w", err)
	}
	return &conn{os.NewFile(uintptr(fd), "connection")}, nil
}
