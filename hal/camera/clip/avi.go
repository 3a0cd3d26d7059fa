package clip

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"tellijn/hal/camera"
)

// avi walks the chunks of an AVI file in the order of the file, without its index: a chunk is a
// four-character code, a 32-bit length and the data, padded to an even length. RIFF and LIST chunks
// are walked into whatever length they claim, since recorders that were cut off, and OpenDML files
// of several RIFFs, have lengths that lie. (Microsoft, AVI RIFF File Reference; OpenDML AVI File
// Format Extensions 1.02.)
type avi struct {
	r       io.ReaderAt
	size    int64
	pos     int64 // of the next chunk header
	unpad   bool  // the last chunk was odd: some writers leave the pad byte out
	riffEnd int64 // where the last RIFF claims to end; the size of the file if it does not say
	started int64 // position of the first frame
	streams int   // stream headers seen
	video   int   // number of the first video stream, -1 before
	inVideo bool  // the last stream header was that of the video
	usPer   uint32
	rate    time.Duration
	shape   camera.Format
	head    [12]byte
}

const (
	chunkHead = 8  // code and length
	aviSlack  = 10 // a RIFF length that counts its own header, and a pad byte, is no damage
)

func newAVI(r io.ReaderAt, size int64) (*avi, error) {
	a := &avi{r: r, size: size, riffEnd: size, video: -1}
	for {
		id, at, n, err := a.chunk()
		if err == io.EOF {
			return nil, fmt.Errorf("%w: it holds no frames", ErrBroken)
		}
		if err != nil {
			return nil, err
		}
		if a.isFrame(id) {
			a.started = at - chunkHead
			a.rewind()
			return a, a.complete()
		}
		if err := a.header(id, at, n); err != nil {
			return nil, err
		}
	}
}

// complete checks that the headers before the first frame said what is needed.
func (a *avi) complete() error {
	if a.shape.Pixel != camera.MJPEG {
		return fmt.Errorf("%w: frames come before the header of a video stream", ErrBroken)
	}
	a.shape.Interval = a.rate
	if a.rate == 0 {
		a.shape.Interval = interval(1e6, uint64(a.usPer))
	}
	return nil
}

func (a *avi) format() camera.Format { return a.shape }

func (a *avi) rewind() { a.pos, a.unpad, a.riffEnd = a.started, false, a.firstEnd() }

// firstEnd is where the first RIFF claims to end.
func (a *avi) firstEnd() int64 {
	if readAt(a.r, a.head[:chunkHead], 0) != nil {
		return a.size
	}
	return a.claim(0, binary.LittleEndian.Uint32(a.head[4:]))
}

// claim reads a RIFF length: 0 and all ones are what an unfinished recording has.
func (a *avi) claim(at int64, n uint32) int64 {
	if n == 0 || n == 1<<32-1 {
		return a.size
	}
	return at + chunkHead + int64(n)
}

func (a *avi) next() (span, error) {
	for {
		id, at, n, err := a.chunk()
		if err != nil || a.isFrame(id) {
			return span{at, n}, err
		}
	}
}

// chunk steps to the next chunk with data, into lists, and answers its code, the place of its data
// and its length.
func (a *avi) chunk() (id uint32, at, n int64, err error) {
	for {
		ok, err := a.look(a.pos)
		if err == nil && !ok && a.unpad { // try without the pad byte
			if ok, err = a.look(a.pos - 1); ok {
				a.pos--
			}
		}
		if err != nil {
			return 0, 0, 0, err
		}
		if !ok {
			return 0, 0, 0, a.stop()
		}
		a.unpad = false
		length := binary.LittleEndian.Uint32(a.head[4:])
		id = binary.LittleEndian.Uint32(a.head[:])
		if id == code("RIFF") {
			a.riffEnd = a.claim(a.pos, length)
		}
		if id == code("RIFF") || id == code("LIST") {
			a.pos += chunkHead + 4
			continue
		}
		at, n = a.pos+chunkHead, int64(length)
		if at+n > a.size {
			return 0, 0, 0, fmt.Errorf("%w: %q at byte %d claims %d bytes, the file has %d more; everything before it was read",
				ErrBroken, a.head[:4], a.pos, n, a.size-at)
		}
		a.pos, a.unpad = at+n+n&1, n&1 == 1
		return id, at, n, nil
	}
}

// look reads the header at pos, and tells whether one is there.
func (a *avi) look(pos int64) (bool, error) {
	if pos+chunkHead > a.size {
		return false, nil
	}
	if err := readAt(a.r, a.head[:chunkHead], pos); err != nil {
		return false, err
	}
	for _, c := range a.head[:4] {
		if c < ' ' || c > '~' {
			return false, nil
		}
	}
	return true, nil
}

// stop tells an honest end from a fault, where no chunk header is.
func (a *avi) stop() error {
	if a.pos+chunkHead > a.size {
		if a.riffEnd > a.size+aviSlack {
			return fmt.Errorf("%w: it claims %d bytes and has %d; it was cut off, everything in it was read", ErrBroken, a.riffEnd, a.size)
		}
		return io.EOF
	}
	if a.pos >= a.riffEnd { // whatever follows the last RIFF is not ours
		return io.EOF
	}
	return fmt.Errorf("%w: no chunk begins at byte %d, so a length before it is wrong; rewrite the file: ffmpeg -i FILE -c copy NEW.avi",
		ErrBroken, a.pos)
}
