// Package abi holds what the Linux kernel and a camera driver say to each other: request numbers,
// flags, control numbers and memory layouts of V4L2. It calls nothing and holds no state; the
// driver in hal/camera/v4l2 uses it, and a filter of system calls can be written from it.
//
// Sources: Linux Media Subsystem Documentation, Video for Linux API ("V4L2 spec"), in its function
// reference under the name of the request or flag given beside each constant, and for the values
// include/uapi/linux/videodev2.h and v4l2-controls.h of Linux 6.1. Numbers are in the byte order
// of the machine.
package abi

// A request number has the direction in bits 30 and 31, the size of its argument from bit 16, 'V'
// from bit 8 and a serial number. (include/uapi/asm-generic/ioctl.h)
const (
	read  = 2 << 30
	write = 1 << 30
	video = 'V' << 8
)

// Requests that the driver makes once, before the stream runs.
const (
	QueryCap       = read | 104<<16 | video | 0                // VIDIOC_QUERYCAP
	GetFormat      = read | write | sizeFormat<<16 | video | 4 // VIDIOC_G_FMT
	QueryBuffer    = read | write | sizeBuffer<<16 | video | 9 // VIDIOC_QUERYBUF
	GetParm        = read | write | 204<<16 | video | 21       // VIDIOC_G_PARM
	SetParm        = read | write | 204<<16 | video | 22       // VIDIOC_S_PARM
	SubscribeEvent = write | 32<<16 | video | 90               // VIDIOC_SUBSCRIBE_EVENT
)

// Requests of the running stream: Borrow makes Dequeue, Return makes Queue, Close makes StreamOff.
const (
	Queue     = read | write | sizeBuffer<<16 | video | 15 // VIDIOC_QBUF
	Dequeue   = read | write | sizeBuffer<<16 | video | 17 // VIDIOC_DQBUF
	StreamOff = write | 4<<16 | video | 19                 // VIDIOC_STREAMOFF
)

// Values of the structures below.
const (
	BufVideoCapture = 1        // V4L2_BUF_TYPE_VIDEO_CAPTURE
	MemoryMmap      = 1        // V4L2_MEMORY_MMAP
	BufFlagError    = 0x40     // V4L2_BUF_FLAG_ERROR: the data may be corrupted
	EventSource     = 5        // V4L2_EVENT_SOURCE_CHANGE: the format changed under us
	FrameMax        = 32       // videodev2.h, VIDEO_MAX_FRAME
	CapCapture      = 0x1      // V4L2_CAP_VIDEO_CAPTURE
	CapCapturePlane = 0x1000   // V4L2_CAP_VIDEO_CAPTURE_MPLANE
	CapMeta         = 0x800000 // V4L2_CAP_META_CAPTURE
	CapDevice       = 1 << 31  // V4L2_CAP_DEVICE_CAPS: the field DeviceCaps is filled
	CapInterval     = 0x1000   // V4L2_CAP_TIMEPERFRAME: the frame interval can be set
)

// Field orders whose frames hold whole rows from top to bottom. (V4L2 spec, "Field Order", enum v4l2_field)
const (
	FieldAny          = 0
	FieldNone         = 1
	FieldInterlaced   = 4
	FieldInterlacedTB = 8
	FieldInterlacedBT = 9
)

// Controls. (V4L2 spec, "User Controls" and "Camera Control Reference")
const (
	AutoWhiteBalance   = 0x98090c
	Gain               = 0x980913
	AutoGain           = 0x980912
	PowerLine          = 0x980918 // menu: 0 off, 1 50 Hz, 2 60 Hz
	WhiteBalanceKelvin = 0x98091a
	ExposureAuto       = 0x9a0901 // menu: 0 auto, 1 manual, 2 shutter priority, 3 aperture priority
	ExposureAbsolute   = 0x9a0902 // 100 us
	ExposurePriority   = 0x9a0903 // 1 lets the driver lower the frame rate
	FocusAbsolute      = 0x9a090a
	FocusAuto          = 0x9a090c

	ExposureManual = 1
)
