package clip

import (
	"encoding/binary"
	"fmt"

	"tellijn/hal/camera"
)

// code is a four-character code as it lies in the file, first letter in the low byte.
func code(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// isFrame tells chunks "NNdc" and "NNdb" of the video stream: NN is its number, decimal.
func (a *avi) isFrame(id uint32) bool {
	tens, ones := byte(id)-'0', byte(id>>8)-'0'
	kind := uint16(id >> 16)
	if tens > 9 || ones > 9 || kind != 'd'|'c'<<8 && kind != 'd'|'b'<<8 {
		return false
	}
	return a.video < 0 || int(tens)*10+int(ones) == a.video
}

// header takes what is needed from the chunks before the first frame.
func (a *avi) header(id uint32, at, n int64) error {
	var b [28]byte
	if n < 4 {
		return nil
	}
	short := b[:min(n, int64(len(b)))]
	if err := readAt(a.r, short, at); err != nil {
		return err
	}
	switch id {
	case code("avih"): // dwMicroSecPerFrame comes first
		a.usPer = binary.LittleEndian.Uint32(b[0:])
	case code("strh"): // fccType 0, dwScale 20, dwRate 24
		a.inVideo = a.video < 0 && string(b[:4]) == "vids"
		if a.inVideo {
			a.video = a.streams
			a.rate = interval(uint64(binary.LittleEndian.Uint32(b[24:])), uint64(binary.LittleEndian.Uint32(b[20:])))
		}
		a.streams++
	case code("strf"): // BITMAPINFOHEADER: biWidth 4, biHeight 8, biCompression 16
		if a.inVideo {
			return a.bitmap(b[:])
		}
	}
	return nil
}

func (a *avi) bitmap(b []byte) error {
	switch string(b[16:20]) {
	case "MJPG", "mjpg", "MJPA", "jpeg", "JPEG":
	default:
		return fmt.Errorf("%w: the frames of this AVI are %q, want MJPG; convert it, for example: ffmpeg -i FILE -c:v mjpeg -q:v 4 clip.avi",
			camera.ErrFormat, b[16:20])
	}
	height := int32(binary.LittleEndian.Uint32(b[8:]))
	if height < 0 { // rows from the top down
		height = -height
	}
	a.shape = camera.Format{Pixel: camera.MJPEG, Width: int(int32(binary.LittleEndian.Uint32(b[4:]))), Height: int(height)}
	return nil
}
