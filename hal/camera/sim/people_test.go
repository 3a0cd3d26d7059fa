package sim

import (
	"testing"

	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/play"
)

// walkers goes through scenes of many kinds and looks at everybody in every frame.
func walkers(t *testing.T, look func(m *Camera, frame uint32)) {
	t.Helper()
	k := Nominal()
	k.Lean, k.SunLength, k.Sun, k.Trolleys, k.Umbrellas = 40, 200, 50, 40, 10
	slant := []Line{{Point{one / 5, one}, Point{one * 4 / 5, 0}}}
	for seed := range uint64(4) {
		for _, c := range []Config{small(Door(seed, Nominal(), 60)), small(Door(seed, k, 60)), small(Turn(seed)),
			small(Hover(seed)), small(Stand(seed))} {
			switch seed {
			case 1:
				c.PersonArea = 104_000
			case 2:
				c.Lines = slant
			case 3:
				c.PersonArea, c.Lines = 6_000, []Line{{Point{one / 2, one * 3 / 4}, Point{one / 2, one / 4}}}
			}
			m := open(t, c)
			for n := range m.end {
				m.world.Step(n, nil)
				look(m, n)
			}
		}
	}
}

// Nobody appears or vanishes in the middle of the picture: at the first and the last frame of a
// person not one pixel is drawn.
func TestPeopleEnterAndLeaveOutOfSight(t *testing.T) {
	checked := 0
	var was [play.MaxPeople]play.Person
	var last *Camera
	check := func(m *Camera, p *play.Person, what string, frame uint32) {
		m.canvas.Clear()
		m.paint.Person(p)
		checked++
		for i, v := range m.canvas.Luma {
			if v != 0 {
				t.Fatalf("%s in frame %d at %v shows at pixel %d,%d (%dx%d units, script %d seed %d)", what, frame, p.At,
					i%m.canvas.Width, i/m.canvas.Width, m.c.stage().Width, m.c.stage().Height, m.c.Script.Kind, m.c.Script.Seed)
			}
		}
	}
	walkers(t, func(m *Camera, frame uint32) {
		if m != last {
			last, was = m, [play.MaxPeople]play.Person{}
		}
		for i := range m.world.People {
			p := &m.world.People[i]
			if p.Visible() && !was[i].Visible() {
				check(m, p, "somebody new", frame)
			}
			if !p.Visible() && was[i].Visible() {
				check(m, &was[i], "somebody gone", frame)
			}
			was[i] = *p
		}
	})
	if checked < 400 {
		t.Errorf("only %d appearances and leavings seen", checked)
	}
}

// Bodies do not walk through each other: the middles of two people stay a person's size apart.
func TestPeopleDoNotMeet(t *testing.T) {
	pairs, closest := 0, int32(1<<30)
	walkers(t, func(m *Camera, frame uint32) {
		for i := range m.world.People {
			for j := range i {
				a, b := &m.world.People[i], &m.world.People[j]
				if !a.Visible() || !b.Visible() {
					continue
				}
				d := a.At.Sub(b.At)
				pairs++
				if far := max(d.X, -d.X) + max(d.Y, -d.Y); far < path.One*3/2 { // worth a closer look
					n := path.Line{B: path.Point{X: d.X, Y: d.Y}}.Distance(path.Point{X: -d.Y, Y: d.X})
					closest = min(closest, n)
				}
			}
		}
	})
	t.Logf("closest %d hundredths of a person in %d pairs", closest*100/path.One, pairs)
	if closest < path.One || pairs < 10_000 {
		t.Errorf("two people %d hundredths of a person apart, want at least 100 (%d pairs seen)", closest*100/path.One, pairs)
	}
}

// Nobody can count the invisible: most of each body differs from the floor by 12 grey levels.
func TestBodiesDifferFromTheFloor(t *testing.T) {
	k := Nominal()
	k.LowContrast = 50
	k.Sun, k.SoftShadow, k.Noise = 0, 0, 0
	bodies := 0
	for seed := range uint64(16) {
		m := open(t, small(Door(seed, k, 60)))
		for n := range m.end {
			m.world.Step(n, nil)
			for i := range m.world.People {
				p := &m.world.People[i]
				if d := m.world.Distance(p); n%5 > 0 || !p.Visible() || d > path.One/2 || d < -path.One/2 {
					continue
				}
				m.canvas.Clear()
				m.paint.Person(p)
				inside, clear := 0, 0
				for i, v := range m.canvas.Luma {
					if v == 0 {
						continue
					}
					inside++
					if d := int(v) - int(m.floor.Luma[i]); d >= 12 || d <= -12 {
						clear++
					}
				}
				bodies++
				if clear*100 < inside*70 {
					t.Errorf("seed %d frame %d: %d of %d pixels of a body differ by 12 grey levels", seed, n, clear, inside)
				}
			}
		}
	}
	if bodies < 300 {
		t.Errorf("only %d bodies seen", bodies)
	}
}
