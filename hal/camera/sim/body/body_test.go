package body

import (
	"testing"

	"tellijn/hal/camera/sim/canvas"
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/floor"
	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/look"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/play"
)

const w, h, size = 160, 120, 23 * 256

var middle = path.Point{X: w * 256 * path.One / size / 2, Y: h * 256 * path.One / size / 2}

func painter(k knobs.Knobs) (*Painter, *canvas.Canvas) {
	c := canvas.New(w, h, 1)
	return New(c, floor.New(w, h, size, 1), size, middle, k, 1), c
}

// plain is somebody in the middle of the picture who walks to the right.
func plain() play.Person {
	return play.Person{Look: look.Look{Size: 100, Body: 60, Legs: 60, Head: 60}, At: middle, Cos: fixed.Full,
		Phase: 0x4000, Stride: 256}
}

// covered counts painted pixels, and gives the sums of their columns and rows.
func covered(c *canvas.Canvas) (n, x, y int) {
	for i, v := range c.Luma {
		if v > 0 {
			n, x, y = n+1, x+i%w, y+i/w
		}
	}
	return n, x, y
}

func TestThingsAreSeen(t *testing.T) {
	d, c := painter(knobs.Nominal())
	p := plain()
	d.Person(&p)
	bare, _, _ := covered(c)
	before := append([]byte(nil), c.Luma...)
	for name, q := range map[string]func(*play.Person){
		"trolley":  func(p *play.Person) { p.Trolley = true },
		"case":     func(p *play.Person) { p.Case = true },
		"hat":      func(p *play.Person) { p.Hat = true },
		"umbrella": func(p *play.Person) { p.Umbrella = true },
		"bag":      func(p *play.Person) { p.Bag = true },
		"size":     func(p *play.Person) { p.Size = 115 },
		"step":     func(p *play.Person) { p.Phase = 0 },
		"standing": func(p *play.Person) { p.Stride = 0 },
	} {
		c.Clear()
		one := plain()
		one.Thing = -50
		q(&one)
		d.Person(&one)
		differ := 0
		for i, v := range c.Luma {
			if v != before[i] {
				differ++
			}
		}
		if differ < bare/20 {
			t.Errorf("%s: only %d of %d pixels differ", name, differ, bare)
		}
	}
}

// Away from the middle people lean outwards: their feet, and so the centre of what is seen of them,
// are nearer to the middle than their shoulders, and they cover more.
func TestPeopleLeanOutwards(t *testing.T) {
	d, c := painter(knobs.Nominal())
	p := plain()
	d.Person(&p)
	inside, _, _ := covered(c)
	for _, away := range []path.Point{{X: 2 * path.One}, {X: -2 * path.One}, {Y: 3 * path.One / 2}, {Y: -3 * path.One / 2}} {
		c.Clear()
		p.At = middle.Add(away)
		d.Person(&p)
		n, x, y := covered(c)
		at := d.pixel(p.At)
		in := (int32(x/n)-at.X>>8)*(away.X/path.One) + (int32(y/n)-at.Y>>8)*(away.Y*2/path.One)
		if n <= inside || in >= 0 {
			t.Errorf("at %v: %d pixels (%d in the middle), their centre %d outwards", away, n, inside, in)
		}
	}
}

// A hard shadow begins at the feet and is as long as ordered.
func TestHardShadowBeginsAtTheFeet(t *testing.T) {
	k := knobs.Nominal()
	k.SoftShadow, k.SunAngle, k.SunLength, k.SunDarkness = 0, 0, 200, 50
	d, c := painter(k)
	for i := range c.Luma {
		c.Luma[i] = 200
	}
	p := plain()
	p.Sun = true
	d.Shadow(&p)
	c.Cast()
	lo, hi := w, 0
	for i, v := range c.Luma {
		if v < 150 {
			lo, hi = min(lo, i%w), max(hi, i%w)
		}
		if v < 98 {
			t.Fatalf("a shadow of half the light leaves %d of 200", v)
		}
	}
	// From a quarter of a person before the feet at column 80 to two persons of 23 pixels and a
	// head beyond.
	if lo < 70 || lo > 79 || hi < 80+46 || hi > 80+60 {
		t.Errorf("the shadow lies on columns %d to %d", lo, hi)
	}
	c.Clear()
	p.Sun = false
	d.Shadow(&p)
	c.Luma[0] = 1
	c.Cast()
	if n, _, _ := covered(c); n != 1 {
		t.Error("a shadow without sun")
	}
}

func TestDapplesMoveAndStayInPlace(t *testing.T) {
	k := knobs.Nominal()
	k.Dapples = 20
	d, c := painter(k)
	dark := func(ms int64) (cells [w * h]bool) {
		for i := range c.Luma {
			c.Luma[i] = 200
		}
		d.Dapples(ms)
		c.Cast()
		for i, v := range c.Luma {
			cells[i] = v < 190
		}
		return cells
	}
	a, b := dark(1000), dark(1700)
	both, either := 0, 0
	for i := range a {
		if a[i] && b[i] {
			both++
		}
		if a[i] || b[i] {
			either++
		}
	}
	if both == either || both < either/3 || either < w*h/20 {
		t.Errorf("%d pixels dark at either moment, %d at both", either, both)
	}
}

func TestFitBringsTheArea(t *testing.T) {
	for _, area := range []int32{15_000, 27_000, 50_000} {
		d, _ := painter(knobs.Nominal())
		d.Fit(area, []path.Point{middle, middle.Add(path.Point{X: path.One})}, 0, fixed.Full)
		sum := int64(0)
		for _, phase := range []uint16{0, 0x4000, 0x8000, 0xc000} {
			for _, x := range []int32{0, path.One} {
				p := plain()
				p.At, p.Cos, p.Sin, p.Phase, p.Stride = middle.Add(path.Point{X: x}), 0, fixed.Full, phase, 220
				sum += d.cover(&p)
			}
		}
		if got := sum * 1_000_000 / 8 / (w * h); got < int64(area)*95/100 || got > int64(area)*105/100 {
			t.Errorf("fitted to %d, covers %d", area, got)
		}
	}
}
