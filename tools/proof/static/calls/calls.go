// Package calls finds every system call that a program of the device can make outside the Go
// runtime, with its number, and every request of ioctl, each followed to the constant that it is
// and the function that says it. What is no constant is handed out as such. It makes no system call
// itself and judges nothing. It stands outside the data path, for tools/proof/static.
package calls

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/ssa"

	"tellijn/tools/proof/static/graph"
)

// IOCTL is the number of ioctl(2) on arm64 (include/uapi/asm-generic/unistd.h of Linux).
const IOCTL = 29

// primitive are the functions without a body in Go that make the system call named by their first
// argument. Whatever else has no body outside Go itself is given by [Bare].
func primitive(f *ssa.Function) bool {
	switch f.String() {
	case "internal/runtime/syscall/linux.Syscall6", "syscall.rawSyscallNoError", "syscall.rawVforkSyscall",
		"syscall.runtime_doAllThreadsSyscall", "golang.org/x/sys/unix.Syscall", "golang.org/x/sys/unix.Syscall6",
		"golang.org/x/sys/unix.RawSyscall", "golang.org/x/sys/unix.RawSyscall6",
		"golang.org/x/sys/unix.SyscallNoError", "golang.org/x/sys/unix.RawSyscallNoError":
		return true
	}
	return false
}

// Found is what a program can ask of the kernel.
type Found struct {
	Numbers  []Constant // of system calls
	Requests []Constant // of ioctl
	Unknown  []Unknown  // numbers and requests that are no constants
}

// place is a call on its way up: the number and the first two words of a system call, as they look
// from one function.
type place struct{ number, request value }

// In finds the system calls within reach.
func In(r *graph.Reach) Found {
	d := newFolder(r)
	var found Found
	for _, f := range r.Functions() {
		if graph.Runtime(graph.Path(f)) {
			continue
		}
		for _, c := range r.Callees(f) {
			if primitive(c.Func) {
				d.follow(place{value{c.Call.Argument(0), f, nil}, value{c.Call.Argument(2), f, nil}}, nil, &found)
			}
		}
	}
	found.Numbers, found.Requests = tidy(found.Numbers), tidy(found.Requests)
	return found
}

// follow goes from a helper to its callers as long as the number is a parameter, taking the request
// along, so that a request belongs to its own call.
func (d *folder) follow(p place, seen map[ssa.Value]bool, found *Found) {
	param, ok := bare(p.number.Value).(*ssa.Parameter)
	if !ok || seen[param] {
		numbers, unknown := d.fold(p.number, nil)
		found.Numbers, found.Unknown = append(found.Numbers, numbers...), append(found.Unknown, unknown...)
		if slices.ContainsFunc(numbers, func(c Constant) bool { return c.Value == IOCTL }) {
			requests, unknown := d.fold(p.request, nil)
			found.Requests, found.Unknown = append(found.Requests, requests...), append(found.Unknown, unknown...)
		}
		return
	}
	f := p.number.in
	calls, complete := d.reach.Callers(f)
	if !complete {
		found.Unknown = append(found.Unknown, Unknown{"parameter " + param.Name() + " of a function that is called from where nobody sees it", f, f.Pos()})
	}
	for _, c := range calls {
		up := p
		for i, q := range f.Params {
			if q == param {
				up.number = value{c.Argument(i), c.From, nil}
			}
			if p.request.Value != nil && p.request.in == f && q == bare(p.request.Value) {
				up.request = value{c.Argument(i), c.From, nil}
			}
		}
		d.follow(up, with(seen, param), found)
	}
}

// bare is a value before it was converted.
func bare(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.Convert:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		default:
			return v
		}
	}
}

// tidy sorts and leaves one of each.
func tidy(list []Constant) []Constant {
	slices.SortFunc(list, func(a, b Constant) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.In.String(), b.In.String()))
	})
	return slices.CompactFunc(list, func(a, b Constant) bool { return a.Value == b.Value && a.In == b.In })
}

// Bare gives the functions within reach that have no body in Go, are not part of Go itself, and are
// not known to be a system call: nobody can say what they do.
func Bare(r *graph.Reach) (found []*ssa.Function) {
	for _, f := range r.Functions() {
		if f.Blocks == nil && f.Synthetic == "" && !graph.Standard(graph.Path(f)) && !primitive(f) {
			found = append(found, f)
		}
	}
	return found
}
