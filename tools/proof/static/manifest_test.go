package static

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/tools/proof/static/lists"
)

// requests are those that a stage allows.
func requests(m sandbox.Manifest) map[uint64]bool {
	may := map[uint64]bool{}
	for _, c := range m.Calls {
		for _, w := range c.Where {
			if c.Name == "ioctl" && w.Arg == 1 {
				for _, n := range w.Is {
					may[n] = true
				}
			}
		}
	}
	return may
}

// The requests that the eye's manifests allow are those that its code can make: one more would be a hole,
// one less a camera that ends the eye. Each stage allows what is left to be done, and the last one
// no more than to take a frame, give it back and stop.
func TestTheManifestIsTheCode(t *testing.T) {
	lines, err := lists.Read("requests")
	if err != nil {
		t.Fatal(err)
	}
	made := map[uint64]bool{}
	for _, l := range lines {
		number, _, _ := strings.Cut(l.Key, " ")
		n, err := strconv.ParseUint(number, 0, 64)
		if err != nil {
			t.Fatalf("%q: %v", l.Key, err)
		}
		made[n] = true
	}
	e := eyes.Eye{Device: "/dev/video0", Camera: 5, Pid: 1}
	opens, settles, counts := requests(eyes.Opens(e)), requests(eyes.Settles(e)), requests(eyes.Counts(e))
	may := maps.Clone(opens)
	maps.Copy(may, settles)
	maps.Copy(may, counts)
	if len(made) < 10 || !maps.Equal(made, may) {
		t.Errorf("the code makes %#x, the manifests allow %#x", slices.Sorted(maps.Keys(made)), slices.Sorted(maps.Keys(may)))
	}
	// VIDIOC_QBUF, VIDIOC_DQBUF and VIDIOC_STREAMOFF of a 64-bit machine. (V4L2 spec; videodev2.h)
	if got := slices.Sorted(maps.Keys(counts)); !slices.Equal(got, []uint64{0x40045613, 0xc058560f, 0xc0585611}) {
		t.Errorf("a counting eye may make %#x", got)
	}
	for _, n := range []uint64{0xc0d05605, 0xc0d05604, 0xc0405610} { // to set the format, to ask for it, to hand a frame on
		if settles[n] {
			t.Errorf("an eye whose camera settles may make %#x", n)
		}
	}
}
