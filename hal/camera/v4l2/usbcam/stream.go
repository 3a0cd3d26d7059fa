package usbcam

import "time"

// Fault is what can be wrong with one frame.
type Fault int

// The faults. uvcvideo passes over such frames, which shows as a gap in the sequence, or hands them
// on marked as damaged, depending on its version. An MJPEG frame that is Short it hands on as it is.
const (
	None  Fault = iota
	Error       // the camera sets the error bit
	Short       // half of the frame is missing
	Long        // half as much again comes as the largest frame has
	Half        // half of the frame comes, and then nothing more until the guest begins anew or the cable is pulled
)

// payloadHead is the length of the header before each payload: 2 bytes, and time stamps that the
// camera leaves empty. (UVC 1.0, 2.4.3.3)
const payloadHead = 12

// Bits of the header.
const (
	bitFrame  = 0x01 // toggles from frame to frame
	bitEnd    = 0x02 // the frame ends with this payload
	bitError  = 0x40
	bitHeader = 0x80 // the header ends here
)

// bulkIn is the endpoint of the stream.
const bulkIn = 0x81

// payload is what is left of one payload of a frame.
type payload struct {
	data []byte
	// whole is as much as was agreed at most. A payload that is less ends with a transfer that is not full, if
	// need be an empty one.
	whole bool
	half  bool // what does not fill a transfer is held back, and no other frame follows
}

// send answers the guest's transfers with frames: exactly one reply for each request, in order.
// QEMU does not survive less, or more.
func (c *Camera) send() {
	var left []payload // of the frame that has been begun
	stream, toggle, next := -1, byte(0), time.Time{}
	for {
		c.mu.Lock()
		for c.closed == nil && (len(c.asked) == 0 || !c.on) {
			c.wake.Wait()
		}
		if c.closed != nil {
			c.mu.Unlock()
			return
		}
		if c.stream != stream {
			stream, left, next = c.stream, nil, time.Now()
		}
		if len(left) == 0 {
			wait := min(time.Until(next), 5*time.Millisecond) // in steps, since the stream may stop meanwhile
			if c.Ready != nil && !c.Ready() {
				wait = time.Millisecond
			}
			if wait > 0 {
				c.mu.Unlock()
				time.Sleep(wait)
				continue
			}
			next = c.after(next)
			toggle ^= bitFrame
			left = c.frame(toggle)
			c.frames++
		}
		r := c.asked[0]
		p := &left[0]
		if p.half && len(p.data) < r.size {
			if p.data != nil {
				p.data = nil
				c.seen(Paused)
			}
			c.wake.Wait()
			c.mu.Unlock()
			continue
		}
		c.asked = c.asked[1:]
		n := min(r.size, len(p.data))
		c.reply(r.id, 0, p.data[:n]) // within the lock, so that a cancel finds it answered
		p.data = p.data[n:]
		if n < r.size || len(p.data) == 0 && p.whole {
			left = left[1:]
		}
		if len(left) == 0 {
			c.seen(Sent)
		}
		c.mu.Unlock()
	}
}

// after is when the frame behind one is due that was due then. One that came late does not make all others late, but
// no more than one is made up for.
func (c *Camera) after(due time.Time) time.Time {
	due = due.Add(c.Pace)
	if now := time.Now(); due.Before(now) {
		return now
	}
	return due
}

// frame makes the payloads of one frame, which is one unless there is too much of it.
func (c *Camera) frame(toggle byte) []payload {
	o, fault := c.agreed(), None
	if c.Fault != nil {
		fault = c.Fault(c.frames)
	}
	data := c.data(o)
	bits := byte(bitHeader | toggle)
	switch fault {
	case Error:
		bits |= bitError
	case Short:
		data = data[:len(data)/2]
	case Half:
		return []payload{{join([]byte{payloadHead, bits | bitEnd}, make([]byte, payloadHead-2), data[:len(data)/2]), false, true}}
	case Long:
		rest := join([]byte{payloadHead, bits | bitEnd}, make([]byte, payloadHead-2+o.bytes()/2))
		data = join(data, make([]byte, o.bytes()-len(data)))
		return []payload{{join([]byte{payloadHead, bits}, make([]byte, payloadHead-2), data), true, false}, {rest, false, false}}
	}
	return []payload{{join([]byte{payloadHead, bits | bitEnd}, make([]byte, payloadHead-2), data), len(data) == o.bytes(), false}}
}

// data is what Fill or Code makes, or the frame's number and stripes that are never zero. It is not more than was agreed.
func (c *Camera) data(o Offer) []byte {
	n := o.bytes()
	switch {
	case o.MJPEG && c.Code != nil:
		b := c.Code(c.frames)
		return b[:min(len(b), n)]
	case o.MJPEG:
		n = n/4 + int(c.frames%7)*64
	}
	b := make([]byte, n)
	if c.Fill != nil && !o.MJPEG {
		c.Fill(c.frames, b)
		return b
	}
	for i := range b {
		b[i] = byte(i>>4)%200 + byte(c.frames%16) + 16
	}
	if o.MJPEG {
		copy(b, []byte{0xFF, 0xD8})
		copy(b[n-2:], []byte{0xFF, 0xD9})
	}
	copy(b[2:], le32(c.frames+1))
	return b
}

// reply sends the data of one bulk transfer. c.mu is held.
func (c *Camera) reply(id uint64, status byte, data []byte) {
	n := len(data)
	head := join([]byte{bulkIn, status}, le16(uint16(n)), le32(0))
	if c.long {
		head = append(head, le16(uint16(n>>16))...)
	}
	c.packet(bulk, id, head, data)
}

// cancelled answers a transfer that the guest no longer wants; status 1 means so.
func (c *Camera) cancelled(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, r := range c.asked {
		if r.id == id {
			c.asked = append(c.asked[:i], c.asked[i+1:]...)
			c.reply(id, 1, nil)
			return
		}
	}
}

// halt ends the stream until the next commit.
func (c *Camera) halt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on {
		c.seen(Stopped)
	}
	c.on = false
	c.stream++
}

// Frames is the number of frames begun so far.
func (c *Camera) Frames() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frames
}
