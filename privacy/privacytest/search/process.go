package search

import (
	"errors"

	"tellijn/privacy/privacytest/canary"
	"tellijn/privacy/privacytest/search/stopped"
)

// All searches the registers and all memory of a process in one stop. Hits in mappings with one of the
// names in apart, such as /dev/video0 for buffers that the driver is filling, are counted apart. The error
// wraps stopped.ErrGone, stopped.ErrDenied, or hal.ErrAbsent where there is no such search.
func All(pid int, set *canary.Set, apart ...string) (Found, error) {
	return still(pid, set, apart, (*finder).registers, (*finder).memory)
}

// Process searches all memory of a process, as All does.
func Process(pid int, set *canary.Set, apart ...string) (Found, error) {
	return still(pid, set, apart, (*finder).memory)
}

// Registers searches the general and vector registers of every thread of a process, as All does.
func Registers(pid int, set *canary.Set) (Found, error) {
	return still(pid, set, nil, (*finder).registers)
}

// still stops a process for some searches.
func still(pid int, set *canary.Set, apart []string, searches ...func(*finder, int, *stopped.Process) error) (Found, error) {
	f := newFinder(set, apart)
	p, err := stopped.Stop(pid)
	if err != nil {
		return Found{}, err
	}
	for _, s := range searches {
		if err = s(f, pid, p); err != nil {
			break
		}
	}
	return f.done(), errors.Join(err, p.Resume())
}

// registers searches each set of registers by itself.
func (f *finder) registers(_ int, p *stopped.Process) error {
	f.found.Threads = p.Threads()
	return p.Registers(func(name string, b []byte) { f.look(b, len(b), f.place(name)) })
}
