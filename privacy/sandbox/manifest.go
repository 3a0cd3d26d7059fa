// Package sandbox says what each program may do: its manifest is data about calls, files and budgets,
// which privacy/sandbox/confine makes the kernel enforce, for good. It never gives a right back and never asks
// what the program is for. Both ends of the data path use it: the eye after it has opened its
// camera, warden and courier once they run.
package sandbox

import (
	"fmt"
	"strings"

	"tellijn/privacy/sandbox/filter"
)

// Manifest is what one program may do at one stage of its life.
type Manifest struct {
	Program string // such as "eye"
	Stage   string // what it does meanwhile, such as "while it counts"
	// Calls are the system calls; any other ends the program at once, without a core file. One that
	// stands there several times may be made in each of these ways.
	Calls []Call
	// Paths are what it may open. nil opens nothing.
	Paths []Path
	// Ports are the TCP ports that it may connect to, where the kernel has Landlock of version 4; it
	// then binds none. nil is none. Another version, or no Landlock, leaves that to Calls.
	Ports []uint16
	// Room takes every path away but those of Paths, which are devices: a root folder of its own. It
	// can be made only for a program that is the first of its own processes and has mounts of its
	// own.
	Room bool
	// Rights keeps user and capabilities for a later stage.
	Rights bool
	// Keeps are the rights that a program keeps that was root, with its user, for good. nil is none.
	Keeps []Right
	// Becomes hands the rights that it keeps on to the program that it turns into, which this is for.
	Becomes bool
	// Narrows says that an earlier stage gave up everything but calls and limits, which this one
	// makes narrower. It opens nothing and makes nothing else.
	Narrows bool
	// Dies has the kernel kill the program when its parent ends.
	Dies bool
	// Owner names a path: a program that was root becomes the owner of it instead of nobody.
	Owner  string
	Budget Budget
	// Never says in words what follows from the above, for people.
	Never []string
}

// Call allows one system call.
type Call struct {
	Name  string // as in syscalls(2)
	Where []filter.Condition
	Why   string
}

// Path allows a file, or a folder and all below it.
type Path struct {
	Path string
	May  Access
	Why  string
}

// Access is what may be done with a path.
type Access uint8

// The kinds of access.
const (
	Use   Access = 1 // a device: read, write, ioctl
	Read  Access = 2 // a file: read
	Files Access = 3 // a folder: read, write, make and remove files below it
	Run   Access = 4 // a program, or a folder of them: read and start
)

// String says it in words.
func (a Access) String() string {
	switch a {
	case Use:
		return "use the device"
	case Read:
		return "read"
	case Files:
		return "read, write, make and remove files"
	case Run:
		return "read and start"
	}
	return fmt.Sprintf("access(%d)", uint8(a))
}

// Right is a capability of Linux, by its number. (capabilities(7), include/uapi/linux/capability.h)
type Right uint8

// The rights that some program keeps.
const (
	Kill     Right = 5
	SetGroup Right = 6
	SetUser  Right = 7
	NetAdmin Right = 12
	NetRaw   Right = 13
	SetTime  Right = 25
)

// String says it in words.
func (r Right) String() string {
	switch r {
	case Kill:
		return "end programs of others"
	case SetGroup:
		return "start programs in other groups"
	case SetUser:
		return "start programs as others"
	case NetAdmin:
		return "set interfaces"
	case NetRaw:
		return "send frames"
	case SetTime:
		return "set the clock"
	}
	return fmt.Sprintf("capability %d", uint8(r))
}

// Budget bounds what a program may take. Core files are never allowed.
type Budget struct {
	// Descriptors is one more than the highest that may still be opened; 0 leaves it.
	Descriptors uint64
	// FileBytes is how long a file may grow: 0 is none at all, Unbounded leaves it.
	FileBytes uint64
	// DataBytes is how much private memory may be mapped, reserved by Go but not used included;
	// Unbounded leaves it.
	DataBytes uint64
}

// Unbounded leaves a limit as it is.
const Unbounded = ^uint64(0)

// Size is how many system calls a program may make. One that stands there several times, each time with
// other bounds, is one.
func (m Manifest) Size() int {
	names := map[string]bool{}
	for _, c := range m.Calls {
		names[c.Name] = true
	}
	return len(names)
}

// Text is the manifest for people, as -manifest prints it.
func (m Manifest) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s: %d system calls\n", m.Program, m.Stage, m.Size())
	for _, c := range m.Calls {
		fmt.Fprintf(&b, "  %-18s %s\n", c.Name, c.Why)
		for _, w := range c.Where {
			fmt.Fprintf(&b, "  %-18s   only with argument %d %s\n", "", w.Arg, bounds(w))
		}
	}
	if len(m.Paths) == 0 {
		b.WriteString("  opens: nothing\n")
	}
	for _, p := range m.Paths {
		fmt.Fprintf(&b, "  opens: %s: %s (%s)\n", p.Path, p.May, p.Why)
	}
	for _, p := range m.Ports {
		fmt.Fprintf(&b, "  connects: to TCP port %d only, where the kernel has Landlock of version 4\n", p)
	}
	limit := func(name string, n uint64) {
		if n != Unbounded {
			fmt.Fprintf(&b, "  %s: %d\n", name, n)
		}
	}
	if m.Budget.Descriptors != 0 {
		limit("descriptors below", m.Budget.Descriptors)
	}
	limit("bytes a file may grow to", m.Budget.FileBytes)
	limit("bytes of private memory", m.Budget.DataBytes)
	if m.Room {
		b.WriteString("  sees: a root folder with nothing but that in it, where it has mounts of its own\n")
	}
	for _, r := range m.Keeps {
		fmt.Fprintf(&b, "  right: %s\n", r)
	}
	if len(m.Keeps) > 0 {
		b.WriteString("  rights: no others; stays who it was\n")
	} else if !m.Rights {
		who := "nobody"
		if m.Owner != "" {
			who = "the owner of " + m.Owner
		}
		fmt.Fprintf(&b, "  rights: none; becomes %s if it was root\n", who)
	}
	if m.Dies {
		b.WriteString("  ends: at the latest with the program that started it\n")
	}
	for _, n := range m.Never {
		fmt.Fprintf(&b, "  so: %s\n", n)
	}
	return b.String()
}

// bounds says a condition in words.
func bounds(c filter.Condition) string {
	if c.Without != 0 {
		return fmt.Sprintf("without bits %#x", c.Without)
	}
	words := make([]string, len(c.Is))
	for i, v := range c.Is {
		words[i] = fmt.Sprintf("%#x", v)
	}
	return "= " + strings.Join(words, " or ")
}
