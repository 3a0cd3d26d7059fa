// Package attacks lets an eye that was taken over do what an eye may not, one thing after the other,
// and looks who stops it: the kernel by the list of system calls, or the warden by what it receives.
// Each attack is made twice, first where nothing holds it, to show that it really is one. It knows
// nothing of how the confinement works. It stands outside the data path.
package attacks

import "tellijn/tools/proof/attacks/codes"

// Hostile is the folder of the eye that was taken over, and Tags are what it is built with here.
const (
	Hostile = "tools/proof/attacks/hostile"
	Tags    = "hostile,sim"
)

// Stop is who stops an attack.
type Stop uint8

// Who stops it.
const (
	Kernel Stop = 1 // the eye is ended by the signal SIGSYS at the system call, without a core file
	Warden Stop = 2 // the warden ends the eye for what it said, or for holding a frame too long
	// The kernel, while the eye opens its camera, and while that settles: by SIGSYS, or by an error for
	// want of rights.
	Opening  Stop = 3
	Settling Stop = 4
)

// Attack is one thing that a hostile eye does.
type Attack struct {
	Name  string // for tools/proof/attacks/hostile
	Words string // what it tries, for people
	By    Stop
	// Camera says that the eye has the descriptor of something that stands in for a camera of the
	// kernel. What a real camera does of it is tried on the emulated board.
	Camera bool
	// Control is no attack: it does what an honest eye does, and nobody may stop it.
	Control bool
}

// All are the attacks.
func All() []Attack {
	var all []Attack
	for _, a := range [][2]string{
		{"open", "open a file"}, {"create", "make a file and keep something in it"}, {"proc", "look into another program through /proc"},
		{"kmsg", "write into the kernel's log"}, {"socket", "open a connection to the network"}, {"socket-unix", "open a local socket"},
		{"socket-link", "talk to the kernel's network parts"}, {"socketpair", "make a pair of sockets"}, {"connect", "connect a descriptor that it has"},
		{"exec", "become another program"}, {"fork", "start a second process"}, {"clone3", "start one by the newer call"},
		{"memfd", "make a file in memory to hand on"}, {"memfd-secret", "make more secret memory"}, {"mmap-shared", "share memory"},
		{"mmap-code", "map memory that can run as code"}, {"mprotect", "make its memory run as code"}, {"shm", "make old-style shared memory"},
		{"message-queue", "make a message queue"}, {"ptrace", "take control of the program that started it"}, {"peek", "read that program's memory"},
		{"poke", "write that program's memory"}, {"io-uring", "hand system calls to the kernel's ring"}, {"kill", "send another program a signal"},
		{"tgkill", "send another program's thread a signal"}, {"pidfd", "take a handle on another program"}, {"dup", "double the pipe"},
		{"send-rights", "hand a descriptor on"}, {"core", "let others look into its memory, and leave a core file"},
		{"core-advice", "put its pages into a core file"}, {"limits", "change its limits"}, {"unshare", "make a namespace"},
		{"setns", "enter a namespace"}, {"mount", "mount a file system"}, {"bpf", "load a program into the kernel"},
		{"keyring", "put pixels into a keyring of the kernel"}, {"userfault", "serve page faults"}, {"perf", "measure the processor as a channel"},
		{"name", "name the machine after pixels"}, {"file-time", "hide something in the time of a file"},
		{"processor", "choose its processor as a signal"}, {"priority", "change its priority as a signal"},
		{"terminal", "type into a terminal"},
		{"longer", "write a tally that is one byte longer"}, {"shorter", "write one that is a byte shorter"}, {"pixels", "write the frame into the pipe"},
		{"vector", "write pixels by another call"}, {"vmsplice", "move pages of pixels into the pipe"}, {"tee", "copy one pipe into another"},
		{"pipe-size", "change the size of the pipe as a signal"}, {"read-back", "read after its orders"}, {"words", "write pixels as words to the warden"},
		{"words-log", "print pixels"}, {"panic", "panic with pixels in the text"}, {"fault", "crash with a trace"},
		{"second-alarm", "make a timer of its own"}, {"other-clock", "set another descriptor as a timer"},
	} {
		all = append(all, Attack{a[0], a[1], Kernel, false, false})
	}
	for _, a := range [][2]string{
		{"camera-export", "make a descriptor of the frame (VIDIOC_EXPBUF)"}, {"camera-format", "set the camera to a finer format"},
		{"camera-ask", "ask the camera for its format"}, {"camera-read", "read from the camera past its buffers"},
		{"camera-elsewhere", "make a request that it may make of its camera of something else"},
		{"camera-allowed", "give a frame back to its camera"},
	} {
		all = append(all, Attack{a[0], a[1], Kernel, true, a[0] == "camera-allowed"})
	}
	for _, a := range soon() {
		all = append(all, Attack{codes.Early + a[0], a[1], Opening, true, false}, Attack{codes.Settling + a[0], a[1], Settling, true, false})
	}
	for _, a := range [][2]string{
		{"camera-export", "make a descriptor of a frame (VIDIOC_EXPBUF)"}, {"camera-format", "set the camera to a finer format"},
		{"camera-ask", "ask the camera for its format"}, {"camera-read", "read from the camera past its buffers"},
		{"camera-elsewhere", "make a request that it may make of its camera of something else"},
		{"longer", "write a tally that is one byte longer"}, {"shorter", "write one that is a byte shorter"}, {"pixels", "write a frame into the pipe"},
		{"words", "write pixels as words to the warden"}, {"vmsplice", "move pages of pixels into the pipe"}, {"read-back", "read after its orders"},
		{"second-alarm", "make a timer of its own"}, {"other-clock", "set another descriptor as a timer"},
	} {
		all = append(all, Attack{codes.Settling + a[0], a[1], Settling, true, false})
	}
	all = append(all, Attack{codes.Early + "allowed", "open its camera", Opening, true, true},
		Attack{codes.Settling + "allowed", "give a frame back to its camera", Settling, true, true})
	for _, a := range [][2]string{
		{"flood", "send tallies faster than their beat"}, {"range", "count more than can be"}, {"free-bits", "set bits that have no meaning"},
		{"other-line", "count on a line that was not ordered"}, {"other-zone", "count in a zone that was not ordered"},
		{"number", "number tallies as it likes"}, {"time", "date tallies as it likes"}, {"claims", "claim layers that do not exist"},
		{"magic", "write pixels of the size of a tally"}, {"changes", "change what it says of its camera"},
		{"hold", "keep a frame in its hands"}, {"base", "send a tally that is true"},
	} {
		all = append(all, Attack{a[0], a[1], Warden, false, a[0] == "base"})
	}
	return all
}

