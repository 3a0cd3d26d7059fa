package sandbox

import (
	"runtime"
	"slices"

	"tellijn/privacy/sandbox/filter"
)

// AskerLine is the descriptor of the asker's end of the socket to the setter.
const AskerLine = 3

// Constants of Linux for the scout, the same on every machine that this runs on. (include/linux/socket.h,
// include/uapi/linux/netlink.h, if_packet.h, rtc.h, sched.h)
const (
	local, netlinkFamily, packetFamily = 1, 16, 17
	raw, rawClosed                     = 3 | still, 3 | 0x80000
	packets                            = 5 | 0x80000 // SOCK_SEQPACKET
	packetLevel, netlinkLevel          = 263, 270
	vfork                              = 0x4000 | 0x100 | 17 // CLONE_VFORK | CLONE_VM | SIGCHLD
	droppable                          = 0x28                // MAP_DROPPABLE | MAP_ANONYMOUS
)

// Asker is the manifest of the half of the scout that hears strangers. It can send to anybody, by UDP and on
// the one interface that it was handed a socket for: no list of calls can say to whom.
func Asker(pid int) Manifest {
	m := Manifest{Program: "scout-asker", Stage: "while it works", Calls: desk(pid), Dies: true,
		Budget: Budget{Descriptors: 64, FileBytes: 0, DataBytes: dialerBytes},
		Never: []string{"nobody can connect to it: it does not bind, listen or accept", "it starts no program and opens no file",
			"it sets no interface and no clock: the setter does, if it agrees", "it has no camera, no records and no keys"}}
	only := func(name, why string, where ...filter.Condition) { m.Calls = append(m.Calls, Call{name, where, why}) }
	only("socket", "UDP, to ask for names and the time", filter.Is(0, inet4, inet6), filter.Is(1, datagram), filter.Is(2, 0, udp))
	only("connect", "a name server, a time server")
	only("setsockopt", "what Go sets on a socket of UDP", filter.Is(1, socketLevel), filter.Is(2, 6))
	only("setsockopt", "version 6 for itself", filter.Is(1, ip6Level), filter.Is(2, 26))
	only("getsockname", "its own side of a socket")
	only("getpeername", "the other side of a socket")
	only("mmap", "where the kernel keeps random numbers", NoCode(), filter.Is(3, droppable), filter.Condition{Arg: 4, Is: []uint64{noFile}, Low: true})
	only("sendmsg", "tell the setter", filter.Is(0, AskerLine))
	only("recvmsg", "what the setter says; frames of DHCP servers")
	// Where there is Landlock none can be opened, and where there is none it is nobody.
	only("openat", "Go looks for the files of a resolver, which it does without", filter.Is(2, readOnly))
	only("newfstatat", "Go looks for the files of a resolver, which it does without")
	only("uname", "Go looks for the name of the machine")
	return m
}

// Setting is what a setter has.
type Setting struct {
	Self  string   // path of its own program, which is the asker's too
	Etc   string   // folder of the list of name servers
	Chip  int      // descriptor of the clock chip, below 0 for none
	Asks  []uint64 // requests of ioctl(2) on it
	Radio *Radio   // nil without a supplicant
}

