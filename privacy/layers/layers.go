// Package layers names what holds a program in: the layers of its confinement, as bits that a tally
// carries and a record tells the absence of. It applies nothing; privacy/sandbox does, and says here
// what came of it. It stands beside the data path, in eye and warden alike.
package layers

import "strings"

// Layers is a set of layers that hold.
type Layers uint16

// The layers. What each needs of the kernel stands behind it.
const (
	// Filter is the list of system calls with their arguments: seccomp, since Linux 4.14.
	Filter Layers = 1 << iota
	// Rights says that the program has no capability, cannot gain any, and is nobody if it was
	// root: prctl(2), capabilities(7).
	Rights
	// Limits are no core file, no file that grows, no more descriptors than it has: setrlimit(2).
	Limits
	// Closed says that others of the same user cannot look into its memory: PR_SET_DUMPABLE.
	Closed
	// Spaces are its own namespaces for network, mounts, processes, messages and names.
	Spaces
	// Paths is Landlock, since Linux 5.13: it can open nothing but what its manifest names.
	Paths
	// Locked says that scratch memory is never swapped and in no core file: mlock(2), madvise(2).
	Locked
	// Secret says that carry is in memory that not even the kernel's own debugging reads:
	// memfd_secret(2), since Linux 5.14.
	Secret
	// Room is a root folder with nothing but its camera: every other path is not there. It takes
	// mounts of its own: pivot_root(2), or chroot(2) where the root is an initramfs.
	Room
)

// All are all layers.
const All = Filter | Rights | Limits | Closed | Spaces | Paths | Locked | Secret | Room

// Needed are the layers without which no program works on a real board. The others depend on how
// the kernel was built; Raspberry Pi kernels without Landlock exist.
const Needed = Filter | Rights | Limits | Closed | Spaces

// Enough tells whether these layers are enough to count people on a real board: those needed, and of
// the two that keep an eye from other paths while it opens its camera, Paths and Room, at least one.
func (l Layers) Enough() bool { return l&Needed == Needed && l&(Paths|Room) != 0 }

// names are the words for people, in the order of the bits.
func names() []string {
	return []string{"system-call filter", "dropped rights", "limits", "closed memory", "namespaces", "Landlock", "locked scratch", "secret carry", "room with only its camera"}
}

// Missing names the layers that do not hold, in words for people.
func (l Layers) Missing() (out []string) {
	for i, name := range names() {
		if l&(1<<i) == 0 {
			out = append(out, name)
		}
	}
	return out
}

// String names the layers that hold, or says "none".
func (l Layers) String() string {
	var out []string
	for i, name := range names() {
		if l&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
