// Package floor makes the empty scene of a simulated camera: a floor with a texture of its own,
// in some scenes tiles or a door mat, lit more from one side. It never moves and knows no people.
// hal/camera/sim copies it under every frame.
package floor

import (
	"tellijn/hal/camera/sim/canvas"
	"tellijn/hal/camera/sim/fixed"
)

// Floor is the empty scene.
type Floor struct {
	// Luma is width x height grey levels, noise-free.
	Luma []byte
	// Grey is the mean grey level, Dark that of the darkest part (the mat, if there is one), as
	// in the middle of the picture.
	Grey, Dark int32

	w, h   int32
	gx, gy int32 // light on the right and lower edge, more than in the middle, of 256
}

// The texture: sizes of its features in 1/256 of a person's size, and their strength in grey levels
// to either side. Together about 5 grey levels of standard deviation, as stone or lino has.
var scales = [...]struct{ size, strength int32 }{{60, 5}, {190, 6}, {560, 8}}

// New gives the floor of a seed. size is the size of a person in 1/256 pixel.
func New(width, height int, size int32, seed uint64) *Floor {
	r := fixed.NewRand(seed, 0xf100)
	f := &Floor{
		Luma: make([]byte, width*height), w: int32(width), h: int32(height),
		Grey: r.Between(95, 150), gx: r.Between(-25, 25), gy: r.Between(-25, 25),
	}
	tile, mat := int32(0), int32(0)
	if r.Percent(40) {
		tile = size * r.Between(110, 180) / 100
	}
	joint := r.Between(-14, -6)
	if r.Percent(25) {
		mat = r.Between(-22, -12)
	}
	f.Dark = f.Grey + mat
	var hills [len(scales)]canvas.Noise
	for i := range hills {
		hills[i] = canvas.Noise{Seed: seed, Layer: uint64(16 + i)}
	}
	for y := range f.h {
		for x := range f.w {
			v := f.Grey + mat*f.onMat(x, y)
			for i, s := range scales {
				step := max(size*s.size>>8, 1)
				v += s.strength * hills[i].At((x<<8)*256/step, (y<<8)*256/step) >> 8
			}
			if tile > 0 && (gap(x, tile) || gap(y, tile)) {
				v += joint
			}
			v += int32(fixed.Hash(seed, uint64(y)<<32|uint64(x))&3) - 1 // pixels are not alike
			f.Luma[y*f.w+x] = byte(min(max(v*f.Light(x, y)>>8, 8), 247))
		}
	}
	return f
}

// gap tells whether a row or column of pixels lies on the joint between tiles.
func gap(at, tile int32) bool {
	return (at<<8)/tile != ((at+1)<<8)/tile
}

// onMat is 1 on the mat, which covers the middle third of the height and the middle half of the
// width.
func (f *Floor) onMat(x, y int32) int32 {
	if x > f.w/4 && x < f.w*3/4 && y > f.h/3 && y < f.h*2/3 {
		return 1
	}
	return 0
}

// Light tells how much light falls on a pixel, in 1/256 of what falls on the middle. It is defined
// outside the picture too.
func (f *Floor) Light(x, y int32) int32 {
	return 256 + f.gx*(2*x-f.w)/f.w + f.gy*(2*y-f.h)/f.h
}
