package sim_test

import (
	"fmt"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
)

// Twelve seconds of an ordinary door, and the truth of it.
func Example() {
	c, err := sim.New(sim.Config{
		Format:     camera.Format{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond},
		PersonArea: 27_000,
		Lines:      []sim.Line{{A: sim.Point{X: 0, Y: 32768}, B: sim.Point{X: 65536, Y: 32768}}},
		Script:     sim.Door(1, sim.Nominal(), 12),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	frames := 0
	var f camera.Frame
	for c.Borrow(&f) == nil {
		frames++ // here f.Data would be counted on
		if _, err := c.Return(&f); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(frames, "frames")
	for _, x := range c.Truth() {
		fmt.Println("line", x.Line, "forward", x.Forward, "at frame", x.Frame)
	}
	// Output:
	// 297 frames
	// line 0 forward false at frame 128
	// line 0 forward false at frame 130
	// line 0 forward false at frame 200
	// line 0 forward false at frame 244
	// line 0 forward false at frame 259
}
