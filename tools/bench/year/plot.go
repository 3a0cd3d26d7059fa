package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"tellijn/tools/bench/year/course"
)

// Sizes in pixels: two for a day, two for a quarter of an hour.
const (
	across, down  = 2, 192
	left, top     = 60, 40
	panel, bottom = down + 62, 20
)

// sketch draws each year as a panel: days from left to right, the hours of Greenwich from top to bottom, so that
// a change of clocks is a step; filled where the camera has power.
func sketch(years []*course.Year) *image.RGBA {
	days := 0
	for _, y := range years {
		days = max(days, y.Days)
	}
	out := image.NewRGBA(image.Rect(0, 0, left+across*days+20, top+panel*len(years)+bottom))
	fill(out, out.Bounds(), color.RGBA{255, 255, 255, 255})
	text(out, 8, 18, "The camera's power over a year: days from left to right, hours of Greenwich (UTC) downwards", color.RGBA{20, 20, 20, 255})
	for i, y := range years {
		one(out, y, top+i*panel)
	}
	return out
}

func one(out *image.RGBA, y *course.Year, at int) {
	ink, grey, lit, change := color.RGBA{40, 40, 40, 255}, color.RGBA{225, 225, 225, 255}, color.RGBA{31, 111, 180, 255}, color.RGBA{217, 115, 26, 255}
	text(out, 8, at+14, fmt.Sprintf("%s, %s", y.Site.Name, y.Site.Zone), ink)
	at += 22
	fill(out, image.Rect(left, at, left+across*y.Days, at+down), grey)
	origin := y.From.UTC().Truncate(24 * time.Hour)
	const minute = 24 * 60
	for i, u := range y.Turns {
		if !u.On {
			continue
		}
		end := y.From.Add(time.Duration(y.Days) * 24 * time.Hour)
		if i+1 < len(y.Turns) {
			end = y.Turns[i+1].At
		}
		for m := int(u.At.Sub(origin) / time.Minute); m < int(end.Sub(origin)/time.Minute); m++ {
			x, h := left+m/minute*across, at+m%minute*down/minute
			fill(out, image.Rect(x, h, min(x+across, left+across*y.Days), h+1), lit)
		}
	}
	for h := 0; h <= 24; h += 6 {
		text(out, 16, at+h*down/24+4, fmt.Sprintf("%02d:00", h), ink)
		fill(out, image.Rect(left-5, at+h*down/24, left, at+h*down/24+1), ink)
	}
	for d := range y.Days {
		t := origin.AddDate(0, 0, d).Add(12 * time.Hour)
		x := left + d*across
		if t.Day() == 1 {
			fill(out, image.Rect(x, at+down, x+1, at+down+5), ink)
			text(out, x, at+down+16, t.Format("Jan"), ink)
		}
		_, before := t.Add(-24 * time.Hour).In(y.Place).Zone()
		if _, now := t.In(y.Place).Zone(); now != before {
			fill(out, image.Rect(x, at-4, x+1, at+down+5), change)
			label := fmt.Sprintf("clocks %+d min", (now-before)/60)
			if x > left+across*y.Days/2 {
				text(out, x-7*len(label)-4, at-6, label, change) // seven pixels a letter
				continue
			}
			text(out, x+3, at-6, label, change)
		}
	}
}

func fill(out *image.RGBA, r image.Rectangle, c color.RGBA) {
	draw.Draw(out, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func text(out *image.RGBA, x, y int, s string, c color.RGBA) {
	d := font.Drawer{Dst: out, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(s)
}
