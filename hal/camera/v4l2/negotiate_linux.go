package v4l2

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/blackjack/webcam"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/abi"
	"tellijn/hal/camera/v4l2/choice"
)

// negotiate sets the best format that the camera really takes, and reads back what it is.
func (s *Source) negotiate(o Options) error {
	wish := choice.Wish{Width: o.Width, Height: o.Height, Interval: o.Interval, Accept: o.Accept}
	offers := choice.Sort(s.offers(wish), wish)
	if len(offers) == 0 {
		return fmt.Errorf("%w: the camera offers none of %v; it has %v", camera.ErrFormat, o.Accept, s.names())
	}
	var first error
	for _, offer := range offers {
		err := s.try(offer, wish)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// names lists what the camera has, for a message.
func (s *Source) names() (names []string) {
	for p := range s.cam.GetSupportedFormats() {
		names = append(names, camera.PixelFormat(p).String())
	}
	slices.Sort(names)
	return names
}

// offers lists every accepted format and size with the rate nearest to the wish.
func (s *Source) offers(w choice.Wish) (offers []choice.Offer) {
	have := s.cam.GetSupportedFormats()
	for _, p := range w.Accept {
		if _, ok := have[webcam.PixelFormat(p)]; !ok {
			continue
		}
		sizes := s.cam.GetSupportedFrameSizes(webcam.PixelFormat(p))
		if len(sizes) == 0 { // the driver does not list them
			sizes = []webcam.FrameSize{{}}
		}
		for _, z := range sizes {
			width, height := fit(z, w)
			rates := s.rates(p, width, height, w.Interval)
			offers = append(offers, choice.Offer{Pixel: p, Width: width, Height: height, Interval: choice.Nearest(rates, w.Interval)})
		}
	}
	return offers
}

// fit finds the size to ask for; a driver that says nothing is asked for the wish.
func fit(z webcam.FrameSize, w choice.Wish) (width, height int) {
	if z.MaxWidth == 0 || z.MaxHeight == 0 {
		return w.Width, w.Height
	}
	return choice.Range{Min: z.MinWidth, Max: z.MaxWidth, Step: z.StepWidth}.Fit(w.Width),
		choice.Range{Min: z.MinHeight, Max: z.MaxHeight, Step: z.StepHeight}.Fit(w.Height)
}

// rates lists the intervals for one size; a driver with a free interval is asked for the wish if
// that lies between its ends.
func (s *Source) rates(p camera.PixelFormat, width, height int, want time.Duration) (list []choice.Fraction) {
	for _, r := range s.cam.GetSupportedFramerates(webcam.PixelFormat(p), uint32(width), uint32(height)) {
		low := choice.Fraction{Num: r.MinNumerator, Den: r.MinDenominator}
		high := choice.Fraction{Num: r.MaxNumerator, Den: r.MaxDenominator}
		list = append(list, low)
		if high != low {
			list = append(list, high)
			if want > low.Duration() && want < high.Duration() {
				list = append(list, choice.Ask(want))
			}
		}
	}
	return list
}

// try sets one offer and takes what the driver made of it, if that can be counted on.
func (s *Source) try(offer choice.Offer, w choice.Wish) error {
	if err := s.cam.setFormat(webcam.PixelFormat(offer.Pixel), uint32(offer.Width), uint32(offer.Height)); err != nil {
		return fmt.Errorf("setting %v %dx%d: %w", offer.Pixel, offer.Width, offer.Height, err)
	}
	got := abi.Format{Type: abi.BufVideoCapture}
	if err := s.k.Ioctl(abi.GetFormat, unsafe.Pointer(&got)); err != nil {
		return fmt.Errorf("reading the format back: %w", err)
	}
	f := camera.Format{
		Pixel: camera.PixelFormat(got.Pix.Pixel),
		Width: int(got.Pix.Width), Height: int(got.Pix.Height), Stride: int(got.Pix.BytesPerLine),
	}
	if f.Pixel != offer.Pixel {
		return fmt.Errorf("%w: asked for %v, the camera set %v", camera.ErrFormat, offer.Pixel, f.Pixel)
	}
	switch got.Pix.Field {
	case abi.FieldAny, abi.FieldNone, abi.FieldInterlaced, abi.FieldInterlacedTB, abi.FieldInterlacedBT:
	default:
		return fmt.Errorf("%w: field order %d, half of the rows come at a time; use a camera with whole frames", camera.ErrFormat, got.Pix.Field)
	}
	if f.Pixel == camera.MJPEG {
		f.Stride = 0 // drivers disagree about what to write here
	}
	f.Interval = s.setInterval(offer.Interval, w.Interval)
	if err := f.Check(); err != nil {
		return err
	}
	if least := f.LumaSize(); int64(got.Pix.FrameBytes) < int64(least) {
		return fmt.Errorf("%w: the driver sizes a frame at %d bytes, %dx%d %v of stride %d needs %d",
			camera.ErrFormat, got.Pix.FrameBytes, f.Width, f.Height, f.Pixel, f.Stride, least)
	}
	s.format = f
	return nil
}

// setInterval sets the frame interval, if the camera lets it, and answers what it is now.
func (s *Source) setInterval(offered choice.Fraction, want time.Duration) time.Duration {
	ask := offered
	if ask.Duration() == 0 {
		ask = choice.Ask(want)
	}
	p := abi.StreamParm{Type: abi.BufVideoCapture}
	if err := s.k.Ioctl(abi.GetParm, unsafe.Pointer(&p)); err != nil {
		return ask.Duration() // the driver does not speak of rates at all
	}
	if p.Capability&abi.CapInterval != 0 {
		set := abi.StreamParm{Type: abi.BufVideoCapture, Numerator: ask.Num, Denominator: ask.Den}
		if s.k.Ioctl(abi.SetParm, unsafe.Pointer(&set)) == nil {
			return interval(&set, ask.Duration())
		}
	}
	return interval(&p, ask.Duration())
}
