package sweep

import (
	"bytes"
	"image"
	"image/jpeg"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
)

// coder stands for a camera that gives MJPEG: it encodes what the simulated one draws.
type coder struct {
	*sim.Camera
	quality int
	b       bytes.Buffer
	drawn   camera.Frame // on loan from the simulated camera
}

func (c *coder) Format() camera.Format {
	f := c.Camera.Format()
	f.Pixel, f.Stride = camera.MJPEG, 0
	return f
}

func (c *coder) Borrow(f *camera.Frame) error {
	if err := c.Camera.Borrow(&c.drawn); err != nil {
		return err
	}
	format := c.Camera.Format()
	m := &image.Gray{Pix: c.drawn.Data, Stride: format.Stride, Rect: image.Rect(0, 0, format.Width, format.Height)}
	c.b.Reset()
	if err := jpeg.Encode(&c.b, m, &jpeg.Options{Quality: c.quality}); err != nil {
		return err
	}
	*f = c.drawn
	f.Data = c.b.Bytes()
	return nil
}

func (c *coder) Return(f *camera.Frame) (time.Duration, error) {
	clear(f.Data)
	*f = camera.Frame{}
	return c.Camera.Return(&c.drawn)
}
