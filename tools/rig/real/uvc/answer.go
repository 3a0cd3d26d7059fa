package uvc

import (
	"encoding/binary"

	"tellijn/tools/rig/real/tape"
)

// Requests of a host. (UVC 1.1, table A-8)
const (
	setCur  = 0x01
	getCur  = 0x81
	getMin  = 0x82
	getMax  = 0x83
	getRes  = 0x84
	getLen  = 0x85
	getInfo = 0x86
	getDef  = 0x87
)

// Kinds of a request: class, to an interface, to the device or from it. (USB 2.0, table 9-2)
const (
	toDevice   = 0x21
	fromDevice = 0xA1
)

// What is asked of: entities of the control interface as the kernel numbers them (drivers/usb/gadget/function/f_uvc.c:
// uvc_alloc_inst), and their controls.
const (
	camera     = 1 // camera terminal
	processing = 2 // processing unit

	errorCode    = 0x02 // of the interface itself, VC_REQUEST_ERROR_CODE_CONTROL (UVC 1.1, 4.2.1.2)
	exposureMode = 0x02 // of the camera, CT_AE_MODE_CONTROL (4.2.2.1.2)
	brightness   = 0x02 // of the unit, PU_BRIGHTNESS_CONTROL (4.2.2.3.2)

	probe  = 0x01 // of the stream, VS_PROBE_CONTROL (4.3.1.1)
	commit = 0x02 // VS_COMMIT_CONTROL
)

// Values of the controls.
const (
	manual         = 1 << 0 // exposure modes, a bit for each
	automatic      = 1 << 1
	both           = 3 // of getInfo: it can be asked and set
	invalidControl = 6 // error code
	probeLength    = 34
	midBrightness  = 128
	mostBrightness = 255
)

// Answers are what a camera answers its host. It is used from one goroutine.
type Answers struct {
	f     tape.Format
	mode  byte
	light uint16
	wrong byte    // what went wrong last
	asked [2]byte // entity or 0 and control of the data that is to come
}

// NewAnswers is a camera with one format.
func NewAnswers(f tape.Format) *Answers { return &Answers{f: f, mode: automatic, light: midBrightness} }

// Setup answers a request of 8 bytes, of the control interface (0) or that of the stream (1). A request with data of the
// host is answered with as many bytes as are to come; what cannot be answered is nil, and stalls.
func (a *Answers) Setup(setup [8]byte) []byte {
	value, length := binary.LittleEndian.Uint16(setup[2:]), binary.LittleEndian.Uint16(setup[6:])
	control, where, entity := byte(value>>8), setup[4], setup[5]
	a.asked = [2]byte{}
	if setup[0] != toDevice && setup[0] != fromDevice || (setup[0] == toDevice) != (setup[1] == setCur) {
		return a.stall()
	}
	if where == 1 && entity == 0 && (control == probe || control == commit) {
		if setup[1] == setCur {
			a.asked = [2]byte{0, control}
			return make([]byte, min(length, probeLength))
		}
		return a.stream(setup[1])
	}
	if where != 0 {
		return a.stall()
	}
	switch [2]byte{entity, control} {
	case [2]byte{0, errorCode}:
		if setup[1] == getCur {
			return []byte{a.wrong}
		}
	case [2]byte{camera, exposureMode}:
		if setup[1] == setCur {
			a.asked = [2]byte{camera, control}
			return make([]byte, 1)
		}
		// A bit for each mode has no least and no most. (table 4-11)
		if b, ok := map[byte][]byte{getCur: {a.mode}, getRes: {manual | automatic}, getDef: {automatic}, getInfo: {both}, getLen: {1, 0}}[setup[1]]; ok {
			return a.good(b)
		}
	case [2]byte{processing, brightness}:
		if setup[1] == setCur {
			a.asked = [2]byte{processing, control}
			return make([]byte, 2)
		}
		two := func(v uint16) []byte { return binary.LittleEndian.AppendUint16(nil, v) }
		if b, ok := map[byte][]byte{getCur: two(a.light), getMin: two(0), getMax: two(mostBrightness), getRes: two(1), getDef: two(midBrightness),
			getInfo: {both}, getLen: {2, 0}}[setup[1]]; ok {
			return a.good(b)
		}
	}
	return a.stall()
}

func (a *Answers) stall() []byte {
	a.wrong = invalidControl
	return nil
}

func (a *Answers) good(b []byte) []byte {
	a.wrong = 0
	return b
}

// stream answers what is asked of the stream: there is nothing to choose.
func (a *Answers) stream(request byte) []byte {
	switch request {
	case getCur, getMin, getMax, getDef:
	case getInfo:
		return a.good([]byte{both})
	case getLen:
		return a.good([]byte{probeLength, 0})
	default:
		return a.stall()
	}
	b := make([]byte, probeLength) // UVC 1.1, table 4-75
	b[0] = 1                       // bmHint: the interval is kept
	b[2], b[3] = 1, 1              // bFormatIndex, bFrameIndex
	binary.LittleEndian.PutUint32(b[4:], a.f.Interval)
	binary.LittleEndian.PutUint32(b[18:], a.f.Largest)         // dwMaxVideoFrameSize
	binary.LittleEndian.PutUint32(b[22:], uint32(packet(a.f))) // dwMaxPayloadTransferSize
	b[30] = 3                                                  // bmFramingInfo: headers have a frame's number and its end
	b[31], b[32], b[33] = 1, 1, 1                              // versions of the payload
	return a.good(b)
}

// Data takes the data of a request that was answered before. Held tells that the host took the exposure into its hands.
func (a *Answers) Data(b []byte) (held bool) {
	asked := a.asked
	a.asked = [2]byte{}
	switch {
	case asked == [2]byte{camera, exposureMode} && len(b) >= 1:
		a.mode = b[0]
		return a.mode == manual
	case asked == [2]byte{processing, brightness} && len(b) >= 2:
		a.light = binary.LittleEndian.Uint16(b)
	}
	return false // what the host wants of the stream it cannot choose
}
