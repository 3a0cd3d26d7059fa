// Package noise runs the counting of a configuration on frames that hold nothing but noise, and on
// blank ones, and compares what comes out bit by bit. What differs is all that frames can say. It
// keeps no frame; nothing it sees comes from a camera. It is a part of tools/proof/space.
package noise

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"

	"tellijn/hal/camera"
)

// Kind is what frames show.
type Kind uint8

// The kinds. Blank is what the others are compared with.
const (
	Blank  Kind = iota // even grey
	Still              // one noise, the same in each frame
	Fresh              // another noise in each frame
	Blocks             // large squares of noise, another in each frame, which look like people
	Broken             // too short, or no frame at all
)

// Kinds are all of them but Blank.
func Kinds() []Kind { return []Kind{Still, Fresh, Blocks, Broken} }

// String names a kind.
func (k Kind) String() string {
	return [...]string{"blank", "still noise", "fresh noise", "blocks", "broken"}[k]
}

// variety is how many different frames a run shows in turn.
const variety = 4

// frames draws the frames of a run.
func frames(f camera.Format, k Kind, rng *rand.Rand) (all [][]byte, err error) {
	n := 1
	if k == Fresh || k == Blocks {
		n = variety
	}
	for range n {
		one, err := frame(f, k, rng)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// frame draws one.
func frame(f camera.Format, k Kind, rng *rand.Rand) ([]byte, error) {
	if k == Broken {
		return junk(rng, rng.IntN(max(min(f.LumaSize(), 512), 4))), nil
	}
	if f.Pixel != camera.MJPEG {
		return luma(f.LumaSize(), f.Stride, k, rng), nil
	}
	m := &image.Gray{Pix: luma(f.Width*f.Height, f.Width, k, rng), Stride: f.Width, Rect: image.Rect(0, 0, f.Width, f.Height)}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 75}); err != nil {
		return nil, fmt.Errorf("noise: %w", err)
	}
	return b.Bytes(), nil
}

// luma fills n bytes in rows of a stride.
func luma(n, stride int, k Kind, rng *rand.Rand) []byte {
	switch k {
	case Blank:
		return bytes.Repeat([]byte{128}, n)
	case Blocks:
		b, side := make([]byte, n), max(stride/12, 1)
		shade := junk(rng, 13*(n/stride/side+2))
		for i := range b {
			b[i] = shade[i/stride/side*13+i%stride/side]
		}
		return b
	}
	return junk(rng, n)
}

// junk gives n random bytes.
func junk(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := 0; i+8 <= n; i += 8 {
		v := rng.Uint64()
		for k := range 8 {
			b[i+k] = byte(v >> (8 * k))
		}
	}
	for i := n &^ 7; i < n; i++ {
		b[i] = byte(rng.Uint32())
	}
	return b
}
