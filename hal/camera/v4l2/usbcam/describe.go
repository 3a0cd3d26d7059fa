package usbcam

import "encoding/binary"

// size is one frame size; both formats have both.
type size struct{ width, height int }

func sizes() [2]size { return [2]size{{320, 240}, {640, 480}} }

// Formats of the camera, by their number in the descriptors.
const (
	yuyv  = 1
	mjpeg = 2
)

// bytes is the size of the largest frame: MJPEG is given half of what YUYV takes.
func (s size) bytes(format byte) int {
	if format == mjpeg {
		return s.width * s.height
	}
	return 2 * s.width * s.height
}

// device is the device descriptor. (USB 2.0, 9.6.1)
func device() []byte {
	return join([]byte{18, 1}, le16(0x200), []byte{0xEF, 2, 1, 64}, le16(Vendor), le16(Product), le16(0x100), []byte{1, 2, 3, 1})
}

// text is a string descriptor. (USB 2.0, 9.6.7)
func text(i byte) []byte {
	if i == 0 {
		return []byte{4, 3, 9, 4} // English
	}
	names := [4]string{"", "Tellijn", Name, "0001"}
	b := []byte{0, 3}
	for _, c := range names[i&3] {
		b = append(b, byte(c), 0)
	}
	b[0] = byte(len(b))
	return b
}

// configuration is the configuration descriptor with all that belongs to it. (USB 2.0, 9.6.3; UVC
// 1.0, chapter 3)
func configuration() []byte {
	group := []byte{8, 0x0B, 0, 2, 0x0E, 3, 0, 2}
	controls := []byte{9, 4, 0, 0, 0, 0x0E, 1, 0, 2}
	camera := join([]byte{18, 0x24, 2, cameraUnit}, le16(0x201), make([]byte, 8),
		[]byte{3, 0x0E, 0, 0}) // exposure mode, priority, time
	processing := join([]byte{11, 0x24, 5, processingUnit, cameraUnit, 0, 0, 2},
		le16(1<<6|1<<9|1<<10|1<<12), []byte{0}) // white balance, gain, power line, automatic white balance
	out := join([]byte{9, 0x24, 3, 9}, le16(0x101), []byte{0, processingUnit, 0})
	body := join(camera, processing, out)
	head := join([]byte{13, 0x24, 1}, le16(0x100), le16(uint16(13+len(body))), le32(48_000_000), []byte{1, 1})

	streaming := []byte{9, 4, 1, 0, 1, 0x0E, 2, 0, 0}
	guid := []byte{'Y', 'U', 'Y', '2', 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}
	formats := join([]byte{27, 0x24, 4, yuyv, byte(len(sizes()))}, guid, []byte{16, 1, 0, 0, 0, 0}, frameDescriptors(5, yuyv),
		[]byte{11, 0x24, 6, mjpeg, byte(len(sizes())), 0, 1, 0, 0, 0, 0}, frameDescriptors(7, mjpeg),
		[]byte{6, 0x24, 0x0D, 1, 1, 4})
	input := join([]byte{15, 0x24, 1, 2}, le16(uint16(15+len(formats))), []byte{0x81, 0, 9, 0, 0, 0, 1, 0, 0})
	endpoint := join([]byte{7, 5, 0x81, 2}, le16(512), []byte{0})

	all := join(group, controls, head, body, streaming, input, formats, endpoint)
	return join([]byte{9, 2}, le16(uint16(9+len(all))), []byte{2, 1, 0, 0x80, 250}, all)
}

// frameDescriptors lists the sizes of one format, each at 30 and 10 frames a second.
func frameDescriptors(subtype, format byte) (b []byte) {
	for i, s := range sizes() {
		n := uint32(s.bytes(format))
		b = join(b, []byte{34, 0x24, subtype, byte(i + 1), 0}, le16(uint16(s.width)), le16(uint16(s.height)),
			le32(n*8*10), le32(n*8*30), le32(n), le32(333333), []byte{2}, le32(333333), le32(1000000))
	}
	return b
}

// probeFor is the answer to a probe, 26 bytes. (UVC 1.0, 4.3.1.1)
func probeFor(format, frame byte, interval uint32) []byte {
	n := uint32(sizes()[frame-1].bytes(format))
	return join(le16(1), []byte{format, frame}, le32(interval), make([]byte, 10), le32(n), le32(n+payloadHead))
}

// settle bends a probe of the guest to what the camera has.
func settle(b []byte) []byte {
	if len(b) < 8 {
		return probeFor(yuyv, 1, 333333)
	}
	format, frame, interval := b[2], b[3], uint32(333333)
	if format != mjpeg {
		format = yuyv
	}
	if frame < 1 || int(frame) > len(sizes()) {
		frame = 1
	}
	if binary.LittleEndian.Uint32(b[4:]) > 600000 {
		interval = 1000000
	}
	return probeFor(format, frame, interval)
}
