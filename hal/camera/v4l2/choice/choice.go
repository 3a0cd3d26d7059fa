// Package choice puts the formats that a camera offers into the order in which they should be
// tried. It is plain arithmetic: it opens nothing and never sees a frame.
package choice

import (
	"cmp"
	"slices"
	"time"

	"tellijn/hal/camera"
)

// Fraction is a frame interval in seconds as a driver writes it. Drivers compare it exactly, so it
// must be given back as it came.
type Fraction struct{ Num, Den uint32 }

// Duration is the interval; 0 if the fraction is not one.
func (f Fraction) Duration() time.Duration {
	if f.Num == 0 || f.Den == 0 {
		return 0
	}
	return time.Duration(uint64(f.Num) * uint64(time.Second) / uint64(f.Den))
}

// Offer is one thing that the camera can do. An Interval of zero means that the driver does not
// say, and it must be tried.
type Offer struct {
	Pixel         camera.PixelFormat
	Width, Height int
	Interval      Fraction
}

// Wish is what is wanted. Accept lists pixel formats, best first.
type Wish struct {
	Width, Height int
	Interval      time.Duration
	Accept        []camera.PixelFormat
}

// Sort orders offers: right size, then right rate, then by the order of Accept, so that raw formats
// come first where they reach both and MJPEG where only it does. Offers of other formats are left
// out. The order of equal offers is kept.
func Sort(offers []Offer, w Wish) []Offer {
	var out []Offer
	for _, o := range offers {
		if slices.Contains(w.Accept, o.Pixel) && o.Width > 0 && o.Height > 0 {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Offer) int {
		return cmp.Or(
			cmp.Compare(sizeMiss(a, w), sizeMiss(b, w)),
			cmp.Compare(rateMiss(a.Interval.Duration(), w.Interval), rateMiss(b.Interval.Duration(), w.Interval)),
			cmp.Compare(slices.Index(w.Accept, a.Pixel), slices.Index(w.Accept, b.Pixel)))
	})
	return out
}

// sizeMiss is how far off a size is, in pixels of both sides; too small counts double, since what
// the camera did not resolve cannot be counted.
func sizeMiss(o Offer, w Wish) int {
	miss := func(got, want int) int {
		if got < want {
			return 2 * (want - got)
		}
		return got - want
	}
	return miss(o.Width, w.Width) + miss(o.Height, w.Height)
}

// rateMiss is how far off an interval is. 2 % is what 30 and 29.97 frames a second differ, and
// more; a faster camera than wished costs less than a slower one.
func rateMiss(got, want time.Duration) time.Duration {
	switch slack := want / 50; {
	case got == 0 || got >= want-slack && got <= want+slack:
		return 0
	case got < want:
		return want - got
	default:
		return 10 * (got - want)
	}
}

// Nearest picks the interval to ask for; zero if there is none to choose from.
func Nearest(offered []Fraction, want time.Duration) Fraction {
	best := Fraction{}
	for _, f := range offered {
		if d := f.Duration(); d > 0 && (best.Num == 0 || rateMiss(d, want) < rateMiss(best.Duration(), want)) {
			best = f
		}
	}
	return best
}

// Range is what a driver with free sizes or intervals says, in its own steps.
type Range struct{ Min, Max, Step uint32 }

// Fit is the value in the range nearest to want, from below.
func (r Range) Fit(want int) int {
	v := uint32(max(want, 0))
	v = max(r.Min, min(v, r.Max))
	if r.Step > 1 {
		v -= (v - r.Min) % r.Step
	}
	return int(v)
}

// Ask is the fraction for an interval that nobody enumerated: one over a whole rate if it is one
// within a thousandth, otherwise in units of 100 ns, as UVC counts.
func Ask(d time.Duration) Fraction {
	if d <= 0 {
		return Fraction{}
	}
	rate := (time.Second + d/2) / d
	if rate > 0 {
		if off := time.Second/rate - d; off < d/1000 && -off < d/1000 {
			return Fraction{1, uint32(rate)}
		}
	}
	return Fraction{uint32(min(d/100, 1<<31)), 10_000_000}
}