// Setter is the manifest of the half of the scout that sets interfaces and the clock. It keeps the rights
// for that, and those to start its other half as nobody. What it starts is under this list too, besides its
// own, so what they need is here.
func Setter(s Setting, pid int) Manifest {
	own := Manifest{Calls: desk(pid)}
	only := func(name, why string, where ...filter.Condition) {
		own.Calls = append(own.Calls, Call{name, where, why})
	}
	only("socket", "speak with the kernel about interfaces", filter.Is(0, netlinkFamily), filter.Is(1, rawClosed), filter.Is(2, 0))
	only("socket", "frames on one interface, for the asker", filter.Is(0, packetFamily), filter.Is(1, raw), filter.Is(2, 0))
	only("socketpair", "the line to the asker", filter.Is(0, local), filter.Is(1, packets))
	only("bind", "hear of interfaces; choose the interface of frames: it makes no socket that could have a port but in the asker's list")
	only("setsockopt", "which frames come in", filter.Is(1, socketLevel), filter.Is(2, 8, 26, 44))
	only("setsockopt", "what the kernel says of frames", filter.Is(1, packetLevel), filter.Is(2, 8))
	only("setsockopt", "what the kernel says of errors", filter.Is(1, netlinkLevel))
	for _, c := range [][2]string{
		{"sendto", "ask the kernel about interfaces"}, {"recvfrom", "what the kernel says of interfaces"}, {"getsockname", "its own side of a socket"},
		{"sendmsg", "tell the asker"}, {"recvmsg", "what the asker says"}, {"shutdown", "end the line"},
		{"openat", "files; which, Landlock says"}, {"newfstatat", "is an interface a radio"}, {"renameat", "the list of name servers is whole"},
		{"unlinkat", "a list that was not finished"}, {"fchmod", "who may read a list"},
		{"clock_settime", "set the clock"}, {"adjtimex", "how fast the clock runs, and whether it is believed"},
		{"execve", "start the asker and the supplicant; which files, Landlock says"}, {"wait4", "how they ended"}, {"kill", "end them"},
		{"tgkill", "signals between threads, of its programs too"}, {"pipe2", "how a start went"}, {"dup3", "descriptors of a program"}, {"chdir", "folder of a program"},
		{"getppid", "is the parent still there"}, {"setgroups", "a program becomes nobody"}, {"setgid", "a program becomes nobody"}, {"setuid", "a program becomes nobody"},
		{"prlimit64", "limits of a program"}, {"prctl", "a program ends with this one, and confines itself"},
		{"seccomp", "a program confines itself"}, {"landlock_create_ruleset", "a program confines itself"}, {"landlock_add_rule", "a program confines itself"},
		{"landlock_restrict_self", "a program confines itself"}, {"capset", "a program gives up rights"}, {"capget", "a program gives up rights"},
		{"getuid", "a program gives up rights"}, {"setresuid", "a program gives up rights"}, {"setresgid", "a program gives up rights"}, {"readlinkat", "a program looks for its own name"},
	} {
		only(c[0], c[1])
	}
	if runtime.GOARCH == "amd64" {
		only("arch_prctl", "a program begins")
	}
	only("clone", "start a program, which Landlock names", filter.Is(0, vfork))
	if s.Chip >= 0 {
		only("ioctl", "the clock chip", filter.Is(0, uint64(s.Chip)), filter.Is(1, s.Asks...))
	}
	m := Manifest{Program: "scout", Stage: "while it works", Dies: true,
		Keeps:  []Right{Kill, SetGroup, SetUser, NetAdmin, NetRaw, SetTime},
		Budget: Budget{Descriptors: 64, FileBytes: 1 << 20, DataBytes: Unbounded},
		Paths:  []Path{{s.Etc, Files, "the list of name servers"}, {s.Self, Run, "the asker is this program again"}},
		Never: []string{"it reads nothing that came from a network: the asker does, in messages of one size",
			"nobody can connect to it: it does not listen or accept", "it has no camera, no records and no keys"}}
	lists := [][]Call{own.Calls, Asker(pid).Calls}
	if s.Radio != nil {
		of := Supplicant(*s.Radio)
		lists, m.Paths = append(lists, of.Calls), append(m.Paths, of.Paths...)
	}
	m.Calls = join(lists...)
	return m
}

// Radio is what a supplicant has.
type Radio struct {
	Program   string   // path
	Libraries []string // folders
	Dir       string   // of its configuration, certificates and keys
}

