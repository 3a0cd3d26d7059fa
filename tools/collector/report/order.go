package report

import (
	"tellijn/privacy/batch"
	"tellijn/tools/collector/store"
)

// origin gives the scope that a chain goes on from. known is false where a chain names something before
// it that never came; a chain that names nothing, or whose first item never came, goes on from none.
func origin(r store.Reader, device string, kind batch.Kind, c *store.Chain, all []store.Chain) (from store.Scope, some, known bool, err error) {
	if c.Before == (store.Hash{}) {
		return from, false, true, nil
	}
	for _, o := range all {
		if o.Tail == c.Before { // it may have expired since
			return o.Scope, true, true, nil
		}
	}
	id, ok, err := r.Named(device, kind, c.Before)
	return id.Scope, ok, ok, err
}

// joined tells whether what a boot goes on from is known, or there is nothing.
func joined(r store.Reader, device string, c *store.Chain, all []store.Chain) (bool, error) {
	_, _, known, err := origin(r, device, batch.Record, c, all)
	return known, err
}

// ordered gives the chains of a device, each behind the one that it goes on from, and otherwise in the
// order in which they came.
func ordered(r store.Reader, device string, kind batch.Kind) ([]store.Chain, error) {
	all, err := r.Chains(device, kind)
	if err != nil {
		return nil, err
	}
	place := map[store.Scope]int{}
	for i, c := range all {
		place[c.Scope] = i
	}
	out := make([]store.Chain, 0, len(all))
	done := make([]bool, len(all))
	for i := range all {
		var line []int // from this one back to the first that is not out yet
		for n := i; !done[n]; {
			done[n] = true // so that a circle ends, too
			line = append(line, n)
			from, some, _, err := origin(r, device, kind, &all[n], all)
			if err != nil {
				return nil, err
			}
			if before, ok := place[from]; some && ok {
				n = before
			}
		}
		for k := len(line) - 1; k >= 0; k-- {
			out = append(out, all[line[k]])
		}
	}
	return out, nil
}
