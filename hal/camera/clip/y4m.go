package clip

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tellijn/hal/camera"
)

// y4m walks a YUV4MPEG2 file: a line of tags, then for each frame a line "FRAME" and the planes,
// luma first. (yuv4mpeg(5), MJPEG tools.)
type y4m struct {
	r      io.ReaderAt
	size   int64
	pos    int64
	first  int64 // of the first frame
	luma   int64
	planes int64 // bytes of a whole frame
	shape  camera.Format
	line   [maxLine]byte
}

// maxLine bounds a line of tags in bytes; real ones have about 60.
const maxLine = 1024

func newY4M(r io.ReaderAt, size int64) (*y4m, error) {
	y := &y4m{r: r, size: size}
	line, err := y.tags(0)
	if err != nil {
		return nil, err
	}
	y.first = int64(len(line)) + 1
	y.pos = y.first
	chroma := "420" // what yuv4mpeg(5) assumes without a C tag
	var w, h int
	for _, tag := range strings.Fields(string(line))[1:] {
		value := tag[1:]
		switch tag[0] {
		case 'W':
			w, err = strconv.Atoi(value)
		case 'H':
			h, err = strconv.Atoi(value)
		case 'C':
			chroma = value
		case 'F':
			var num, den uint64
			if n, _ := fmt.Sscanf(value, "%d:%d", &num, &den); n == 2 {
				y.shape.Interval = interval(num, den)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%w: tag %q in the first line is no number", ErrBroken, tag)
		}
	}
	if w < 1 || h < 1 || w > camera.MaxSide || h > camera.MaxSide {
		return nil, fmt.Errorf("clip: %w: size %dx%d, want 8 to %d pixels a side", camera.ErrFormat, w, h, camera.MaxSide)
	}
	y.shape.Pixel, y.shape.Width, y.shape.Height, y.shape.Stride = camera.GREY, w, h, w
	y.luma = int64(w) * int64(h)
	extra, ok := chromaSize(chroma, int64(w), int64(h))
	if !ok {
		return nil, fmt.Errorf("clip: %w: colour space %q, want 8 bits: mono, 411, 420, 422 or 444; convert with ffmpeg -pix_fmt yuv420p",
			camera.ErrFormat, chroma)
	}
	y.planes = y.luma + extra
	return y, nil
}

// chromaSize is the number of bytes behind the luma plane. The 420 family differs only in where
// the chroma samples lie.
func chromaSize(tag string, w, h int64) (int64, bool) {
	switch tag {
	case "mono":
		return 0, true
	case "420", "420jpeg", "420mpeg2", "420paldv":
		return 2 * ((w + 1) / 2) * ((h + 1) / 2), true
	case "411":
		return 2 * ((w + 3) / 4) * h, true
	case "422":
		return 2 * ((w + 1) / 2) * h, true
	case "444":
		return 2 * w * h, true
	case "444alpha":
		return 3 * w * h, true
	}
	return 0, false
}

// tags reads the line at pos, without its end.
func (y *y4m) tags(pos int64) ([]byte, error) {
	b := y.line[:min(int64(maxLine), y.size-pos)]
	if err := readAt(y.r, b, pos); err != nil {
		return nil, err
	}
	n := bytes.IndexByte(b, '\n')
	if n < 0 {
		return nil, fmt.Errorf("%w: the line at byte %d does not end within %d bytes", ErrBroken, pos, len(b))
	}
	return b[:n], nil
}

func (y *y4m) format() camera.Format { return y.shape }

func (y *y4m) rewind() { y.pos = y.first }

func (y *y4m) next() (span, error) {
	if y.pos == y.size {
		return span{}, io.EOF
	}
	line, err := y.tags(y.pos)
	if err != nil {
		return span{}, err
	}
	if !bytes.Equal(line, []byte("FRAME")) && !bytes.HasPrefix(line, []byte("FRAME ")) {
		return span{}, fmt.Errorf("%w: no frame begins at byte %d; everything before it was read", ErrBroken, y.pos)
	}
	at := y.pos + int64(len(line)) + 1
	if at+y.planes > y.size {
		return span{}, fmt.Errorf("%w: it ends inside a frame that begins at byte %d; everything before it was read", ErrBroken, y.pos)
	}
	y.pos = at + y.planes
	return span{at, y.luma}, nil
}
