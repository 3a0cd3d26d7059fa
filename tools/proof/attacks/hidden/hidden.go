// Package hidden bounds what an eye that was taken over can say by what the warden must believe: by when
// it sends its tallies, by numbers that could be true, by what it says its camera is, and by how it
// ends. It computes the bound from the checks that the warden makes; it tries nothing. It stands
// outside the data path.
package hidden

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
	"time"

	"tellijn/counting"
	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/claim"
)

// What the bounds are stated for: one line, one zone, a camera that was asked for 30 frames a second, and
// the shortest interval that somebody would choose for a real door.
const (
	wanted    = time.Second / 30
	shortest  = wanted / 2 // that the warden believes, see wire.Terms
	seconds   = 60         // of a record
	perDay    = 86_400 / seconds
	qualities = 5 // bits that counting may set, see counting/tally
)

// How soon the warden starts an eye again, see firmware/warden/watch; and how many rules privacy/wire can
// say were broken, at most. A test compares them with the source.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 8 * time.Second
	steady      = 20 * time.Second
	rules       = 32
	signals     = 64 // (signal(7))
)

// Bound is how much an eye that means harm can say at most, in bits a day.
type Bound struct {
	Timing  float64 // by when it sends its tallies: it shows as coverage only
	Numbers float64 // by all numbers of a record that come from it, timing included
	Starts  float64 // by what it says its camera is and what holds it in, once each start, and by how it ends
	PerDay  float64 // starts
}

// Capacity computes the bound: the logarithm of the number of records, and of words about its starts and
// ends, that the warden would make of what it lets pass. It is an upper bound; the real channel is
// smaller, since people who cross are in the same numbers.
func Capacity() Bound {
	// A quarter more frames than there was time for are let pass.
	frames := math.Ceil(float64(seconds*time.Second) / float64(shortest) * 5 / 4)
	pairs := func(most float64) float64 { return math.Log2((most + 1) * (most + 2) / 2) } // a, b >= 0 with a + b <= most
	coverage := pairs(frames)
	crossings := pairs(counting.MaxTracks * (frames + 1))
	zone := pairs(counting.MaxTracks)
	drops := math.Log2(counting.MaxCells*(frames+1) + 1)
	lifetimes := 2 * math.Log2(wire.MaxLifetime+1)
	held := float64(bits.OnesCount16(uint16(layers.All)))
	n := starts()
	return Bound{Timing: coverage * perDay,
		Numbers: (coverage + crossings + zone + drops + math.Log2(frames+1) + lifetimes + qualities + held) * perDay,
		Starts:  (stream() + held + end()) * n, PerDay: n}
}

// stream is how many bits are in a format that a camera can have.
func stream() float64 {
	sides, formats := 0, 0
	for n := range 1 << 16 {
		f := camera.Format{Pixel: camera.GREY, Width: n, Height: 8, Stride: 2 * n, Interval: wanted}
		if f.Check() == nil {
			sides++
		}
	}
	for _, pixel := range []camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG} {
		f := camera.Format{Pixel: pixel, Width: 8, Height: 8, Stride: 16, Interval: wanted}
		if f.Check() == nil {
			formats++
		}
	}
	longest := shortest // that passes, in nanoseconds, found by halves
	for step := time.Hour; step > 0; step /= 2 {
		f := camera.Format{Pixel: camera.GREY, Width: 8, Height: 8, Stride: 16, Interval: longest + step}
		if f.Check() == nil {
			longest += step
		}
	}
	return 2*math.Log2(float64(sides)) + math.Log2(float64(formats)) + math.Log2(float64(longest-shortest)+1)
}

// end is how many bits are in how an eye ends, as the warden tells it: a code that there is, a signal, or a
// rule that it broke.
func end() float64 {
	known := map[orders.Ending]bool{}
	for code := range 256 {
		known[orders.Ending(code).Known()] = true
	}
	return math.Log2(float64(len(known) + signals + rules))
}

// starts is how many eyes can begin in a day, when each ends at the worst moment: at once, so that the waits
// grow, or after having run for so long that they begin anew.
func starts() float64 {
	best, n, took := 0.0, 0.0, time.Duration(0)
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		n, took = n+1, took+wait
		best = max(best, n/(took+steady).Seconds())
		if wait == longestWait {
			return 86_400 * max(best, 1/longestWait.Seconds())
		}
	}
}

// connects tells whether a manifest lets a program make a connection.
func connects(m sandbox.Manifest) bool {
	for _, c := range m.Calls {
		if c.Name == "socket" || c.Name == "connect" {
			return true
		}
	}
	return false
}

// Result states the bound, and whether any program may make a connection by its manifest. What running
// programs hold open, tools/proof/forensics looks at.
func Result(command string) claim.Result {
	b := Capacity()
	var open []string
	e := eyes.Eye{Device: "/dev/video0", Camera: 5, Pid: 1}
	all := []sandbox.Manifest{sandbox.Courier("/", 1), sandbox.Warden(3, 5, 1), sandbox.Dialer(sandbox.Calling{Port: 443, Named: true}, 1),
		eyes.Opens(e), eyes.Settles(e), eyes.Counts(e)}
	for _, m := range all {
		if connects(m) && m.Program != "dialer" {
			open = append(open, m.Program+", "+m.Stage)
		}
	}
	r := claim.Result{Promises: []int{28, 31}, Name: "Hidden signals of an eye that was taken over", Command: command,
		Measured: "how much an eye that was taken over can say by when it sends tallies, by numbers that could be true, and by what it says of its camera; " +
			"computed from the checks of the warden, as an upper bound",
		Figure: fmt.Sprintf("at most %.0f bits a day by timing, %.0f by all numbers of records of %d s (one line, one zone, a camera asked for %d frames a second), "+
			"%.0f more by size, format and rate of the camera, layers, and how it ends (at most %.0f starts a day); a picture of 64x64 points has 32,768 bits; "+
			"%d of %d lists of system calls have one that connects; beside them the dialer connects, which has no record and nothing of an eye", b.Timing, b.Numbers, seconds, time.Second/wanted, b.Starts, b.PerDay, len(open), len(all)-1),
		Verdict: claim.Judge(len(open) == 0 && b.Numbers > b.Timing && b.Timing > 0 && b.Starts > 0)}
	if len(open) > 0 {
		r.Why = "want no connection but the dialer's; one may be made by " + strings.Join(open, "; ")
	}
	return r
}
