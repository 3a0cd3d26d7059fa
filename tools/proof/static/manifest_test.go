package static

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tellijn/privacy/sandbox/eyes"
	"tellijn/tools/proof/static/lists"
)

// The requests that the eye's manifest allows while it opens its camera are those that its code can make:
// one more would be a hole, one less a camera that ends the eye.
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
	may := map[uint64]bool{}
	for _, c := range eyes.Opens("/dev/video0", 1).Calls {
		for _, w := range c.Where {
			if c.Name == "ioctl" && w.Arg == 1 {
				for _, n := range w.Is {
					may[n] = true
				}
			}
		}
	}
	if len(made) < 10 || !maps.Equal(made, may) {
		t.Errorf("the code makes %#x, the manifest allows %#x", slices.Sorted(maps.Keys(made)), slices.Sorted(maps.Keys(may)))
	}
}
