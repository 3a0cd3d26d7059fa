package geometry

import (
	"fmt"
	"strings"
)

// Draw shows a place from the side and what lies where in the picture, as SVG. It is drawn from the numbers;
// no camera has any part in it.
func Draw(p Place, r Result) string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1180 640" font-family="DejaVu Sans, Arial, sans-serif" font-size="15">`)
	put(`<rect width="1180" height="640" fill="#fff"/>`)
	put(`<text x="30" y="36" font-size="21" font-weight="bold">From the side, across the door</text>`)
	side(put, p, r)
	put(`<text x="640" y="36" font-size="21" font-weight="bold">In the picture, at the height of shoulders</text>`)
	picture(put, p, r)
	put(`</svg>`)
	return b.String()
}

// side draws lens, door and what is in view. Inside is towards the reader.
func side(put func(string, ...any), p Place, r Result) {
	const left, right, bottom, top = 60.0, 560.0, 560.0, 80.0
	scale := min((right-left)/max(r.FloorX, p.Door+2*abs(p.Side)+0.4), (bottom-top)/(p.Height+0.1))
	x := func(m float64) float64 { return (left+right)/2 + m*scale }
	y := func(m float64) float64 { return bottom - m*scale }
	turn := 1.0
	if p.TopIn {
		turn = -1 // who looks at the camera's picture has the door's right on the other side
	}
	middle := -turn * p.Side
	put(`<path d="M%.1f %.1fL%.1f %.1fL%.1f %.1fz" fill="#e6f0fb" stroke="#1457a8"/>`, x(0), y(p.Height), x(-r.FloorX/2), y(0), x(r.FloorX/2), y(0))
	put(`<path d="M%.1f %.1fH%.1f" stroke="#111" stroke-width="4"/>`, left, bottom, right)
	for _, m := range []float64{middle - p.Door/2, middle + p.Door/2} {
		put(`<path d="M%.1f %.1fV%.1f" stroke="#7a5a2e" stroke-width="6"/>`, x(m), y(0), y(min(2.1, p.Height)))
	}
	put(`<path d="M%.1f %.1fH%.1f" stroke="#c01818" stroke-width="2" stroke-dasharray="8 5"/>`, x(-r.Across/2), y(Shoulders), x(r.Across/2))
	put(`<ellipse cx="%.1f" cy="%.1f" rx="%.1f" ry="%.1f" fill="#888"/>`, x(middle), y(1.62), 0.09*scale, 0.13*scale)
	put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f" fill="#888"/>`, x(middle-Person/2), y(Shoulders), Person*scale, Shoulders*scale, 0.1*scale)
	put(`<rect x="%.1f" y="%.1f" width="22" height="14" fill="#111"/>`, x(0)-11, y(p.Height)-12)
	put(`<text x="%.1f" y="%.1f">lens at %.2f m</text>`, x(0)+18, y(p.Height)-2, p.Height)
	put(`<text x="%.1f" y="%.1f" text-anchor="middle">%.2f m of floor in view; door %.2f m</text>`, (left+right)/2, bottom+28, r.FloorX, p.Door)
	put(`<text x="%.1f" y="%.1f" text-anchor="middle" fill="#c01818">at the height of shoulders, %.2f m: %.2f m in view</text>`, (left+right)/2, bottom+52, Shoulders, r.Across)
}

// picture draws the frame of the camera with the line and a person on it.
func picture(put func(string, ...any), p Place, r Result) {
	const left, width, tall, top = 640.0, 500.0, 420.0, 100.0
	scale := min(width/r.Across, tall/r.Along)
	w, h := r.Across*scale, r.Along*scale
	x := func(part float64) float64 { return left + part*w }
	y := func(part float64) float64 { return top + part*h }
	up, down := "outside", "inside"
	if p.TopIn {
		up, down = down, up
	}
	put(`<text x="%.1f" y="%.1f" text-anchor="middle">top of the camera: %s</text>`, x(0.5), top-10, up)
	put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#e6f0fb" stroke="#1457a8" stroke-width="2"/>`, left, top, w, h)
	put(`<text x="%.1f" y="%.1f" text-anchor="middle">bottom: %s</text>`, x(0.5), top+h+20, down)
	mx, my := (r.From[0]+r.To[0])/2, r.From[1]
	put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#888" opacity="0.6"/>`, x(mx)-Person/2*scale, y(my)-Person/2*scale, Person*scale, Person*scale)
	put(`<path d="M%.1f %.1fL%.1f %.1f" stroke="#c01818" stroke-width="5"/>`, x(r.From[0]), y(r.From[1]), x(r.To[0]), y(r.To[1]))
	in := 1.0
	if p.TopIn {
		in = -1
	}
	put(`<path d="M%.1f %.1fv%.1fm-9 %.1fl9 %.1fl9 %.1f" fill="none" stroke="#111" stroke-width="4"/>`, x(mx), y(my), in*70, -in*12, in*12, -in*12)
	put(`<text x="%.1f" y="%.1f">going in: forward</text>`, x(mx)+16, y(my)+in*70)
	put(`<text x="%.1f" y="%.1f" fill="#c01818">from [%.4f, %.4f] to [%.4f, %.4f]</text>`, left, top+h+48, r.From[0], r.From[1], r.To[0], r.To[1])
	put(`<text x="%.1f" y="%.1f">grey: a person, %.1f %% of the picture, %.1f cells across</text>`, left, top+h+72, 100*r.Area, r.Cells)
}

func abs(v float64) float64 { return max(v, -v) }
