// Package usbcam plays a USB camera to a virtual machine: it speaks the USB redirection protocol on
// the socket of QEMU's usb-redir device and describes itself as a UVC camera with YUYV and MJPEG, so
// that the unmodified driver uvcvideo of the guest can be tried with frames chosen here. Its frames
// are made up; it never touches a real camera or frame. It is for tests and the rig, outside the
// data path.
//
// Sources: usbredir protocol 0.7 (usb-redir-protocol.md), USB 2.0 chapter 9, Universal Serial Bus
// Device Class Definition for Video Devices 1.0a ("UVC 1.0"), and its payload definitions for
// uncompressed and MJPEG video.
//
//	qemu ... -chardev socket,id=cam,path=SOCKET,server=on,wait=off \
//	    -device qemu-xhci,id=xhci -device usb-redir,chardev=cam,id=cam0,bus=xhci.0
package usbcam

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"
)

// Vendor and Product are the numbers that pid.codes keeps for tests.
const (
	Vendor  = 0x1209
	Product = 0x0001
	// Name is what the guest calls the camera.
	Name = "Tellijn test camera"
)

// Camera is one camera. Set the fields before Serve.
type Camera struct {
	// Pace is the least time between frames; 0 sends as fast as the guest asks. On a loaded
	// machine a slow pace is steadier.
	Pace time.Duration
	// Fault is asked for each frame, by its number since the start of Serve; nil means none.
	Fault func(number uint32) Fault
	// Fill makes the pixels of each YUYV frame, by the same number; it must write every byte and
	// be quick. nil means the frame's number and stripes, as in MJPEG always.
	Fill func(number uint32, pixels []byte)

	conn   io.ReadWriter
	write  sync.Mutex // one packet at a time
	mu     sync.Mutex // all below
	wake   *sync.Cond
	wide   bool // 64-bit ids
	long   bool // 32-bit lengths of bulk packets
	probe  []byte
	on     bool // a commit was made: frames may be sent
	stream int  // counts streams, so that a frame begun for one is not ended in another
	asked  []request
	values map[uint16]uint32
	frames uint32
	closed error
}

// Fault is what can be wrong with one frame.
type Fault int

// The faults. uvcvideo passes over such frames, which shows as a gap in the sequence, or hands them
// on marked as damaged, depending on its version.
const (
	None  Fault = iota
	Error       // the camera sets the error bit
	Short       // half of the frame is missing
)

// request is one bulk transfer that the guest waits for.
type request struct {
	id   uint64
	size int
}

// Packet types of the redirection protocol.
const (
	hello         = 0
	connect       = 1
	reset         = 3
	interfaceInfo = 4
	endpointInfo  = 5
	setConfig     = 6
	getConfig     = 7
	configStatus  = 8
	setAlt        = 9
	getAlt        = 10
	altStatus     = 11
	cancel        = 21
	control       = 100
	bulk          = 101
)

// Capabilities of the redirection protocol, as bit numbers.
const (
	capConnectVersion = 1
	capMaxPacket      = 4
	cap64             = 5
	cap32Length       = 6
	ours              = 1<<capConnectVersion | 1<<capMaxPacket | 1<<cap64 | 1<<cap32Length
)

// maxPacket bounds what QEMU may send at once.
const maxPacket = 1 << 20

// Serve plays the camera until the connection ends; the guest sees it plugged in when Serve begins
// and unplugged when the connection is closed. It is called once.
func (c *Camera) Serve(conn io.ReadWriter) error {
	c.conn, c.wake, c.values = conn, sync.NewCond(&c.mu), startValues()
	c.probe = probeFor(1, 1, 333333)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.send()
	}()
	name := make([]byte, 64)
	copy(name, "tellijn usbcam")
	c.packet(hello, 0, name, le32(ours))
	err := c.receive()
	c.mu.Lock()
	c.closed = err
	c.wake.Broadcast()
	c.mu.Unlock()
	<-done
	return err
}

