// Package luma reads brightness out of a frame where it lies and adds it up over squares of pixels.
// First stage of counting, after hal/camera. It never copies a pixel: what it keeps for the moment
// are sums over the pixel rows of one row of cells.
package luma

import "tellijn/hal/camera"

// Layout says where the luma bytes of a raw format lie.
type Layout struct {
	Offset int // of the first luma byte in a row
	Pitch  int // bytes from one luma sample to the next, 1 or 2
}

// LayoutOf gives the layout of a raw format; ok is false for MJPEG and anything unknown.
func LayoutOf(p camera.PixelFormat) (l Layout, ok bool) {
	switch p {
	case camera.YUYV:
		return Layout{0, 2}, true
	case camera.UYVY:
		return Layout{1, 2}, true
	case camera.NV12, camera.YU12, camera.GREY:
		return Layout{0, 1}, true
	}
	return Layout{}, false
}

// MaxFactor is the largest side in pixels of a cell that Squares adds up: four lanes of
// MaxFactor*255 must fit 16 bits.
const MaxFactor = 64

// Sums holds luma added up over the pixel rows of one row of cells: 16-bit lanes, four to a word. It
// is scratch.
type Sums struct{ lanes [camera.MaxSide / 4]uint64 }

const even = 0x00FF_00FF_00FF_00FF // the bytes at even places of a word

// Squares writes the mean luma of factor x factor pixels for each cell of one row. rows starts at
// the first pixel row of these cells, stride is in bytes; dst has one place a cell. rows must hold
// (factor-1)*stride plus one row of 8-byte words; the caller has checked it.
func (s *Sums) Squares(dst []uint8, rows []byte, stride, factor int, l Layout) {
	if l.Pitch == 2 {
		s.packed(dst, rows, stride, factor, l.Offset)
		return
	}
	s.planar(dst, rows, stride, factor)
}

// Wipe zeroes the sums.
func (s *Sums) Wipe() { clear(s.lanes[:]) }
