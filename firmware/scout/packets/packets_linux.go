// Package packets reads and writes whole frames on a packet socket that the setter made and handed over. It
// makes none and looks into none. It stands beside the data path, in the asker.
package packets

import (
	"encoding/binary"
	"os"
	"syscall"
)

// Socket is a packet socket that the setter made.
type Socket struct {
	f   *os.File
	raw syscall.RawConn
}

// Open takes a descriptor that does not wait.
func Open(fd int) *Socket {
	f := os.NewFile(uintptr(fd), "packets")
	raw, err := f.SyscallConn()
	if err != nil { // only of a file that is closed
		f.Close()
	}
	return &Socket{f, raw}
}

// What the kernel says of a frame. (packet(7), PACKET_AUXDATA; include/uapi/linux/if_packet.h)
const (
	packetLevel = 263
	auxdata     = 8
	notReady    = 1 << 3 // TP_STATUS_CSUMNOTREADY
)

// Read gives a frame.
func (s *Socket) Read(b []byte) (n int, unsummed bool, err error) {
	var oob [64]byte
	var got error
	var on int
	err = s.raw.Read(func(fd uintptr) bool {
		for {
			n, on, _, _, got = syscall.Recvmsg(int(fd), b, oob[:], 0)
			if got != syscall.EINTR {
				return got != syscall.EAGAIN
			}
		}
	})
	switch {
	case err != nil:
		return 0, false, err
	case got == syscall.ENETDOWN: // said once; the setter says when it is up again
		return 0, false, nil
	case got != nil:
		return 0, false, got
	}
	all, err := syscall.ParseSocketControlMessage(oob[:on])
	if err != nil {
		return n, false, nil
	}
	for _, m := range all {
		if m.Header.Level == packetLevel && m.Header.Type == auxdata && len(m.Data) >= 4 {
			unsummed = binary.NativeEndian.Uint32(m.Data)&notReady != 0
		}
	}
	return n, unsummed, nil
}

// Write sends a frame on the interface that the socket is bound to.
func (s *Socket) Write(b []byte) (int, error) { return s.f.Write(b) }

// Close lets go of it; somebody who waits in Read is told.
func (s *Socket) Close() error { return s.f.Close() }
