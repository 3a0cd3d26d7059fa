package foreground

import (
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"

	"tellijn/counting"
)

const (
	w, h  = 60, 40
	floor = 120 // luma of the empty scene
)

// watcher is a model, and the cells of the cycle that comes next.
type watcher struct {
	Model
	cells   []uint8
	scratch Scratch
	shield  counting.Flat
}

func newWatcher() *watcher {
	m := &watcher{cells: make([]uint8, counting.MaxCells)}
	m.Set(w, h, 40*time.Millisecond, Defaults())
	m.empty(0)
	return m
}

// empty is the floor, brighter by more.
func (m *watcher) empty(more int) {
	for i := range m.cells[:w*h] {
		m.cells[i] = uint8(floor + more + (i%w+i/w)%5) // some texture
	}
}

// put changes the cells of a rectangle.
func (m *watcher) put(x0, y0, x1, y1 int, change func(x, y int, v uint8) uint8) {
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			m.cells[y*w+x] = change(x, y, m.cells[y*w+x])
		}
	}
}

// step runs a cycle and counts the bits of the mask.
func (m *watcher) step() (n int, relit bool) {
	m.scratch = Scratch{}
	relit = m.Step(m.cells, &m.shield, &m.scratch)
	for _, b := range m.scratch.Mask {
		n += bits.OnesCount64(b)
	}
	return n, relit
}

// learn shows the empty scene for some cycles.
func (m *watcher) learn(t *testing.T, cycles int) {
	t.Helper()
	for i := range cycles {
		m.empty(0)
		if n, relit := m.step(); n > 0 || relit {
			t.Fatalf("cycle %d of an empty scene: %d cells, relit %v", i, n, relit)
		}
	}
}

// clothes are uneven, as people are.
func clothes(x, y int, v uint8) uint8 { return uint8(40 + 17*((x+2*y)%3)) }

func TestSomebodyIsInTheMask(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	for i := range 30 {
		m.empty(0)
		m.put(5+i, 10, 14+i, 19, clothes)
		n, relit := m.step()
		if n < 80 || n > 130 || relit {
			t.Fatalf("cycle %d: %d cells of about 100, relit %v", i, n, relit)
		}
		for _, at := range [][2]int{{8 + i, 13}, {11 + i, 16}} {
			if !m.scratch.Mask.Get(at[0], at[1]) || m.scratch.Class[at[1]*w+at[0]] != Solid {
				t.Fatalf("cycle %d: cell %v of somebody is not in the mask", i, at)
			}
		}
	}
	m.empty(0)
	if n, _ := m.step(); n > 0 {
		t.Errorf("%d cells are left where somebody was", n)
	}
}

// Noise of the camera is nobody.
func TestNoiseIsNobody(t *testing.T) {
	m, random := newWatcher(), rand.New(rand.NewPCG(3, 4))
	most := 0
	for range 300 {
		m.empty(0)
		for i := range m.cells[:w*h] {
			m.cells[i] += uint8(random.NormFloat64() * 2)
		}
		n, _ := m.step()
		most = max(most, n)
	}
	if most > 3 {
		t.Errorf("up to %d cells of noise in the mask", most)
	}
}

// A light that is switched is a jump, and everything is learnt anew at once. No crossing may start
// for a moment.
func TestLightJump(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	m.empty(70)
	if n, relit := m.step(); !relit || n > 0 || !m.Holding() {
		t.Fatalf("the light came on: %d cells, relit %v, holding %v", n, relit, m.Holding())
	}
	for range 50 {
		m.empty(70)
		if n, relit := m.step(); n > 0 || relit {
			t.Fatalf("%d cells after the jump, relit %v", n, relit)
		}
	}
	if m.Holding() {
		t.Error("still holding 2 s after the jump")
	}
}

// A soft, even shadow dims the floor by one factor; it is seen, and is nobody.
func TestShadowIsNobody(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	for i := range 20 {
		m.empty(0)
		m.put(10+i, 8, 24+i, 22, func(x, y int, v uint8) uint8 { return uint8(int(v) * 85 / 100) })
		n, _ := m.step()
		dim := 0
		for _, b := range m.scratch.Dim {
			dim += bits.OnesCount64(b)
		}
		if n > 40 || dim < 120 { // 225 cells of shadow; its rim may be taken for something
			t.Fatalf("cycle %d: %d cells in the mask, %d shadow", i, n, dim)
		}
	}
}

// Who stood there at the start leaves a hole when walking off, which must close soon.
func TestGhostGoes(t *testing.T) {
	m := newWatcher()
	for range 30 {
		m.empty(0)
		m.put(20, 15, 27, 22, clothes)
		m.step()
	}
	n := 0
	for range 100 { // 4 s
		m.empty(0)
		n, _ = m.step()
	}
	if n > 0 {
		t.Errorf("a hole of %d cells after 4 s", n)
	}
}

// Who is known to walk and stands still stays in the mask for long.
func TestStandingStays(t *testing.T) {
	m := newWatcher()
	m.learn(t, 50)
	for y := 10; y < 20; y++ {
		for x := 20; x < 30; x++ {
			m.shield.Set(y*w + x)
		}
	}
	n := 0
	for range 20 * 25 {
		m.empty(0)
		m.put(20, 10, 29, 19, clothes)
		n, _ = m.step()
	}
	if n < 60 {
		t.Errorf("%d of 100 cells are left of somebody who stood for 20 s", n)
	}
}
