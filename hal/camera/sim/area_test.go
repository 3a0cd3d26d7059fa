package sim

import (
	"testing"

	"tellijn/hal/camera/sim/path"
)

// bare is a door with lone, plainly dressed walkers of nominal size and no noise or shadow.
func bare(t testing.TB, seed uint64) Script {
	k := Nominal()
	for _, name := range []string{"noise", "soft_shadow", "sun", "bags", "hats", "trolleys", "pairs", "follows",
		"passes", "turns", "hovers", "stands", "size_spread", "low_contrast", "dropped"} {
		if err := k.Set(name, 0); err != nil {
			t.Fatal(err)
		}
	}
	k.Contrast, k.GapLeast, k.GapMost = 60, 4000, 6000
	return Door(seed, k, 60)
}

// measure gives the mean area of people at the line, in millionths of the picture, counted from
// the pixels that differ from the floor.
func measure(t testing.TB, c Config) (mean, least, most int) {
	sum, n := int64(0), 0
	least = 1_000_000
	for seed := range uint64(8) {
		c.Script = bare(t, seed)
		m := open(t, c)
		for frame := range m.end {
			m.world.Step(frame, nil)
			for i := range m.world.People {
				p := &m.world.People[i]
				if d := m.world.Distance(p); frame%3 > 0 || !p.Visible() || d < -path.One/2 || d > path.One/2 {
					continue
				}
				copy(m.canvas.Luma, m.floor.Luma)
				m.paint.Person(p)
				area := 0
				for i, v := range m.canvas.Luma {
					if d := int(v) - int(m.floor.Luma[i]); d > 15 || d < -15 {
						area++
					}
				}
				area = int(int64(area) * 1_000_000 / int64(len(m.canvas.Luma)))
				sum, n = sum+int64(area), n+1
				least, most = min(least, area), max(most, area)
			}
		}
	}
	if n < 100 {
		t.Fatalf("only %d walkers seen at the line", n)
	}
	return int(sum / int64(n)), least, most
}

func TestPersonAreaIsAsOrdered(t *testing.T) {
	for _, area := range []int32{8_000, 27_000, 104_000} {
		c := small(Script{})
		c.PersonArea = area
		mean, least, most := measure(t, c)
		t.Logf("person area %d: drawn %d (%d to %d)", area, mean, least, most)
		if d := mean - int(area); d > int(area)/10 || d < -int(area)/10 {
			t.Errorf("person area %d: drawn %d on average, want within a tenth", area, mean)
		}
	}
}
