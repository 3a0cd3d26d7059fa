package sweep

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"tellijn/tools/replay/plot"
)

// Figures are what the plots are drawn from.
type Figures struct {
	Picture   string // size and format of the frames
	FirstSeed uint64
	Seeds     int
	Seconds   int // of each scene
	Knobs     []Curve
}

// JSON writes the figures.
func (f *Figures) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(f)
}

// SVG draws a plot for each knob.
func (f *Figures) SVG(w io.Writer) error {
	panels := make([]plot.Panel, len(f.Knobs))
	least := math.MaxInt
	for i := range f.Knobs {
		panels[i] = f.Knobs[i].panel()
		for _, p := range f.Knobs[i].Points {
			if p.True > 0 {
				least = min(least, p.True)
			}
		}
	}
	return plot.Draw(w, "Wrong crossings when one knob is turned", []string{
		fmt.Sprintf("Percent of the true crossings of simulated doors; all other knobs nominal. Frames %s; %d scenes of %d s a point, seeds %d to %d; at least %d true crossings a point.",
			f.Picture, f.Seeds, f.Seconds, f.FirstSeed, f.FirstSeed+uint64(f.Seeds)-1, least),
		"The scale is a square root and the same everywhere. A person size is 450 mm. Pair, follow, pass, turn and stand: half of all arrivals are of that kind. Quality: MJPEG at twice the width and height.",
	}, panels)
}

// panel puts values into units that read well.
func (c *Curve) panel() plot.Panel {
	unit, scale := c.Unit, 1.0
	switch c.Unit {
	case "hundredths of a person size":
		unit, scale = "person sizes", 100
	case "tenths of a grey level":
		unit, scale = "grey levels", 10
	case "frames in 10 s":
		unit, scale = "frames a second", 10
	}
	p := plot.Panel{Title: strings.ReplaceAll(c.Name, "_", " "), Unit: unit, Nominal: float64(c.Nominal) / scale}
	switch {
	case c.Name == "rate" && c.Nominal == 0: // as the format says
		p.Nominal = 1 / interval.Seconds()
	case c.Name == "sun_angle" && c.Nominal < 0: // by seed
		p.Nominal = math.NaN()
	}
	for _, v := range c.Points {
		p.X = append(p.X, float64(v.Value)/scale)
		if v.True == 0 {
			p.Missed, p.False = append(p.Missed, math.NaN()), append(p.False, math.NaN())
			p.Notes = append(p.Notes, fmt.Sprintf("nobody crossed; %d false", v.False))
			continue
		}
		p.Missed = append(p.Missed, 100*float64(v.Missed)/float64(v.True))
		p.False = append(p.False, 100*float64(v.False)/float64(v.True))
		p.Notes = append(p.Notes, "")
	}
	return p
}
