package launch

import (
	"time"

	"tellijn/counting/scene"
	"tellijn/firmware/orders"
	"tellijn/hal/camera"
)

// Door are the orders for a door with one line through the middle and a zone behind it, a tally
// every 200 ms, on a board that is not real.
func Door(driver orders.Driver, f camera.Format) orders.Orders {
	o := orders.Orders{Board: orders.Simulated, Driver: driver, Beat: 200 * time.Millisecond, Speed: 1,
		Wanted: orders.Wanted{Pixel: f.Pixel, Width: uint16(f.Width), Height: uint16(f.Height), Interval: f.Interval}}
	o.Scene.PersonArea, o.Scene.NLines, o.Scene.NZones = 25_208, 1, 1
	middle := int32(scene.One / 2)
	o.Scene.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: middle}, B: scene.Point{X: scene.One, Y: middle}}
	o.Scene.Zones[0] = scene.Zone{N: 4}
	copy(o.Scene.Zones[0].Corners[:], []scene.Point{{X: 0, Y: middle}, {X: scene.One, Y: middle}, {X: scene.One, Y: scene.One}, {X: 0, Y: scene.One}})
	return o
}