// Supplicant is the manifest of wpa_supplicant 2.10 of Debian 12 on arm64. It is not ours: it is started by this
// program, which confines itself to this list first and then becomes it. It takes what anybody in reach sends by
// radio, and keeps the rights to set interfaces and to send frames. (rig: tools/rig/radio)
func Supplicant(r Radio) Manifest {
	m := Manifest{Program: "wpa_supplicant", Stage: "from its start", Dies: true, Keeps: []Right{NetAdmin, NetRaw}, Becomes: true,
		Budget: Budget{Descriptors: 64, FileBytes: 0, DataBytes: dialerBytes},
		Never: []string{"nobody can connect to it: it does not listen or accept, and has no socket to be controlled by",
			"it writes no file", "it starts no program but itself", "it sets no clock, and has no camera and no records"}}
	m.Paths = []Path{{r.Program, Run, "its program"}, {r.Dir, Read, "which network to join, and with which keys"}, {"/dev/urandom", Read, "random numbers"}}
	for _, dir := range r.Libraries {
		m.Paths = append(m.Paths, Path{dir, Run, "its libraries"})
	}
	only := func(name, why string, where ...filter.Condition) { m.Calls = append(m.Calls, Call{name, where, why}) }
	only("socket", "speak with the kernel about radios", filter.Is(0, netlinkFamily))
	only("socket", "frames of the network that are not data", filter.Is(0, packetFamily))
	only("socket", "ask about interfaces", filter.Is(0, inet4), filter.Is(1, 2, 2|0x80000))
	only("socket", "names of interfaces, which libc asks for on such a one", filter.Is(0, local), filter.Is(1, 2|0x80000))
	only("prctl", "which capabilities there are", filter.Is(0, 23)) // PR_CAPBSET_READ
	only("mmap", "memory, and its libraries")
	for _, c := range [][2]string{
		{"execve", "become wpa_supplicant; which file, Landlock says"}, {"brk", "memory"}, {"mprotect", "memory of libraries"}, {"munmap", "memory"}, {"mremap", "memory"}, {"madvise", "memory"},
		{"openat", "files; which, Landlock says"}, {"newfstatat", "files"}, {"fstat", "files"}, {"faccessat", "files"}, {"faccessat2", "files"}, {"readlinkat", "files"}, {"lseek", "files"},
		{"getcwd", "files"}, {"close", "files and sockets"}, {"read", "files and sockets"}, {"readv", "files and sockets"}, {"pread64", "files"}, {"write", "its words"}, {"writev", "its words"}, {"fcntl", "how a socket waits"},
		{"bind", "which frames and messages come in"}, {"connect", "the kernel"}, {"setsockopt", "which frames and messages come in"}, {"getsockopt", "sockets"}, {"getsockname", "sockets"},
		{"sendto", "frames and messages"}, {"recvfrom", "frames and messages"}, {"sendmsg", "frames and messages"}, {"recvmsg", "frames and messages"}, {"ioctl", "interfaces"},
		{"pselect6", "wait"}, {"ppoll", "wait"}, {"nanosleep", "wait"}, {"clock_nanosleep", "wait"}, {"clock_gettime", "what time it is"}, {"clock_getres", "what time it is"},
		{"futex", "locks"}, {"sched_yield", "locks of this program, before it becomes the other"}, {"set_robust_list", "locks"}, {"set_tid_address", "begin"}, {"rseq", "begin"}, {"prlimit64", "limits"}, {"sysinfo", "how much memory there is"}, {"uname", "which kernel"},
		{"getrandom", "keys"}, {"getpid", "who it is"}, {"gettid", "who it is"}, {"getppid", "who it is"}, {"getuid", "who it is"}, {"geteuid", "who it is"}, {"getgid", "who it is"}, {"getegid", "who it is"},
		{"rt_sigaction", "signals"}, {"rt_sigprocmask", "signals"}, {"rt_sigreturn", "signals"}, {"tgkill", "end by a signal"}, {"sigaltstack", "signals"}, {"sched_getaffinity", "how many processors there are"},
		{"restart_syscall", "the kernel goes on after a stop"}, {"exit", "end"}, {"exit_group", "end"},
	} {
		only(c[0], c[1])
	}
	return m
}

// join makes one list of several: what one of them allows is allowed.
func join(lists ...[]Call) (all []Call) {
	for _, c := range slices.Concat(lists...) {
		same := func(o Call) bool {
			return o.Name == c.Name && (len(o.Where) == 0 || slices.EqualFunc(o.Where, c.Where, equal))
		}
		if slices.ContainsFunc(all, same) {
			continue
		}
		if len(c.Where) == 0 {
			all = slices.DeleteFunc(all, func(o Call) bool { return o.Name == c.Name })
		}
		all = append(all, c)
	}
	return all
}

// equal tells conditions that bound an argument alike.
func equal(a, b filter.Condition) bool {
	return a.Arg == b.Arg && a.Without == b.Without && a.Low == b.Low && slices.Equal(a.Is, b.Is)
}
