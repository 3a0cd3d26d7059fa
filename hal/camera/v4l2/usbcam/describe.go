package usbcam

import (
	"encoding/binary"
	"slices"
)

// Offer is one format and size that a camera has.
type Offer struct {
	MJPEG         bool // else YUYV
	Width, Height int  // pixels; the width of YUYV is even
	// Rates in frames a second, the one that the camera likes best first. At most 8.
	Rates []int
	// Most is the size of the largest MJPEG frame in bytes; 0 means half of what YUYV takes.
	Most int
}

// Usual is what a camera has if nothing else is said.
func Usual() []Offer {
	rates := []int{30, 10}
	return []Offer{{Width: 320, Height: 240, Rates: rates}, {Width: 640, Height: 480, Rates: rates},
		{MJPEG: true, Width: 320, Height: 240, Rates: rates}, {MJPEG: true, Width: 640, Height: 480, Rates: rates}}
}

// intervals of the offer in 100 ns, the shortest first, and the one that it likes best.
func (o *Offer) intervals() (all []uint32, best uint32) {
	for _, r := range o.Rates {
		all = append(all, uint32(10_000_000/max(r, 1)))
	}
	best = all[0]
	slices.Sort(all)
	return all, best
}

// bytes is the size of the largest frame.
func (o *Offer) bytes() int {
	switch {
	case o.MJPEG && o.Most > 0:
		return o.Most
	case o.MJPEG:
		return o.Width * o.Height
	}
	return 2 * o.Width * o.Height
}

// formats are the offers by their number in the descriptors, less one: first by format, then by size.
func (c *Camera) formats() (list [][]Offer) {
	offers := c.Offers
	if offers == nil {
		offers = Usual()
	}
	for _, o := range offers {
		if i := slices.IndexFunc(list, func(f []Offer) bool { return f[0].MJPEG == o.MJPEG }); i >= 0 {
			list[i] = append(list[i], o)
			continue
		}
		list = append(list, []Offer{o})
	}
	return list
}

// agreed is the offer that the guest asked for last.
func (c *Camera) agreed() Offer { return c.formats()[c.probe[2]-1][c.probe[3]-1] }

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
func (c *Camera) configuration() []byte {
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
	list := c.formats()
	formats := []byte(nil)
	for i, f := range list {
		formats = join(formats, describeFormat(byte(i+1), f))
	}
	formats = join(formats, []byte{6, 0x24, 0x0D, 1, 1, 4})
	n := len(list) // of formats, each with a byte of controls that it has none of
	input := join([]byte{byte(13 + n), 0x24, 1, byte(n)}, le16(uint16(13+n+len(formats))), []byte{0x81, 0, 9, 0, 0, 0, 1}, make([]byte, n))
	endpoint := join([]byte{7, 5, 0x81, 2}, le16(512), []byte{0})

	all := join(group, controls, head, body, streaming, input, formats, endpoint)
	return join([]byte{9, 2}, le16(uint16(9+len(all))), []byte{2, 1, 0, 0x80, 250}, all)
}

// describeFormat lists one format and its sizes.
func describeFormat(number byte, sizes []Offer) (b []byte) {
	subtype := byte(5)
	if sizes[0].MJPEG {
		subtype = 7
		b = []byte{11, 0x24, 6, number, byte(len(sizes)), 0, 1, 0, 0, 0, 0}
	} else {
		guid := []byte{'Y', 'U', 'Y', '2', 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}
		b = join([]byte{27, 0x24, 4, number, byte(len(sizes))}, guid, []byte{16, 1, 0, 0, 0, 0})
	}
	for i, s := range sizes {
		n := uint32(s.bytes())
		all, best := s.intervals()
		slowest, fastest := 10_000_000/all[len(all)-1], 10_000_000/all[0]
		b = join(b, []byte{byte(26 + 4*len(all)), 0x24, subtype, byte(i + 1), 0}, le16(uint16(s.Width)), le16(uint16(s.Height)),
			le32(n*8*slowest), le32(n*8*fastest), le32(n), le32(best), []byte{byte(len(all))})
		for _, interval := range all {
			b = join(b, le32(interval))
		}
	}
	return b
}

// settle bends a probe of the guest to what the camera has, and gives the answer, 26 bytes. (UVC 1.0, 4.3.1.1)
func (c *Camera) settle(b []byte) []byte {
	b = join(b, make([]byte, 8))
	list, format, frame := c.formats(), b[2], b[3]
	if format < 1 || int(format) > len(list) {
		format = 1
	}
	if frame < 1 || int(frame) > len(list[format-1]) {
		frame = 1
	}
	o := list[format-1][frame-1]
	all, best := o.intervals()
	if asked := binary.LittleEndian.Uint32(b[4:]); asked > 0 {
		best = slices.MinFunc(all, func(x, y uint32) int { return apart(x, asked) - apart(y, asked) })
	}
	n := uint32(o.bytes())
	return join(le16(1), []byte{format, frame}, le32(best), make([]byte, 10), le32(n), le32(n+payloadHead))
}

func apart(a, b uint32) int { return max(int(a)-int(b), int(b)-int(a)) }