// soon are those that are tried before it counts.
func soon() [][2]string {
	return [][2]string{
		{"open", "open a file"}, {"proc", "look into the program that started it through /proc"}, {"create", "make a file and keep something in it"},
		{"core-pattern", "choose where core files go"}, {"kmsg", "write into the kernel's log"}, {"third", "put a file in place of the pipe to the warden"},
		{"socket", "open a connection to the network"}, {"socket-unix", "open a local socket"}, {"exec", "become another program"},
		{"fork", "start a second process"}, {"clone3", "start one by the newer call"}, {"memfd", "make a file in memory to hand on"},
		{"ptrace", "take control of the program that started it"}, {"peek", "read that program's memory"}, {"kill", "send it a signal"},
		{"pidfd", "take a handle on it"}, {"mmap-code", "map memory that can run as code"}, {"mprotect", "make its memory run as code"},
		{"io-uring", "hand system calls to the kernel's ring"}, {"bpf", "load a program into the kernel"}, {"mount", "mount a file system"},
		{"unshare", "make a namespace"}, {"chroot", "take another folder for the root"}, {"keyring", "put something into a keyring of the kernel"},
		{"userfault", "serve page faults"}, {"dup", "double the pipe"}, {"shm", "make old-style shared memory"}, {"write", "write elsewhere than to the warden"},
		{"alarm", "have the alarm on its frames not wait"}, {"core", "let others look into its memory, and leave a core file"},
		{"core-limit", "allow itself a core file"}, {"core-advice", "put its pages into a core file"}, {"export", "ask what is no camera for a descriptor of a frame"},
	}
}
