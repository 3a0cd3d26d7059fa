package usbcam

import "time"

// payloadHead is the length of the header before each frame: 2 bytes, and time stamps that the
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

// send answers the guest's transfers with frames: exactly one reply for each request, in order.
// QEMU does not survive less, or more.
func (c *Camera) send() {
	var payload []byte
	stream, toggle, next := -1, byte(0), time.Time{}
	open, less := false, false // a frame has been begun and not ended; it is less than was agreed
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
			stream, open = c.stream, false
		}
		if !open {
			if wait := time.Until(next); wait > 0 {
				c.mu.Unlock()
				time.Sleep(min(wait, 5*time.Millisecond)) // in steps, since the stream may stop meanwhile
				continue
			}
			next = time.Now().Add(c.Pace)
			toggle ^= bitFrame
			payload, less = c.frame(toggle)
			open = true
			c.frames++
		}
		r := c.asked[0]
		c.asked = c.asked[1:]
		n := min(r.size, len(payload))
		c.reply(r.id, 0, payload[:n]) // within the lock, so that a cancel finds it answered
		payload = payload[n:]
		open = n == r.size && (len(payload) > 0 || less) // a transfer that is not full ends the payload
		c.mu.Unlock()
	}
}

// frame makes the payload of one frame: what Fill makes, or its number and stripes that are never
// zero. It tells whether the payload is less than the most that was agreed; then only a transfer that is not full,
// if need be an empty one, tells the guest that it has ended.
func (c *Camera) frame(toggle byte) (payload []byte, less bool) {
	format, s := c.probe[2], sizes()[c.probe[3]-1]
	n := s.bytes(format)
	if format == mjpeg {
		n = n/4 + int(c.frames%7)*64
	}
	b := make([]byte, payloadHead+n)
	b[0], b[1] = payloadHead, bitHeader|bitEnd|toggle
	data := b[payloadHead:]
	if c.Fill != nil && format == yuyv {
		c.Fill(c.frames, data)
	} else {
		c.stripes(format, data)
	}
	fault := None
	if c.Fault != nil {
		fault = c.Fault(c.frames)
	}
	switch fault {
	case Error:
		b[1] |= bitError
	case Short:
		b = b[:payloadHead+n/2]
	}
	return b, len(b) < payloadHead+s.bytes(format)
}

// stripes are the pixels where nobody else makes any.
func (c *Camera) stripes(format byte, data []byte) {
	for i := range data {
		data[i] = byte(i>>4)%200 + byte(c.frames%16) + 16
	}
	if format == mjpeg {
		copy(data, []byte{0xFF, 0xD8})
		copy(data[len(data)-2:], []byte{0xFF, 0xD9})
	}
	copy(data[2:], le32(c.frames+1))
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
	c.on = false
	c.stream++
}

// Frames is the number of frames begun so far.
func (c *Camera) Frames() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frames
}
