package tap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal"
)

// Tap is one listener.
type Tap struct {
	fd   int
	port uint16
	stop chan struct{}
	done sync.WaitGroup
	all  []Packet
	err  error
}

// room in bytes of what waits to be read.
const room = 32 << 20

// Open listens on the loopback for TCP packets to and from a port. Without the right to it the error
// wraps hal.ErrAbsent.
func Open(port int) (*Tap, error) {
	const all = uint16(unix.ETH_P_ALL)<<8&0xff00 | unix.ETH_P_ALL>>8
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(all))
	if errors.Is(err, unix.EPERM) {
		return nil, fmt.Errorf("%w: listening to packets needs root", hal.ErrAbsent)
	}
	if err != nil {
		return nil, fmt.Errorf("tap: %w", err)
	}
	t := &Tap{fd: fd, port: uint16(port), stop: make(chan struct{})}
	if err := t.begin(); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("tap: %w", err)
	}
	t.done.Go(t.listen)
	return t, nil
}

// begin lets only that port through, so that nothing else fills the room.
func (t *Tap) begin() error {
	p := uint32(t.port)
	program := []unix.SockFilter{ // the packet begins with its IP header
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 9},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.IPPROTO_TCP, Jf: 6},
		{Code: unix.BPF_LDX | unix.BPF_B | unix.BPF_MSH, K: 0},
		{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_IND, K: 0},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: p, Jt: 2},
		{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_IND, K: 2},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: p, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 1 << 18},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	wait := unix.NsecToTimeval(int64(50 * time.Millisecond))
	return errors.Join(
		unix.SetsockoptSockFprog(t.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}),
		unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, room),
		unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptTimeval(t.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait))
}

func (t *Tap) listen() {
	b, extra := make([]byte, 1<<17), make([]byte, 256)
	for {
		n, m, _, from, err := unix.Recvmsg(t.fd, b, extra, 0)
		if errors.Is(err, unix.EAGAIN) {
			select {
			case <-t.stop:
				return
			default:
				continue
			}
		}
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			t.err = fmt.Errorf("tap: %w", err)
			return
		}
		// Everything passes the loopback twice, out and in.
		if l, ok := from.(*unix.SockaddrLinklayer); !ok || l.Pkttype != unix.PACKET_OUTGOING {
			continue
		}
		if p, ok := t.parse(b[:n]); ok {
			p.At = stamp(extra[:m])
			t.all = append(t.all, p)
		}
	}
}

// stamp is when the kernel saw the packet.
func stamp(extra []byte) time.Time {
	all, err := unix.ParseSocketControlMessage(extra)
	for i := range all {
		if c := &all[i]; err == nil && c.Header.Level == unix.SOL_SOCKET && c.Header.Type == unix.SCM_TIMESTAMPNS && len(c.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(c.Data)), int64(binary.NativeEndian.Uint64(c.Data[8:])))
		}
	}
	return time.Now()
}

// parse reads one IPv4 packet.
func (t *Tap) parse(b []byte) (p Packet, ok bool) {
	if len(b) < 40 || b[0]>>4 != 4 {
		return p, false
	}
	ip, size := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if size > len(b) || ip+20 > size {
		return p, false
	}
	tcp := b[ip:size]
	from, to, head := binary.BigEndian.Uint16(tcp), binary.BigEndian.Uint16(tcp[2:]), int(tcp[12]>>4)*4
	if head > len(tcp) {
		return p, false
	}
	p = Packet{Client: from, Up: to == t.port, Opening: tcp[13]&2 != 0, Size: size, First: binary.BigEndian.Uint32(tcp[4:]), Payload: append([]byte(nil), tcp[head:]...)}
	if !p.Up {
		p.Client = to
	}
	return p, true
}

// Close ends it and gives what went by. Packets that the kernel had no room for are an error.
func (t *Tap) Close() ([]Packet, error) {
	time.Sleep(20 * time.Millisecond) // what is on its way
	close(t.stop)
	t.done.Wait()
	st, err := unix.GetsockoptTpacketStats(t.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	unix.Close(t.fd)
	if err == nil && st.Drops > 0 {
		err = fmt.Errorf("tap: %d packets were not seen", st.Drops)
	}
	return t.all, errors.Join(t.err, err)
}
