package reel

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"

	"tellijn/hal/camera"
)

// quality of the frames that are made here: that of a camera which has enough room.
const quality = 90

// coded makes MJPEG of a reel of YUYV.
type coded struct {
	Reel
	format camera.Format
	out    bytes.Buffer
}

func (c *coded) Format() camera.Format { return c.format }

// Largest is as much as the pixels take: noise can cost nearly that.
func (c *coded) Largest() int { return 2 * c.format.Width * c.format.Height }

func (c *coded) Next() ([]byte, error) {
	pixels, err := c.Reel.Next()
	if err != nil {
		return nil, err
	}
	m := image.NewYCbCr(image.Rect(0, 0, c.format.Width, c.format.Height), image.YCbCrSubsampleRatio422)
	for i := range m.Y {
		m.Y[i] = pixels[2*i]
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = 128, 128
	}
	c.out.Reset()
	if err := jpeg.Encode(&c.out, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("reel: %w", err)
	}
	return c.out.Bytes(), nil
}
