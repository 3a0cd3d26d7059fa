package sweep

import "tellijn/hal/camera/sim"

// doorSeconds of one scene of a door: about 42 crossings.
const doorSeconds = 120

// Door counts scenes of an ordinary door, seed after seed from first on, until there were at least
// crossings true ones. It returns what was wrong and how many seeds it took.
func Door(p Picture, first uint64, crossings, parallel int, show func(crossings int, sum Wrong)) (sum Wrong, seeds int, err error) {
	for sum.True < crossings {
		batch := make([]Wrong, max(1, parallel))
		err := pool(len(batch), parallel, func(i int) (err error) {
			batch[i], err = Of(p, sim.Door(first+uint64(seeds+i), sim.Nominal(), doorSeconds))
			return err
		}, func(int) {})
		if err != nil {
			return sum, seeds, err
		}
		for _, w := range batch {
			if sum.True >= crossings { // the same seeds count, however many run at once
				break
			}
			sum.Add(w)
			seeds++
		}
		show(crossings, sum)
	}
	return sum, seeds, nil
}

// Quiet is what was counted in scenes of one kind in which nobody crosses.
type Quiet struct {
	Name    string
	Nominal bool // with the hard sun and the trolleys of a nominal door
	Scenes  int
	False   int
	Failed  []uint64 // seeds of the scenes with false crossings
}

// Silent counts n scenes of each kind without crossings, seeds from first on: first that difficulty
// alone, then the same in a nominal door, with its hard sun and its trolleys.
func Silent(p Picture, first uint64, n, parallel int, show func(name string, ready, all int)) ([]Quiet, error) {
	kinds := []struct {
		name   string
		script func(uint64) sim.Script
	}{{"turn", sim.Turn}, {"hover", sim.Hover}, {"stand", sim.Stand}, {"light switch", sim.LightSwitch}}
	var all []Quiet
	for _, nominal := range []bool{false, true} {
		for _, k := range kinds {
			q := Quiet{Name: k.name, Nominal: nominal, Scenes: n}
			results := make([]Wrong, n)
			err := pool(n, parallel, func(i int) (err error) {
				script := k.script(first + uint64(i))
				if !nominal {
					script = script.Alone()
				}
				results[i], err = Of(p, script)
				return err
			}, func(ready int) { show(k.name, ready, n) })
			if err != nil {
				return all, err
			}
			for i, w := range results {
				q.False += w.False
				if w.False > 0 {
					q.Failed = append(q.Failed, first+uint64(i))
				}
			}
			all = append(all, q)
		}
	}
	return all, nil
}
