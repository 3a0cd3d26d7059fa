// Package outward lets a courier and a dialer that were taken over do what they may not, one thing
// after the other, and looks whether the kernel stops them. Each attack is made twice, first where
// nothing holds it, to show that it really is one. What nothing stops is tried as well and said. It
// stands outside the data path.
package outward

// Taken is the folder of the program that was taken over, and Tags are what it is built with.
const (
	Taken = "tools/proof/attacks/outward/taken"
	Tags  = "hostile"
)

// The programs that are played.
const (
	Courier = "courier"
	Dialer  = "dialer"
)

// Attack is one thing that a program does which was taken over.
type Attack struct {
	Program string
	Name    string // for the program in Taken
	Words   string // what it tries, for people
	// Control is no attack: it is what an honest one does, or what nothing stops, and it is not stopped.
	Control bool
	// Lands says that only Landlock stops it: of version 4 for connections.
	Lands bool
}

// All are the attacks.
func All() (all []Attack) {
	both := [][2]string{
		{"socket-unix", "open a local socket"}, {"socket-link", "talk to the kernel's network parts"}, {"socketpair", "make a pair of sockets"},
		{"bind", "bind a socket that it has"}, {"listen", "let others connect to it"}, {"accept", "take a connection"},
		{"send-to", "send to an address of its choice"}, {"send-message", "send a message on another descriptor than its line"},
		{"exec", "become another program"}, {"fork", "start a second process"}, {"clone3", "start one by the newer call"},
		{"ptrace", "take control of another program"}, {"peek", "read another program's memory"}, {"kill", "send another program a signal"},
		{"pidfd", "take a handle on another program"}, {"memfd", "make a file in memory"}, {"mmap-code", "map memory that can run as code"},
		{"mprotect", "make its memory run as code"}, {"io-uring", "hand system calls to the kernel's ring"}, {"bpf", "load a program into the kernel"},
		{"keyring", "put something into a keyring of the kernel"}, {"mount", "mount a file system"}, {"unshare", "make a namespace"},
		{"setns", "enter a namespace"}, {"dup", "double a descriptor"}, {"ioctl", "ask a descriptor for its device"}, {"core", "leave a core file"},
		{"limits", "change its limits"}, {"name", "name the machine"}, {"userfault", "serve page faults"},
	}
	for _, program := range []string{Courier, Dialer} {
		for _, a := range both {
			all = append(all, Attack{Program: program, Name: a[0], Words: a[1]})
		}
		for _, a := range [][2]string{{"passwd", "open a file of the system"}, {"ledger", "open the warden's ledger"}, {"device", "open a device"}} {
			all = append(all, Attack{Program: program, Name: a[0], Words: a[1], Lands: true})
		}
	}
	for _, a := range [][2]string{
		{"socket", "open a connection to the network"}, {"datagram", "open a socket for single messages"}, {"connect", "connect a socket that it has"},
		{"receive", "take descriptors from elsewhere than its line"}, {"address", "ask where its connection leads"}, {"option", "set an option of its connection"},
		{"send-rights", "hand a descriptor to the dialer"},
	} {
		all = append(all, Attack{Program: Courier, Name: a[0], Words: a[1]})
	}
	for _, a := range [][2]string{
		{"raw", "read and write packets as they are"}, {"packet", "hear the network of others"}, {"create", "make a file and keep something in it"},
		{"receive-rights", "take descriptors from the courier"}, {"other-option", "take a port over from another program"},
	} {
		all = append(all, Attack{Program: Dialer, Name: a[0], Words: a[1]})
	}
	return append(all,
		Attack{Program: Dialer, Name: "queue", Words: "open the courier's queue", Lands: true},
		Attack{Program: Dialer, Name: "other-port", Words: "connect to another port", Lands: true},
		Attack{Program: Courier, Name: "allowed", Words: "read its own file, ask the dialer, and write on a connection that it was handed", Control: true},
		Attack{Program: Dialer, Name: "allowed", Words: "connect to its port, and answer the courier", Control: true},
		Attack{Program: Dialer, Name: "other-host", Words: "connect to another host at its port, which nothing stops", Control: true},
		Attack{Program: Dialer, Name: "asks", Words: "send a single message to anybody, as it asks for names, which nothing stops", Control: true})
}
