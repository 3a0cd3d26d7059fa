package pieces

import "tellijn/privacy/privacytest/canary"

// What may be in flight while an eye counts: the buffers that the driver has for it, and the transfers that the
// driver of the camera has under way. None of it is the eye's to wipe before the driver hands it over.
const (
	Buffers = 3 // hal/camera/v4l2, Options.Buffers as the eye leaves it
	// Linux, drivers/media/usb/uvc/uvcvideo.h: UVC_URBS, and UVC_MAX_PACKETS of 512 bytes, the packet size of the
	// endpoint of the rig's camera.
	Transfers     = 5
	TransferBytes = 32 * 512
	// InFlight is what may be there of frames that are over: what lies in transfers. Of the newest frame, which the
	// driver is just filling, there may be all, and what lies in transfers.
	InFlight = Transfers * TransferBytes
	// MaxWords, in windows, is what registers of the driver's workers may leave on their stacks: each transfer has
	// one worker. Nobody wipes those; they are overwritten when the worker is interrupted at the same depth again.
	MaxWords = Transfers * (WordBytes - canary.Window + 1)
	// MaxAge, in frames: the one that the camera has begun, and those in buffers and transfers.
	MaxAge = Buffers + 2
)

// MaxPages is how many pages buffers for frames of so many bytes and transfers take together.
func MaxPages(frameBytes int) int {
	return Buffers*((frameBytes+Page-1)/Page) + Transfers*TransferBytes/Page
}

// Older is how many windows in rows are of other frames than the newest there is, and how many frames before the last
// one of the camera the oldest is. age tells that of a frame by its number.
func (f Found) Older(age func(number int) int) (windows, oldest int) {
	newest := -1
	for i, one := range f.Frames {
		oldest = max(oldest, age(one.Number))
		if newest < 0 || age(one.Number) < age(f.Frames[newest].Number) {
			newest = i
		}
	}
	if newest < 0 {
		return 0, 0
	}
	return f.RowHits - f.Frames[newest].Hits, oldest
}
