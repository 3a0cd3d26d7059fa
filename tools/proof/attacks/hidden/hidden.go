// Package hidden bounds what an eye that was taken over can say by what the warden must believe: by numbers
// that could be true, by what it says its camera is, and by when and how it ends. It computes the bound from the checks that the warden makes; it tries nothing. It stands
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
	"tellijn/tools/proof/claim"
)

// What the bounds are stated for: one line, one zone, a camera that was asked for 30 frames a second, and the
// finest rule that there is, which releases people from 7:30 to 22:00.
const (
	wanted   = time.Second / 30
	shortest = wanted * 2 / 5 // that the warden believes, see wire.Terms
	seconds  = 900            // of a record
	perDay   = 86_400 / seconds
	open     = 58 // of these may say something of people
	step     = 3  // of people who are released
	field    = 65_535
	weekly   = 2 // quality bits that are told once a week
	each     = 3 // that are told in each record, see privacy/record
	classes  = 16
	most     = 16_384 // bits a day that records may carry: half of a picture of 64x64 points
	lives    = 9      // classes of lives of frames
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

// How often one kind of event gets into the log of the device, see firmware/warden/clerk: so many at once,
// then one in each refill; and the kinds that an eye makes by how it ends. A test compares them.
const (
	burst  = 12
	refill = 30 * time.Minute
	kinds  = 4
)

// Bound is how much an eye that means harm can say at most, in bits a day.
type Bound struct {
	People  float64 // by the people whom records tell of
	Records float64 // by all of a record that comes from it, people included
	Log     float64 // by when and how it ends, as the log of the device has it
	Starts  float64 // by what it says its camera is and what holds it in, once each start, and by how it ends: in words of the warden, which leave nothing
	PerDay  float64 // starts
}

// Capacity computes the bound: the logarithm of the number of records, logs and words that the warden would
// make of what it lets pass. It is an upper bound; the real channel is smaller, since people who cross are
// in the same numbers.
func Capacity() Bound {
	held := float64(bits.OnesCount16(uint16(layers.All)))
	n := starts()
	// One direction of two, in steps; the level follows from them. A zone shows nobody, or 3 to 64.
	change := math.Log2(2*(field/step) + 1)
	zone := math.Log2(counting.MaxTracks - step + 2)
	// In the morning corrections of one direction; once a week pairs, and marks of the week.
	people := open*(change+zone) + change + (math.Log2(field+1)+weekly)/7
	sizes, _ := stream()
	always := math.Log2(101) + 2*math.Log2(classes) + 2*math.Log2(lives) + each + held + sizes
	ends := kinds * (burst + float64(24*time.Hour/refill))
	// The seconds in which it ended, how, what held it in until then, and how many ends were left out since.
	log := choose(86_400, ends) + ends*(end()+held+math.Log2(n+1))
	return Bound{People: people, Records: people + perDay*always, Log: log, Starts: (both(stream()) + held + end()) * n, PerDay: n}
}

func both(a, b float64) float64 { return a + b }

// choose is how many bits there are in which k of n it were.
func choose(n, k float64) float64 {
	lg := func(x float64) float64 { v, _ := math.Lgamma(x + 1); return v }
	return (lg(n) - lg(k) - lg(n-k)) / math.Ln2
}

// stream is how many bits are in a format that a camera can have: sides and pixel format, which a record
// has too, and the time between frames, which it has not.
func stream() (size, rate float64) {
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
	return 2*math.Log2(float64(sides)) + math.Log2(float64(formats)), math.Log2(float64(longest-shortest) + 1)
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
	all := []sandbox.Manifest{sandbox.Courier("/", 1), sandbox.Warden(3, 5, 1), eyes.Opens(e), eyes.Settles(e), eyes.Counts(e)}
	for _, m := range all {
		if connects(m) {
			open = append(open, m.Program+", "+m.Stage)
		}
	}
	r := claim.Result{Promises: []int{28, 31}, Name: "Hidden signals of an eye that was taken over", Command: command,
		Measured: "how much an eye that was taken over can say to whoever gets the records, by numbers that could be true, by classes and quality, by what it says of its camera, and by when and how it ends; " +
			"computed from the checks of the warden, the rule and the list of fields, as an upper bound. When records leave does not depend on what they say",
		Figure: fmt.Sprintf("at most %.0f bits a day by people who are released, %.0f by all of the %d records (one line, one zone, intervals of %d minutes), "+
			"%.0f more by the log of the device; on the device itself %.0f by words of the warden (at most %.0f starts a day); a picture of 64x64 points has 32,768 bits; "+
			"%d of %d lists of system calls have one that connects; beside them dialer and scout connect, which have no record and nothing of an eye", b.People, b.Records, perDay, seconds/60, b.Log, b.Starts, b.PerDay, len(open), len(all)),
		Verdict: claim.Judge(len(open) == 0 && b.Records > b.People && b.People > 0 && b.Log > 0 && b.Starts > 0 && b.Records < most)}
	if len(open) > 0 {
		r.Why = "want no connection but those of dialer and scout; one may be made by " + strings.Join(open, "; ")
	} else if r.Verdict == claim.Short {
		r.Why = fmt.Sprintf("want less than %d bits a day in records", most)
	}
	return r
}
