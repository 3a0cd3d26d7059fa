package track

import "testing"

// The parts of one person who was taken for two when coming in become one track; two people side by
// side stay two.
func TestBodies(t *testing.T) {
	for _, c := range []struct {
		name  string
		apart int32 // percent of a person
		want  int
	}{{"parts of one", 75, 1}, {"side by side", 120, 2}} {
		f := newFollower()
		f.Live, f.Born = 3, 3
		for i := range 2 {
			x := 60*256 + int32(i)*c.apart*side*256/100
			f.Tracks[i] = Track{X: x, Y: 20 * 256, ax: x, ay: 20 * 256, Hits: Sure, VY: 192}
		}
		wide := side + int(c.apart)*side/100
		for i := range 40 {
			y := 20 + i*3/4
			f.person(60-side/2, y-side/2)
			f.person(60-side/2+wide-side, y-side/2)
			f.step()
		}
		if f.count() != c.want {
			t.Errorf("%s, %d%% of a person apart: %d tracks, want %d", c.name, c.apart, f.count(), c.want)
		}
	}
}

// What begins when the light jumps may be the light, until it has walked in steady light.
func TestBornInALightJump(t *testing.T) {
	f := newFollower()
	f.holding = true
	for i := range 30 {
		f.person(20+i, 50)
		f.step()
		if f.Tracks[0].Sure() {
			t.Fatalf("cycle %d of the jump: sure of somebody", i)
		}
	}
	f.holding = false
	for i := range 30 {
		f.person(50+i, 50)
		f.step()
	}
	if f.Live != 1 || !f.Tracks[0].Sure() {
		t.Errorf("live %b, sure %v after 6 persons' way in steady light", f.Live, f.Tracks[0].Sure())
	}
}

// A person behind a cart, both 1.2 persons apart for good, are a cart; the same two side by side, or
// with a distance that varies, are two people.
func TestCart(t *testing.T) {
	for _, c := range []struct {
		name   string
		dx, dy int
		sway   int
		want   bool
	}{{"behind", 0, 6, 0, true}, {"beside", 6, 0, 0, false}, {"behind, not fast", 0, 6, 2, false}} {
		f := newFollower()
		cart := false
		for i := range 60 {
			f.person(60, 10+i)
			f.person(60, 11+i)
			d := c.dy
			if i/3%2 == 0 {
				d += c.sway
			}
			f.person(60+c.dx, 10+d+i)
			f.person(60+c.dx, 11+d+i)
			f.step()
			cart = cart || f.Cart(0)
		}
		if cart != c.want {
			t.Errorf("%s: cart %v, want %v", c.name, cart, c.want)
		}
	}
}
