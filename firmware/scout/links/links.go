// Package links knows the network interfaces of the machine: which there are, which is used, and what it
// is set to. It speaks with the kernel only, never with a network, and knows nothing of how a lease was
// come by. It stands beside the data path, in the setter.
package links

import "slices"

// Link is an interface as it is now.
type Link struct {
	Index    int
	Name     string
	MAC      [6]byte
	Wireless bool
	Up       bool // it was asked to work
	Carrier  bool // it has somebody at its other end; a radio has been let in
}

// Choose gives the interface to use: the one that has this name, or with "" one with somebody at its other
// end, wired before wireless, the one that is used before another, then by number. Without any it gives the
// one that is used, since a cable may come back. The zero value is none.
func Choose(all []Link, name string, used int) Link {
	best, found := Link{}, 0
	for _, l := range all {
		if name != "" && l.Name != name {
			continue
		}
		rank := 0
		if l.Index == used {
			rank = 1
		}
		if l.Carrier {
			rank += 4
			if !l.Wireless {
				rank += 4
			}
		}
		if name != "" {
			rank++
		}
		if rank > found || rank == found && rank > 0 && l.Index < best.Index {
			best, found = l, rank
		}
	}
	return best
}

// Wireless gives the first radio, or the one with this name; the zero value is none.
func Wireless(all []Link, name string) Link {
	i := slices.IndexFunc(all, func(l Link) bool { return l.Wireless && (name == "" || l.Name == name) })
	if i < 0 {
		return Link{}
	}
	return all[i]
}
