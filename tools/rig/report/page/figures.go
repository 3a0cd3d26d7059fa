package page

import (
	"html/template"
	"maps"
	"slices"
	"strings"

	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/plot"
)

// plots are the drawings of a scenario: counts, frames, lifetimes, memory, and whatever else steps measured.
func plots(r *play.Result) (all []template.HTML) {
	add := func(h template.HTML) {
		if h != "" {
			all = append(all, h)
		}
	}
	add(plot.Bars(r.Counts))
	add(plot.Lines(plot.Chart{Title: "Frames a second", Most: r.Took, FromZero: true, Series: []plot.Series{{Points: rate(r.Curves["frames"])}}}))
	add(plot.Lines(plot.Chart{Title: "Frames that the board took", Most: r.Took, FromZero: true, Series: []plot.Series{{Points: r.Curves["frames"]}}}))
	add(plot.Lines(lifetimes(r)))
	add(plot.Lines(plot.Chart{Title: "Coverage, percent", Most: r.Took, FromZero: true, Series: []plot.Series{{Dots: true, Points: points(r.Records, func(x play.Record) float64 { return float64(x.Coverage) })}}}))
	if len(r.Curves["memory"]) > 1 { // one point tells nothing of growth; the console has it
		add(plot.Lines(plot.Chart{Title: "Memory of all programs, MiB", Most: r.Took, FromZero: true, Series: []plot.Series{{Points: scaled(r.Curves["memory"], 1024), Dots: true}}}))
	}
	var each []plot.Series
	for _, name := range slices.Sorted(maps.Keys(r.Curves)) {
		if of, ok := strings.CutPrefix(name, "memory of "); ok {
			if len(r.Curves[name]) > 1 {
				each = append(each, plot.Series{Name: of, Points: scaled(r.Curves[name], 1024)})
			}
			continue
		}
		if name != "frames" && name != "memory" {
			add(plot.Lines(plot.Chart{Title: name, Most: r.Took, Series: []plot.Series{{Points: r.Curves[name], Dots: len(r.Curves[name]) < 40}}}))
		}
	}
	for some := range slices.Chunk(each, plot.Classes) {
		add(plot.Lines(plot.Chart{Title: "Memory, MiB", Most: r.Took, FromZero: true, Series: some}))
	}
	return all
}

// lifetimes are those that records tell, as classes.
func lifetimes(r *play.Result) plot.Chart {
	of := func(i int) []play.Point {
		return points(r.Records, func(x play.Record) float64 { return float64(x.Lifetime[i]) })
	}
	return plot.Chart{Title: "Life of a frame, ms at most", Most: r.Took, FromZero: true,
		Series: []plot.Series{{Name: "longest", Points: of(0), Dots: true}, {Name: "99.9 %", Points: of(1), Dots: true}}}
}

func points(records []play.Record, y func(play.Record) float64) (all []play.Point) {
	for _, r := range records {
		all = append(all, play.Point{T: r.At, Y: y(r)})
	}
	return all
}

func scaled(points []play.Point, by float64) (all []play.Point) {
	for _, p := range points {
		all = append(all, play.Point{T: p.T, Y: p.Y / by})
	}
	return all
}

// rate is by how much a curve grows a second, over five seconds or more.
func rate(points []play.Point) (all []play.Point) {
	const over = 5
	for i, from := 1, 0; i < len(points); i++ {
		if dt := points[i].T - points[from].T; dt >= over {
			all = append(all, play.Point{T: (points[i].T + points[from].T) / 2, Y: (points[i].Y - points[from].Y) / dt})
			from = i
		}
	}
	return all
}
