package sim

import (
	"fmt"
	raster "image" // under hal nothing is called by that name
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/look"
	"tellijn/hal/camera/sim/play"
)

// TestLook writes sheets of frames as PNG files to the folder named by TELLIJN_LOOK, for the eyes of
// whoever changes how things are drawn. These are drawings; no real camera can reach this code.
func TestLook(t *testing.T) {
	dir := os.Getenv("TELLIJN_LOOK")
	if dir == "" {
		t.Skip("TELLIJN_LOOK names no folder to write sheets to")
	}
	turned := func(seed uint64, pairs ...any) Script {
		k := Nominal()
		for i := 0; i < len(pairs); i += 2 {
			if err := k.Set(pairs[i].(string), int32(pairs[i+1].(int))); err != nil {
				t.Fatal(err)
			}
		}
		return Door(seed, k, 60)
	}
	for name, c := range map[string]struct {
		s           Script
		from, every int
	}{
		"door":     {Door(1, Nominal(), 60), 80, 6},
		"door2":    {Door(2, Nominal(), 60), 80, 6},
		"sun":      {turned(3, "sun", 100, "sun_length", 180, "sun_darkness", 50), 80, 6},
		"things":   {turned(4, "hats", 30, "bags", 50, "umbrellas", 0, "trolleys", 60, "crowd", 30), 80, 12},
		"crowd":    {turned(5, "crowd", 80), 200, 6},
		"leaf":     {turned(6, "door", 1), 80, 6},
		"dapples":  {turned(7, "dapples", 40), 80, 6},
		"flicker":  {turned(8, "flicker", 20), 80, 3},
		"lean":     {turned(9, "lean", 45, "crowd", 30), 80, 6},
		"turn":     {Turn(10), 80, 5},
		"hover":    {Hover(11), 80, 8},
		"stand":    {Stand(12), 80, 8},
		"switch":   {LightSwitch(13), 130, 7},
		"low":      {turned(14, "low_contrast", 100), 80, 6},
		"noise":    {turned(15, "noise", 160), 80, 6},
		"floors":   {Script{play.Traffic, 16, knobs.Nominal(), 60}, 80, 6},
		"contrast": {turned(17, "contrast", 12), 80, 6},
	} {
		cfg := small(c.s)
		cfg.Format.Width, cfg.Format.Height = 320, 240
		sheet(t, filepath.Join(dir, name+".png"), cfg, c.from, c.every)
	}
	for name, d := range map[string]Dress{
		"dark":    {Seed: 1, Clothes: look.Greys{Least: 25, Most: 55}},
		"bright":  {Seed: 1, Clothes: look.Greys{Least: 195, Most: 230}},
		"skin":    {Seed: 1, Skin: look.Greys{Least: 45, Most: 215}},
		"stripes": {Seed: 1, Stripes: 100},
		"symbols": {Seed: 1, Symbols: 100},
	} {
		cfg := small(turned(18, "crowd", 40))
		cfg.Format.Width, cfg.Format.Height, cfg.Dress = 320, 240, d
		sheet(t, filepath.Join(dir, "dress-"+name+".png"), cfg, 80, 12)
	}
	tiny := small(Door(20, Nominal(), 60))
	tiny.Format.Width, tiny.Format.Height, tiny.PersonArea = 32, 24, 110_000
	sheet(t, filepath.Join(dir, "tiny.png"), tiny, 80, 3)
	wide := small(Door(21, Nominal(), 60))
	wide.Format.Width, wide.Format.Height, wide.PersonArea = 320, 240, 3_000
	sheet(t, filepath.Join(dir, "wide.png"), wide, 200, 20)
	floors(t, filepath.Join(dir, "seeds.png"))
}

// sheet draws 4 x 4 frames of one scene.
func sheet(t *testing.T, file string, c Config, from, every int) {
	const n = 4
	m := open(t, c)
	w, h := c.Format.Width, c.Format.Height
	all := raster.NewGray(raster.Rect(0, 0, n*w, n*h))
	var f camera.Frame
	for k := 0; k < n*n; {
		if err := m.Borrow(&f); err != nil {
			t.Fatal(file, err)
		}
		if int(f.Sequence) >= from+k*every {
			place(all, f.Data, k%n*w, k/n*h, w)
			k++
		}
		m.Return(&f)
	}
	write(t, file, all)
}

// floors draws the first walker of 16 seeds.
func floors(t *testing.T, file string) {
	const n = 4
	all := raster.NewGray(raster.Rect(0, 0, n*320, n*240))
	for k := range n * n {
		c := small(Door(uint64(100+k), Nominal(), 30))
		c.Format.Width, c.Format.Height = 320, 240
		c.Format.Interval = 2 * time.Second / 25
		m := open(t, c)
		var f camera.Frame
		for i := 0; i < 60; i++ {
			m.Borrow(&f)
			if i == 59 {
				place(all, f.Data, k%n*320, k/n*240, 320)
			}
			m.Return(&f)
		}
	}
	write(t, file, all)
}

func place(all *raster.Gray, luma []byte, x, y, w int) {
	for r := 0; r*w < len(luma); r++ {
		copy(all.Pix[(y+r)*all.Stride+x:], luma[r*w:(r+1)*w])
	}
}

func write(t *testing.T, file string, all *raster.Gray) {
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := png.Encode(out, all); err != nil {
		t.Fatal(err)
	}
	fmt.Println("wrote", file)
}
