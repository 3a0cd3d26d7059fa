package usbcam

import "encoding/binary"

// Units of the camera.
const (
	cameraUnit     = 1
	processingUnit = 3
)

// Controls of the units, as unit and selector. (UVC 1.0, A.9.4 and A.9.5)
const (
	ExposureMode     = cameraUnit<<8 | 2 // 1 by hand, 8 aperture priority, which is automatic
	ExposurePriority = cameraUnit<<8 | 3 // 1 lets the frame rate fall
	ExposureTime     = cameraUnit<<8 | 4 // 100 us
	Gain             = processingUnit<<8 | 4
	PowerLine        = processingUnit<<8 | 5 // 1 for 50 Hz, 2 for 60 Hz
	WhiteBalance     = processingUnit<<8 | 0x0A
	WhiteBalanceAuto = processingUnit<<8 | 0x0B
)

// knob is the range of one control; size is its length in bytes.
type knob struct{ size, min, max, res, def uint32 }

func knobs() map[uint16]knob {
	return map[uint16]knob{
		ExposureMode:     {1, 1, 8, 1 | 8, 8}, // the step is the set of modes
		ExposurePriority: {1, 0, 1, 1, 1},
		ExposureTime:     {4, 1, 5000, 1, 100},
		Gain:             {2, 0, 255, 1, 16},
		PowerLine:        {1, 0, 2, 1, 2},
		WhiteBalance:     {2, 2800, 6500, 10, 4600},
		WhiteBalanceAuto: {1, 0, 1, 1, 1},
	}
}

func startValues() map[uint16]uint32 {
	v := map[uint16]uint32{}
	for id, k := range knobs() {
		v[id] = k.def
	}
	return v
}

// Value is what a control stands at. An automatic exposure moves for the first 20 frames.
func (c *Camera) Value(id uint16) uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value(id)
}

func (c *Camera) value(id uint16) uint32 {
	if id == ExposureTime && c.values[ExposureMode] != 1 {
		c.values[id] = 100 + min(c.frames, 20)
	}
	return c.values[id]
}

// Requests. (UVC 1.0, A.8; USB 2.0, 9.4)
const (
	setCur        = 0x01
	getCur        = 0x81
	getMin        = 0x82
	getMax        = 0x83
	getRes        = 0x84
	getLen        = 0x85
	getInfo       = 0x86
	getDef        = 0x87
	clearFeature  = 1
	getDescriptor = 6
)

// stall is the status by which a device refuses a request.
const stall = 4

// answer takes one control request: head is the packet of the protocol, data what the guest sends.
func (c *Camera) answer(id uint64, head, data []byte) {
	req, kind := head[1], head[2]
	value, index := binary.LittleEndian.Uint16(head[4:]), binary.LittleEndian.Uint16(head[6:])
	length := int(binary.LittleEndian.Uint16(head[8:]))
	var out []byte
	ok := true
	switch {
	case kind == 0x80 && req == getDescriptor:
		switch value >> 8 {
		case 1:
			out = device()
		case 2:
			out = c.configuration()
		case 3:
			out = text(byte(value))
		}
		ok = out != nil
	case kind&0x7F <= 2 && kind&0x80 != 0 && req == 0: // status of device, interface, endpoint
		out = []byte{0, 0}
	case kind == 0x02 && req == clearFeature: // the driver stops the stream so
		c.halt()
	case kind&0x7F == 0x21 && index&0xFF == 1:
		out, ok = c.streaming(req, value>>8, data)
	case kind&0x7F == 0x21:
		out, ok = c.knob(req, index&0xFF00|value>>8, data)
	default:
		ok = false
	}
	reply := append([]byte(nil), head...)
	reply[3] = 0 // the status comes in with any value
	n := min(len(out), length)
	if kind&0x80 == 0 {
		n = length
	}
	if !ok {
		reply[3], n, out = stall, 0, nil
	}
	binary.LittleEndian.PutUint16(reply[8:], uint16(n))
	c.packet(control, id, reply, out[:min(len(out), length)])
}

// streaming answers probe (1) and commit (2).
func (c *Camera) streaming(req byte, selector uint16, data []byte) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch req {
	case setCur:
		c.probe = c.settle(data)
		if selector == 2 {
			c.on = true
			c.stream++
			c.seen(Started)
			c.wake.Signal()
		}
		return nil, true
	case getCur, getMin, getMax, getDef:
		return c.probe, true
	case getLen:
		return le16(uint16(len(c.probe))), true
	case getInfo:
		return []byte{3}, true
	}
	return nil, false
}

// knob answers the requests of one control.
func (c *Camera) knob(req byte, id uint16, data []byte) ([]byte, bool) {
	k, ok := knobs()[id]
	if !ok {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if req == setCur {
		v := uint32(0)
		for i := range min(int(k.size), len(data)) {
			v |= uint32(data[i]) << (8 * i)
		}
		if id == ExposureTime && c.values[ExposureMode] != 1 {
			return nil, false // not while it is automatic
		}
		c.value(ExposureTime) // what it is now stays when the mode changes
		c.values[id] = v
		if id == ExposureMode && v == 1 {
			c.seen(Held)
		}
		return nil, true
	}
	v, known := map[byte]uint32{getCur: c.value(id), getMin: k.min, getMax: k.max, getRes: k.res, getDef: k.def}[req]
	switch {
	case known:
		return le32(v)[:k.size], true
	case req == getLen:
		return le16(uint16(k.size)), true
	case req == getInfo:
		info := byte(3) // can be read and set
		if id == ExposureTime {
			info |= 8 // changes by itself: the driver must not remember it
		}
		return []byte{info}, true
	}
	return nil, false
}
