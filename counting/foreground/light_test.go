package foreground

import "testing"

// A shadow that stays is learnt. When it goes, the floor is as light as before and nobody is there.
func TestLearntShadowLifts(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	shade := func(x, y int, v uint8) uint8 { return uint8(int(v) * 85 / 100) }
	for range 300 { // 12 s, three time constants
		m.empty(0)
		m.put(20, 10, 34, 24, shade)
		m.step()
	}
	if mean := m.mean.at(17*w+27) / grey; mean > floor*92/100 {
		t.Fatalf("background %d in a shadow of 12 s, so it was not learnt", mean)
	}
	m.empty(0)
	if n, _ := m.step(); n > 0 {
		t.Errorf("%d cells in the mask where a shadow was", n)
	}
	if mean := m.mean.at(17*w+27) / grey; mean < floor {
		t.Errorf("background %d after the shadow, want the floor, %d", mean, floor)
	}
}

// Somebody who comes where a shadow was learnt is seen, even in light clothes.
func TestSomebodyInALearntShadow(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	for range 300 {
		m.empty(0)
		m.put(20, 10, 34, 24, func(x, y int, v uint8) uint8 { return uint8(int(v) * 85 / 100) })
		m.step()
	}
	m.put(23, 13, 31, 21, func(x, y int, v uint8) uint8 { return uint8(180 + 20*((x+y)&1)) })
	if n, _ := m.step(); n < 60 {
		t.Errorf("%d cells of about 81 in the mask", n)
	}
}

// A floor that was burnt out shows when the camera takes its exposure back: it is nobody.
func TestBurntOutFloorComesBack(t *testing.T) {
	m := newWatcher()
	show := func(gain int) (n int) {
		for i := range m.cells[:w*h] {
			v := 70 + (i%w+i/w)%5
			if i%w < w/4 {
				v = 150
			}
			m.cells[i] = uint8(min(v*gain/100, 255))
		}
		n, _ = m.step()
		return n
	}
	for range 50 {
		show(200) // the light quarter would be 300
	}
	if m.cells[0] != 255 {
		t.Fatal("the floor is not burnt out")
	}
	most := 0
	for gain := 200; gain >= 100; gain -= 4 {
		most = max(most, show(gain))
	}
	if most > 0 {
		t.Errorf("up to %d cells in the mask while the exposure came back", most)
	}
}

// After a light jump a lamp that flickers does not keep crossings from starting for ever.
func TestFlickerAfterAJump(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	longest := 0
	for i := range 500 {
		m.empty(70 - 10*(i&1))
		_, relit := m.step()
		if i == 0 && !relit {
			t.Fatal("the light came on, and nothing was noticed")
		}
		if m.Holding() {
			longest = i
		}
	}
	if longest > 5*25 {
		t.Errorf("still holding after %d cycles of 40 ms, want at most 5 s", longest)
	}
	if longest < 2*25 {
		t.Errorf("held for %d cycles only, so the flicker was not followed and nothing is tested", longest)
	}
}

// How light the floor was before a shadow is not kept for ever.
func TestForgetsTheLight(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	const at = 17*w + 27
	for range 50 {
		m.empty(0)
		m.put(20, 10, 34, 24, func(x, y int, v uint8) uint8 { return uint8(int(v) * 85 / 100) })
		m.step()
	}
	if m.still[at] != lit {
		t.Fatal("nothing kept in mind in a shadow")
	}
	m.empty(0)
	m.put(20, 10, 34, 24, func(x, y int, v uint8) uint8 { return uint8(m.mean.at(y*w+x) / grey) })
	for m.cycles = m.forget - 2; m.cycles < m.forget; {
		m.step()
	}
	if m.still[at] == lit {
		t.Error("still kept in mind after the time for it")
	}
}
