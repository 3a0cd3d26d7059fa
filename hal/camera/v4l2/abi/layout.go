package abi

// Capability is struct v4l2_capability.
type Capability struct {
	Driver       [16]byte
	Card         [32]byte
	Bus          [32]byte
	Version      uint32
	Capabilities uint32 // of the whole device
	DeviceCaps   uint32 // of this node, if CapDevice is set in Capabilities
	_            [3]uint32
}

// Pix is struct v4l2_pix_format.
type Pix struct {
	Width, Height uint32 // pixels
	Pixel         uint32 // four-character code
	Field         uint32
	BytesPerLine  uint32 // 0 for compressed formats
	FrameBytes    uint32 // sizeimage: bytes of a whole frame, at most
	_             [6]uint32
}

// Format is struct v4l2_format. Its union holds pointers in other uses, hence the alignment.
type Format struct {
	Type uint32
	_    [0]Word
	Pix  Pix
	_    [200 - 48]byte
}

// StreamParm is struct v4l2_streamparm for capturing.
type StreamParm struct {
	Type                   uint32
	Capability, Mode       uint32
	Numerator, Denominator uint32 // seconds from frame to frame, as a fraction
	ExtendedMode, Buffers  uint32
	_                      [200 - 24]byte
}

// EventSubscription is struct v4l2_event_subscription.
type EventSubscription struct {
	Type, ID, Flags uint32
	_               [5]uint32
}

// Buffer is struct v4l2_buffer; on 32-bit machines the one with a 32-bit time, which Linux calls
// v4l2_buffer_time32 and still serves.
type Buffer struct {
	Index, Type uint32
	BytesUsed   uint32
	Flags       uint32
	Field       uint32
	Time        [2]Word // seconds, microseconds
	_           [4]uint32
	Sequence    uint32
	Memory      uint32
	Offset      Word // a union whose first 32 bits are the mapping offset; see MapOffset
	Length      uint32
	_           [2]uint32
}
