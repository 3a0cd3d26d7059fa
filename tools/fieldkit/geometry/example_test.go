package geometry_test

import (
	"fmt"

	"tellijn/tools/fieldkit/geometry"
)

func ExampleWork() {
	p := geometry.Place{Height: 2.4, Angle: 90, Width: 320, Rows: 240, FPS: 15, Door: 1}
	r, err := geometry.Work(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("in view at the height of shoulders: %.2f m x %.2f m\n", r.Across, r.Along)
	fmt.Printf("a person: %.4f of the picture, cells of %.0f mm of floor\n", r.Area, r.CellFloor)
	fmt.Printf("line from %v to %v\n", r.From, r.To)

	p.Height = 2
	_, err = geometry.Work(p)
	fmt.Println(err)
	// Output:
	// in view at the height of shoulders: 2.00 m x 1.50 m
	// a person: 0.0675 of the picture, cells of 105 mm of floor
	// line from [0.25 0.5] to [0.75 0.5]
	// geometry: it would not count here: the lens hangs at 2.00 m, and the head of somebody tall (1.95 m) would fill the picture; hang it at 2.20 m or higher
}
