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

// Camera is one camera. Set the fields before Serve. Its functions are called one after the other, and must not
// call the camera.
type Camera struct {
	// Pace is the least time between frames; 0 sends as fast as the guest asks. On a loaded
	// machine a slow pace is steadier.
	Pace time.Duration
	// Offers are the formats and sizes that it has; nil means Usual.
	Offers []Offer
	// Fault is asked for each frame, by its number since the start of Serve; nil means none.
	Fault func(number uint32) Fault
	// Fill makes the pixels of each YUYV frame, by the same number; it must write every byte and
	// be quick. nil means the frame's number and stripes.
	Fill func(number uint32, pixels []byte)
	// Code gives each MJPEG frame, which stays as it is until the next call. nil means stripes between the
	// marks of such a frame.
	Code func(number uint32) []byte
	// Ready tells whether the next frame may be sent; after false it is asked again, a millisecond later. nil
	// means always.
	Ready func() bool
	// Seen hears what happens with the stream; nil hears nothing.
	Seen func(Event)

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

// Event is something that happens with the stream.
type Event int

// The events.
const (
	Started Event = iota // the guest wants frames
	Held                 // the guest took the exposure into its hands, which it does once it has looked at enough frames
	Sent                 // the frame begun last is with the guest, to its end
	Stopped              // the guest wants no more frames; one begun and not sent was in vain
	Paused               // half of a frame is with the guest, and no more of it will come
	Pulled               // the cable was pulled while the guest wanted frames
)

func (c *Camera) seen(e Event) {
	if c.Seen != nil {
		c.Seen(e)
	}
}

// request is one bulk transfer that the guest waits for.
type request struct {
	id   uint64
	size int
}

// maxPacket bounds what QEMU may send at once.
const maxPacket = 1 << 20

// Serve plays the camera until the connection ends; the guest sees it plugged in when Serve begins
// and unplugged when the connection is closed. It is called once.
func (c *Camera) Serve(conn io.ReadWriter) error {
	c.conn, c.wake, c.values = conn, sync.NewCond(&c.mu), startValues()
	c.probe = c.settle(nil)
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
	if c.on {
		c.seen(Pulled)
	}
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
