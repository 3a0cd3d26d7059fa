package ask

import (
	"fmt"
	"io"
	"os"
	"syscall"

	"tellijn/firmware/dialer/line"
)

// room is for more descriptors than there may be, so that they can be closed.
const room = 4

// receive waits for an answer. It gives one descriptor if the answer has one, none else.
func receive(f *os.File) (m line.Message, files []int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return m, nil, fmt.Errorf("ask: %w", err)
	}
	var buf [line.Size + 1]byte
	rights := make([]byte, syscall.CmsgSpace(4*room))
	var n, rn, flags int
	var got error
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, rn, flags, _, got = syscall.Recvmsg(int(fd), buf[:line.Size+line.Extra], rights, closed)
			if got != syscall.EINTR {
				return got != syscall.EAGAIN
			}
		}
	})
	switch {
	case err != nil:
		return m, nil, fmt.Errorf("ask: %w", err)
	case got != nil:
		return m, nil, fmt.Errorf("%w: %w", ErrNoDialer, got)
	}
	files = taken(rights[:rn])
	if n == 0 && len(files) == 0 {
		return m, nil, fmt.Errorf("%w: %w", ErrNoDialer, io.EOF)
	}
	m, err = line.Decode(buf[:n], false)
	want := 0
	if m.Status == line.Connected {
		want = 1
	}
	switch {
	case err != nil:
		err = fmt.Errorf("%w: %w", ErrMalformed, err)
	case len(files) != want || flags&syscall.MSG_CTRUNC != 0:
		err = fmt.Errorf("%w: %d descriptors, want %d", ErrMalformed, len(files), want)
	}
	if err != nil {
		drop(files)
		return line.Message{}, nil, err
	}
	return m, files, nil
}

// taken finds the descriptors among what came with a message.
func taken(rights []byte) (files []int) {
	all, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return nil
	}
	for i := range all {
		if fds, err := syscall.ParseUnixRights(&all[i]); err == nil {
			files = append(files, fds...)
		}
	}
	return files
}

// drop closes descriptors.
func drop(files []int) {
	for _, fd := range files {
		_ = syscall.Close(fd)
	}
}
