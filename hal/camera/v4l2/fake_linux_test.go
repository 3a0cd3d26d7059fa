package v4l2

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/abi"
)

// offer is one pixel format of the fake, with one size and its rates in frames a second.
type offer struct {
	pixel         camera.PixelFormat
	width, height uint32
	rates         []uint32
}

// fake is a camera with its driver: buffers that are filled in turn, a log of every call whose order
// matters, and faults.
type fake struct {
	offers   []offer
	caps     abi.Capability
	controls map[webcam.ControlID]int32
	stubborn map[webcam.ControlID]bool // takes values and does not change
	wander   int                       // frames during which the exposure still moves
	falls    int32                     // exposure when it is set to manual, 0 for no change

	adjust  func(p *abi.Pix) // what the driver makes of the format
	parm    abi.StreamParm   // answer to GetParm
	noParm  bool
	insist  uint32                        // buffers, if not what was asked for
	deliver func(b *abi.Buffer, n uint32) // bends the nth dequeued buffer
	polls   func(n int) (int16, error)    // answers of poll; flags 0 and no error means none of its own
	dequeue func(n int) error
	fails   map[string]error // by the name of the call
	extra   int              // bytes of a buffer beyond the frame

	log     []string
	pix     abi.Pix
	count   uint32
	bufs    [][]byte
	queued  []uint32
	filled  []uint32
	frames  uint32
	npoll   int
	ndq     int
	clock   time.Duration
	running bool
}

func newFake(offers ...offer) *fake {
	f := &fake{offers: offers, controls: map[webcam.ControlID]int32{}, stubborn: map[webcam.ControlID]bool{}, fails: map[string]error{}, extra: 100}
	f.caps.Capabilities = abi.CapCapture | abi.CapMeta | abi.CapDevice
	f.caps.DeviceCaps = abi.CapCapture
	copy(f.caps.Driver[:], "fake")
	f.parm = abi.StreamParm{Capability: abi.CapInterval, Numerator: 1, Denominator: 30}
	return f
}

func (f *fake) say(format string, a ...any) error {
	s := fmt.Sprintf(format, a...)
	f.log = append(f.log, s)
	return f.fails[s]
}

// fakeNumber is the descriptor of the fake.
const fakeNumber = 77

func (f *fake) Number() int { return fakeNumber }

func (f *fake) Now() time.Duration {
	f.clock += time.Microsecond
	return f.clock
}

func (f *fake) Poll(d time.Duration) (int16, error) {
	f.npoll++
	if f.polls != nil {
		if flags, err := f.polls(f.npoll); flags != 0 || err != nil {
			return flags, err
		}
	}
	if len(f.queued) == 0 || !f.running {
		f.clock += d
		return 0, nil
	}
	f.fill()
	f.clock += time.Second / 30
	return unix.POLLIN, nil
}

// fill lets the camera write one frame, slack included, as a careless one does.
func (f *fake) fill() {
	i := f.queued[0]
	f.queued = f.queued[:copy(f.queued, f.queued[1:])]
	for k := range f.bufs[i] {
		f.bufs[i][k] = byte(f.frames + 1)
	}
	f.filled = append(f.filled[:0], i)
	f.frames++
}

func (f *fake) Mmap(offset int64, length int) ([]byte, error) {
	i := int(offset >> 12)
	if err := f.fails[fmt.Sprintf("mmap %d", i)]; err != nil {
		return nil, err
	}
	return f.bufs[i][:length:length], nil
}

func (f *fake) Munmap(b []byte) error {
	i := slices.IndexFunc(f.bufs, func(x []byte) bool { return &x[0] == &b[0] })
	return f.say("munmap %d, %s", i, state(f.bufs[i]))
}

func state(b []byte) string {
	for _, v := range b {
		if v != 0 {
			return "NOT WIPED"
		}
	}
	return "wiped"
}

func (f *fake) Ioctl(request uint32, arg unsafe.Pointer) error {
	switch request {
	case abi.QueryCap:
		*(*abi.Capability)(arg) = f.caps
	case abi.GetFormat:
		(*abi.Format)(arg).Pix = f.pix
	case abi.GetParm:
		if f.noParm {
			return unix.ENOTTY
		}
		*(*abi.StreamParm)(arg) = f.parm
	case abi.SetParm:
		p := (*abi.StreamParm)(arg)
		return f.say("interval %d/%d", p.Numerator, p.Denominator)
	case abi.QueryBuffer:
		b := (*abi.Buffer)(arg)
		if b.Index >= uint32(len(f.bufs)) {
			return unix.EINVAL
		}
		b.Length, b.Offset = uint32(len(f.bufs[b.Index])), abi.Word(b.Index)<<12
	case abi.SubscribeEvent:
		return unix.EINVAL
	case abi.Queue:
		b := (*abi.Buffer)(arg)
		if err := f.fails["queue"]; err != nil {
			return err
		}
		if state(f.bufs[b.Index]) != "wiped" {
			f.say("buffer %d queued NOT WIPED", b.Index)
		}
		f.queued = append(f.queued, b.Index)
	case abi.Dequeue:
		return f.take((*abi.Buffer)(arg))
	case abi.StreamOff:
		f.running = false
		return f.say("stream off")
	default:
		return unix.ENOTTY
	}
	return nil
}

func (f *fake) take(b *abi.Buffer) error {
	f.ndq++
	if f.dequeue != nil {
		if err := f.dequeue(f.ndq); err != nil {
			f.queued = append(f.queued, f.filled...) // not taken
			return err
		}
	}
	b.Index = f.filled[0]
	b.Length = uint32(len(f.bufs[b.Index]))
	b.BytesUsed, b.Sequence = f.pix.FrameBytes, f.frames-1
	if f.deliver != nil {
		f.deliver(b, f.frames-1)
	}
	return nil
}
