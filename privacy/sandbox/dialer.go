package sandbox

import "tellijn/privacy/sandbox/filter"

// CourierLine and DialerLine are the descriptors of either's end of the socket between them.
const (
	CourierLine = 4
	DialerLine  = 3
)

// Calling is what a dialer has.
type Calling struct {
	Port  uint16   // of the one address
	Named bool     // its host is a name
	Files []string // those by which a name is found, of those that are there
}

// dnsPort is where names are asked for. (RFC 1035, 4.2)
const dnsPort = 53

// Constants of Linux, the same on every machine that this runs on.
// (include/linux/socket.h, include/linux/net.h, include/uapi/asm-generic/socket.h and fcntl.h,
// include/uapi/linux/in.h, in6.h and tcp.h)
const (
	inet4, inet6     = 2, 10
	still            = 0x80800 // SOCK_CLOEXEC | SOCK_NONBLOCK
	stream, datagram = 1 | still, 2 | still
	tcp, udp         = 6, 17
	socketLevel      = 1
	ip6Level         = 41
	readOnly         = 0x80000 // O_RDONLY | O_CLOEXEC
	askError         = 4       // SO_ERROR
)

// Dialer is the manifest of the dialer once it has read its arguments. It is the only program of the
// device that makes connections; it takes none, and opens nothing but the files of the resolver.
// Which address it speaks with no list of calls can say: the kernel sees only a pointer to it. Where
// it has Landlock of version 4 it bounds the port of TCP connections, and nothing bounds UDP.
func Dialer(c Calling, pid int) Manifest {
	m := Manifest{Program: "dialer", Stage: "while it works", Calls: desk(pid), Dies: true, Ports: []uint16{c.Port},
		Budget: Budget{Descriptors: 64, FileBytes: 0, DataBytes: dialerBytes},
		Never: []string{"nobody can connect to it: it does not bind, listen or accept", "it starts no program, and opens no file but those named here",
			"it has no camera, no records and no keys"}}
	only := func(name, why string, where ...filter.Condition) { m.Calls = append(m.Calls, Call{name, where, why}) }
	only("socket", "TCP", filter.Is(0, inet4, inet6), filter.Is(1, stream), filter.Is(2, 0, tcp))
	only("connect", "the collector; to which port, Landlock says")
	only("getsockopt", "how a connection went", filter.Is(1, socketLevel), filter.Is(2, askError))
	only("setsockopt", "broadcasts and keeping alive", filter.Is(1, socketLevel), filter.Is(2, 6, 9))
	only("setsockopt", "no waiting for more to send; when to ask whether the other side lives", filter.Is(1, tcp), filter.Is(2, 1, 4, 5, 6))
	only("setsockopt", "version 6 for itself", filter.Is(1, ip6Level), filter.Is(2, 26))
	only("getsockname", "its own side of a connection")
	only("getpeername", "the other side of a connection")
	only("sendmsg", "answer the courier, with the connection", filter.Is(0, DialerLine))
	if !c.Named {
		return m
	}
	m.Ports = append(m.Ports, dnsPort)
	only("socket", "UDP, to ask for a name", filter.Is(0, inet4, inet6), filter.Is(1, datagram), filter.Is(2, 0, udp))
	only("openat", "the files of the resolver, to read; which, Landlock says", filter.Is(2, readOnly))
	only("newfstatat", "have the files of the resolver changed")
	only("uname", "the name of the machine, of which names may be parts")
	for _, path := range c.Files {
		m.Paths = append(m.Paths, Path{path, Read, "how names are found"})
	}
	return m
}

// dialerBytes is the private memory of a dialer, reserved by Go but not used included.
const dialerBytes = 256 << 20
