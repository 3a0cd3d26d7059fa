package sweep

import (
	"slices"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
	"tellijn/hal/camera/sim/knobs"
)

// Point is one value of a knob and what was wrong there over all seeds.
type Point struct {
	Value int32
	Wrong
}

// Curve is one knob with everything else nominal.
type Curve struct {
	Name, Unit string
	Nominal    int32
	Points     []Point
}

// mjpegSide is how many times larger the picture is drawn for the quality knob. The lowest
// coefficients give units of 4 pixels; at 320x240 they make as many cells a person as pixels do at
// 160x120.
const mjpegSide = 2

// Knobs counts every value of every range with each seed from first on: two minutes of a door each.
func Knobs(ranges []knobs.Range, p Picture, first uint64, seeds, parallel int, show func(name string, ready, all int)) ([]Curve, error) {
	type job struct{ curve, point, seed int }
	var jobs []job
	curves := make([]Curve, len(ranges))
	nominal := knobs.Nominal()
	for i, r := range ranges {
		curves[i] = Curve{Name: r.Name, Points: make([]Point, len(r.Values))}
		for _, k := range knobs.List() {
			if k.Name == r.Name {
				curves[i].Unit, curves[i].Nominal = k.Unit, k.Of(&nominal)
			}
		}
		for j, v := range r.Values {
			curves[i].Points[j].Value = v
			for s := range seeds {
				jobs = append(jobs, job{i, j, s})
			}
		}
	}
	results := make([]Wrong, len(jobs))
	err := pool(len(jobs), parallel, func(n int) error {
		j := jobs[n]
		c := &curves[j.curve]
		script, err := sim.Knob(c.Name, c.Points[j.point].Value, first+uint64(j.seed))
		if err != nil {
			return err
		}
		picture := p
		if c.Name == "quality" {
			picture = Picture{mjpegSide * p.Width, mjpegSide * p.Height, camera.MJPEG}
		}
		results[n], err = Of(picture, script)
		return err
	}, func(ready int) { show(curves[jobs[min(ready, len(jobs)-1)].curve].Name, ready, len(jobs)) })
	for n, j := range jobs {
		curves[j.curve].Points[j.point].Add(results[n])
	}
	return curves, err
}

// At gives the point nearest to the nominal value.
func (c *Curve) At() Point {
	return slices.MinFunc(c.Points, func(a, b Point) int { return int(abs(a.Value-c.Nominal) - abs(b.Value-c.Nominal)) })
}

func abs(v int32) int32 { return max(v, -v) }