// receive takes packets until the connection ends.
func (c *Camera) receive() error {
	plugged := false
	for {
		head := make([]byte, 12, 16)
		if c.wide {
			head = head[:16]
		}
		if _, err := io.ReadFull(c.conn, head); err != nil {
			return err
		}
		kind, size := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])
		id := uint64(binary.LittleEndian.Uint32(head[8:]))
		if c.wide {
			id = binary.LittleEndian.Uint64(head[8:])
		}
		if size > maxPacket {
			return fmt.Errorf("usbcam: packet of %d bytes, type %d", size, kind)
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(c.conn, body); err != nil {
			return err
		}
		if kind == hello && !plugged {
			plugged = true
			if len(body) >= 68 {
				both := binary.LittleEndian.Uint32(body[64:]) & ours
				c.mu.Lock()
				c.wide, c.long = both&(1<<cap64) != 0, both&(1<<cap32Length) != 0
				c.mu.Unlock()
			}
			c.describe()
			c.packet(connect, 0, []byte{2, 0xEF, 2, 1}, le16(Vendor), le16(Product), le16(0x100)) // high speed
			continue
		}
		if err := c.handle(kind, id, body); err != nil {
			return err
		}
	}
}

func (c *Camera) handle(kind uint32, id uint64, body []byte) error {
	least := map[uint32]int{setConfig: 1, setAlt: 2, getAlt: 1, control: 10, bulk: 8}[kind]
	if kind == bulk && c.long {
		least = 10
	}
	if len(body) < least {
		return fmt.Errorf("usbcam: packet type %d has %d bytes, want %d", kind, len(body), least)
	}
	switch kind {
	case reset:
		c.halt()
	case setConfig:
		c.describe()
		c.packet(configStatus, id, []byte{0, body[0]})
	case getConfig:
		c.packet(configStatus, id, []byte{0, 1})
	case setAlt:
		c.packet(altStatus, id, []byte{0, body[0], body[1]})
	case getAlt:
		c.packet(altStatus, id, []byte{0, body[0], 0})
	case control:
		c.answer(id, body[:10], body[10:])
	case bulk:
		size := int(binary.LittleEndian.Uint16(body[2:]))
		if c.long {
			size |= int(binary.LittleEndian.Uint16(body[8:])) << 16
		}
		c.mu.Lock()
		c.asked = append(c.asked, request{id, size})
		c.wake.Signal()
		c.mu.Unlock()
	case cancel:
		c.cancelled(id)
	}
	return nil
}

// describe tells QEMU about interfaces and endpoints, which it does not read from descriptors.
func (c *Camera) describe() {
	kind, interval, of := make([]byte, 32), make([]byte, 32), make([]byte, 32)
	size := make([]byte, 64)
	for i := range kind {
		kind[i] = 255 // no such endpoint
	}
	kind[0], kind[16] = 0, 0 // control, out and in
	kind[17], of[17] = 2, 1  // bulk in, of interface 1
	binary.LittleEndian.PutUint16(size[0:], 64)
	binary.LittleEndian.PutUint16(size[32:], 64)
	binary.LittleEndian.PutUint16(size[34:], 512)
	c.packet(endpointInfo, 0, kind, interval, of, size)
	number, class, sub := make([]byte, 32), make([]byte, 32), make([]byte, 32)
	number[1] = 1
	class[0], class[1] = 0x0E, 0x0E // video
	sub[0], sub[1] = 1, 2           // control, streaming
	c.packet(interfaceInfo, 0, le32(2), number, class, sub, make([]byte, 32))
}

// packet sends one packet.
func (c *Camera) packet(kind uint32, id uint64, parts ...[]byte) {
	c.write.Lock()
	defer c.write.Unlock()
	body := join(parts...)
	b := append(le32(kind), le32(uint32(len(body)))...)
	if c.wide && kind != hello { // the hello comes before the sides have agreed
		b = binary.LittleEndian.AppendUint64(b, id)
	} else {
		b = append(b, le32(uint32(id))...)
	}
	c.conn.Write(append(b, body...)) // if it is gone, receive will tell
}

func le16(v uint16) []byte { return binary.LittleEndian.AppendUint16(nil, v) }
func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

func join(parts ...[]byte) (b []byte) {
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}
