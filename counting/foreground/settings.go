package foreground

import "time"

// Settings are the few numbers the background model depends on, the same for every camera. Grey
// levels are of 255, parts are in 1/256, times are pipeline time.
type Settings struct {
	Least   int           // grey levels a cell must differ to be foreground, at least
	Learn   time.Duration // time constant of the background where it is seen
	Wide    int           // deviation that every cell starts with, 1/128 grey
	Dim     time.Duration // time constant of the background in a shadow
	Deep    int           // least ratio of a deep shadow, 1/256
	Peak    int           // share of one ratio among deep ones that makes it the sun's, 1/256
	Proof   int           // cells that must have been dimmed before there is any such ratio
	Hide    time.Duration // time constant where something stands before it
	Settle  time.Duration // time constant of the deviation under something that is no track
	Start   time.Duration // how long after start or a light jump learning is fast
	Relight int           // part of the cells that must change at once to call it a light jump
	Fill    int           // part of the cells that people walking in can cover in a second, 1/256
	Jump    int           // more than that by this part is a light jump too, 1/256
	Hold    time.Duration // no crossing starts for this long after a light jump
	Agree   int           // part of the background cells that must change by one factor to be exposure, 1/256
	Dark    int           // least ratio of a shadow to the background, 1/256
	Light   int           // ratio from which even darkness is always a shadow, 1/256
	Even    int           // largest standard deviation of that ratio in a shadow, 1/4096
	Grow    int           // shadow neighbours that make a dark cell shadow too
	Ghost   int           // votes after which a ghost is peeled
	Still   time.Duration // unchanged foreground that no track owns is absorbed after this
}

// Defaults are the settings of every device.
func Defaults() Settings {
	return Settings{
		Least: 8,
		Learn: 2000 * time.Millisecond, Wide: 2 * grey, Dim: 2 * time.Second, Deep: 64, Peak: 80, Proof: 300, Hide: 26 * time.Second, Settle: 20480 * time.Millisecond,
		Start: 600 * time.Millisecond, Relight: 154, Fill: 128, Jump: 72, Hold: time.Second, Agree: 180,
		Dark: 150, Light: 205, Even: 205, Grow: 3, Ghost: 8, Still: 8 * time.Second,
	}
}
