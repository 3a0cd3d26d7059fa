// Package spaces starts a program in namespaces of its own: what it cannot name it cannot reach. It
// tries what the kernel allows this user, and says what the program got; it knows no program, and
// never gives a program more than its caller has. The warden's starter is its one caller.
package spaces

import (
	"errors"
	"strings"
	"syscall"
)

// Set is a set of namespaces.
type Set uint8

// The namespaces; namespaces(7).
const (
	Net      Set = 1 << iota // no network but a loopback that is down
	Mounts                   // mounts that others make or take away
	Pids                     // sees and signals no process but its own
	Messages                 // System V and POSIX message queues, shared memory
	Names                    // host name
	Users                    // an ordinary user needs this one to make the others
)

// All are all of them.
const All = Net | Mounts | Pids | Messages | Names | Users

// String names them.
func (s Set) String() string {
	var out []string
	for i, name := range []string{"network", "mounts", "processes", "messages", "names", "users"} {
		if s&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// ErrRefused is wrapped when the kernel gives no namespaces and the program must not run without.
var ErrRefused = errors.New("spaces: the kernel gives no namespaces")

// Started is what came of a start.
type Started struct {
	Pid int
	Got Set
	// Why there are none, 0 if there are: ENOSYS where the system has no such thing.
	Why syscall.Errno
}

// Terms are how a program is started.
type Terms struct {
	Want Set  // what it should get; Users is added where it is needed
	Need bool // do not start it without
	// Dies lets the kernel kill it when the thread ends that started it, so the caller locks its
	// goroutine to one. A program that changes its user later lifts this and has to ask anew, as
	// privacy/sandbox/confine does.
	Dies bool
}
