package fields

import "slices"

// Finding is what the closed list and the forbidden words say about some names.
type Finding struct {
	Names    int
	Unlisted []string // there, and not on the list
	Gone     []string // on the list, and not there
	Named    []string // holds a forbidden word and is not excused
	Idle     []string // excused, and not there
}

// Judge holds names against the list, the words and the excuses.
func Judge(names []string) Finding {
	list, excused := Closed(), Excused()
	f := Finding{Names: len(names)}
	for _, n := range names {
		if list[n] == "" {
			f.Unlisted = append(f.Unlisted, n)
		}
	}
	for n := range list {
		if !slices.Contains(names, n) {
			f.Gone = append(f.Gone, n)
		}
	}
	held := Holding(names, Forbidden())
	for _, n := range held {
		if excused[n] == "" {
			f.Named = append(f.Named, n)
		}
	}
	for n := range excused {
		if !slices.Contains(held, n) {
			f.Idle = append(f.Idle, n)
		}
	}
	slices.Sort(f.Gone)
	slices.Sort(f.Idle)
	return f
}

// All gives the names of every message, every key and the law, from the source below root.
func All(root string) (all []string, err error) {
	for _, t := range Messages() {
		all = append(all, Walk(t)...)
	}
	k, err := Keys(root)
	if err != nil {
		return nil, err
	}
	l, err := Law(root)
	return append(append(all, k...), l...), err
}
