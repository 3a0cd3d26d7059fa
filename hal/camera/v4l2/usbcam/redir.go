package usbcam

import "encoding/binary"

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
