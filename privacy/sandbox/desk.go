package sandbox

import "tellijn/privacy/sandbox/filter"

// desk are the calls of Go programs that wait for several pipes at once, as warden and courier do.
func desk(pid int) []Call {
	return append([]Call{
		{"read", nil, "pipes and files that it holds"},
		{"write", nil, "pipes and files that it holds"},
		{"epoll_create1", nil, "wait for pipes"},
		{"epoll_ctl", nil, "wait for pipes"},
		{"epoll_pwait", nil, "wait for pipes"},
		{"eventfd2", nil, "wait for pipes"},
		{"fcntl", []filter.Condition{filter.Is(1, 1, 2, 3, 4)}, "how a pipe waits"},
		{"close", nil, "pipes that have ended"},
		{"fstat", nil, "what kind of pipe it is"},
		{"rt_sigaction", nil, "be told to end"},
		{"getrandom", nil, "seeds of hash tables"},
		{"sched_getaffinity", nil, "how many processors there are"},
	}, Running(pid)...)
}

// Device is a part of a board that was opened before: its descriptor, the one request of ioctl(2) that may
// be made of it, and what that does.
type Device struct {
	Fd      int
	Request uint64
	Why     string
}

// Warden is the manifest of the warden's core once it has read its configuration and opened its
// ledger and its parts. It has no network, opens nothing and starts nothing: the starter does that, and only
// what it was built for. socket is its end to the starter, ledger the descriptor of the ledger's file, or
// -1 without one. A board without parts has no devices, and its core makes no request at all.
func Warden(socket, ledger, pid int, devices ...Device) Manifest {
	m := Manifest{Program: "warden", Stage: "while it works", Calls: desk(pid), Dies: true,
		Budget: Budget{Descriptors: 256, FileBytes: Unbounded, DataBytes: Unbounded},
		Never: []string{"it has no network and makes no socket", "it starts no program and opens no file",
			"it has no camera: only tallies reach it"}}
	m.Calls = append(m.Calls,
		Call{"sendmsg", []filter.Condition{filter.Is(0, uint64(socket))}, "ask the starter for an eye or a courier"},
		Call{"recvmsg", []filter.Condition{filter.Is(0, uint64(socket))}, "what the starter says, and the ends of pipes"},
		Call{"pipe2", nil, "pipes for eye and courier"},
		Call{"timerfd_create", nil, "the alarm on a frame that lives too long"},
		// What to do stands behind a pointer; without rights the kernel refuses to set anything.
		Call{"adjtimex", nil, "does anybody keep the time; setting it takes a right that it gave up"},
	)
	if ledger >= 0 {
		m.Calls = append(m.Calls, book(uint64(ledger))...)
	}
	for _, d := range devices {
		m.Calls = append(m.Calls, Call{"ioctl", []filter.Condition{filter.Is(0, uint64(d.Fd)), filter.Is(1, d.Request)}, d.Why})
	}
	return m
}

// book are the calls on the ledger, which is open and mapped as far as it may grow: on that one
// descriptor. It is read through the mapping that is there. (firmware/warden/ledger, TestCalls;
// go.etcd.io/bbolt 1.5: db.go, bolt_unix.go)
func book(fd uint64) (calls []Call) {
	for _, c := range [][2]string{{"pwrite64", "the ledger"}, {"fdatasync", "the ledger is on the disk"},
		{"fsync", "the ledger is on the disk after it grew"}, {"ftruncate", "the ledger grows"}, {"flock", "the ledger is let go at the end"}} {
		calls = append(calls, Call{c[0], []filter.Condition{filter.Is(0, fd)}, c[1]})
	}
	return calls
}

// allow puts other bounds and another reason on a call.
func (m *Manifest) allow(name string, where []filter.Condition, why string) {
	for i := range m.Calls {
		if m.Calls[i].Name == name {
			m.Calls[i].Where, m.Calls[i].Why = where, why
		}
	}
}

// Courier is the manifest of the courier; dir is its own directory. It has no camera, no devices,
// starts nothing and has no call that makes a socket or connects one: it is handed connections
// through its end of the socket to the dialer, and reads, writes and closes them like its files. It
// outlives who started it, for as long as it takes to store what it was given.
func Courier(dir string, pid int) Manifest {
	m := Manifest{Program: "courier", Stage: "while it works", Calls: desk(pid),
		Paths: []Path{{dir, Files, "the queue"}}, Owner: dir,
		Budget: Budget{Descriptors: 64, FileBytes: Unbounded, DataBytes: Unbounded},
		Never: []string{"it opens nothing outside its directory", "it has no camera and no device",
			"it starts no program", "it makes no socket and no connection: the dialer hands it those to the one address of the configuration"}}
	// bbolt reads its file through a shared mapping, made once, after this holds: a damaged file meets
	// a program that can do nothing else. (firmware/courier, TestCalls)
	m.allow("mmap", []filter.Condition{NoCode()}, "memory, and the queue's file to read; no code")
	m.allow("madvise", nil, "how the queue's file is read")
	m.Calls = append(m.Calls, Call{"recvmsg", []filter.Condition{filter.Is(0, CourierLine)}, "connections that the dialer made"})
	for _, c := range [][2]string{
		{"openat", "files; which, Landlock says"}, {"newfstatat", "is a file there"},
		{"pread64", "the queue"}, {"pwrite64", "the queue"}, {"fdatasync", "the queue is on the disk"},
		{"fsync", "files and their names are on the disk"}, {"ftruncate", "the queue grows"},
		{"flock", "nobody else writes to the queue"}, {"mkdirat", "the folder of files to carry"},
		{"renameat", "a damaged queue is kept aside, a file to carry is whole"}, {"unlinkat", "files that are done with"},
		{"getdents64", "its directory"},
	} {
		m.Calls = append(m.Calls, Call{Name: c[0], Why: c[1]})
	}
	return m
}
