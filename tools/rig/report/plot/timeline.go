package plot

import (
	"fmt"
	"html/template"

	"tellijn/tools/rig/play"
)

// Size of a timeline in units of the drawing.
const (
	lineWidth, lineLeft, lineRight = 960.0, 96.0, 12.0
	rowHeight, rowBar              = 26.0, 14.0
)

// span is from when to when something was so.
type span struct {
	from, to float64
	text     string
}

// spans joins the events of a kind to spans; what is still so at the end ends there. Events that are no beginning
// and end nothing are moments.
func spans(events []play.Event, kind string, most float64) (all []span, moments []play.Event) {
	open := map[string]int{} // of a text the place of the span that is open
	for _, e := range events {
		if e.Kind != kind {
			continue
		}
		name := ""
		if kind == play.KindFault {
			name = e.Text
		}
		i, is := open[name]
		switch {
		case e.High && !is:
			open[name] = len(all)
			all = append(all, span{e.At, most, e.Text})
		case !e.High && is:
			all[i].to = e.At
			delete(open, name)
		case kind == play.KindFault && !e.High:
			moments = append(moments, e)
		}
	}
	return all, moments
}

// Timeline draws the steps, and under them what the board and everything around it did meanwhile. Most is the
// length of the scenario in seconds.
func Timeline(title string, steps []play.Step, events []play.Event, most float64) template.HTML {
	for _, s := range steps {
		most = max(most, s.To)
	}
	for _, e := range events {
		most = max(most, e.At)
	}
	most = max(most, 1)
	x := func(t float64) float64 { return lineLeft + (lineWidth-lineLeft-lineRight)*min(max(t/most, 0), 1) }
	rows := []string{"steps"}
	for _, r := range []string{play.KindPower, play.KindCamera, play.KindLamp, play.KindFault, play.KindRecord, play.KindSaid} {
		for _, e := range events {
			if e.Kind == r {
				rows = append(rows, r)
				break
			}
		}
	}
	h := float64(len(rows))*rowHeight + below + 6
	var p pen
	p.begin("timeline", title, lineWidth, h)
	p.seconds(x, h, most)
	for i, r := range rows {
		y := 6 + float64(i)*rowHeight
		p.text(lineLeft-8, y+rowBar-2, "end", "row", words(r))
		p.put(`<path class="grid" d="M%.1f %.1fH%.1f"/>`, lineLeft, y+rowBar+4, lineWidth-lineRight)
		if r == "steps" {
			p.steps(steps, x, y)
			continue
		}
		all, moments := spans(events, r, most)
		for _, s := range all {
			p.put(`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, r, x(s.from), y, max(x(s.to)-x(s.from), 1), rowBar,
				escape(fmt.Sprintf("%s %.1f s to %.1f s", s.text, s.from, s.to)))
		}
		if r == play.KindRecord || r == play.KindSaid {
			for _, e := range events {
				if e.Kind == r {
					moments = append(moments, e)
				}
			}
		}
		for _, e := range moments {
			p.put(`<path class="moment %s" d="M%.1f %.1fv%.1f"><title>%s</title></path>`, r, x(e.At), y, rowBar, escape(fmt.Sprintf("%.1f s %s", e.At, e.Text)))
		}
	}
	return p.end()
}

// words are what a row is called.
func words(kind string) string {
	switch kind {
	case play.KindPower:
		return "board power"
	case play.KindCamera:
		return "camera power"
	case play.KindLamp:
		return "lamp"
	case play.KindFault:
		return "faults"
	case play.KindRecord:
		return "records"
	case play.KindSaid:
		return "events"
	}
	return kind
}

// steps draws those that ran, by their numbers.
func (p *pen) steps(steps []play.Step, x func(float64) float64, y float64) {
	last := 0.0 // where the last number stands
	for i, s := range steps {
		if !s.Ran {
			continue
		}
		class := "step"
		if s.Check {
			class = "step check"
		}
		if s.Err != "" {
			class = "step failed"
		}
		p.put(`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>`, class, x(s.From), y, max(x(s.To)-x(s.From)-1, 1), rowBar,
			escape(fmt.Sprintf("%d. %s (%.1f s)", i+1, s.Text, s.To-s.From)))
		n := fmt.Sprint(i + 1)
		if w := 7 * float64(len(n)); x(s.To)-x(s.From) > w+4 && x(s.From) >= last {
			p.text(x(s.From)+4, y+rowBar-3, "start", "number", n)
			last = x(s.From) + w
		}
	}
}
