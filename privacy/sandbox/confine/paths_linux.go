//go:build linux && (amd64 || arm64)

package confine

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/privacy/sandbox"
)

// Rights of Landlock by the version of its interface that brought them.
// (include/uapi/linux/landlock.h, Linux 6.12; Documentation/userspace-api/landlock.rst)
const (
	files1   = 1<<13 - 1 // execute to make a symbolic link
	refer2   = 1 << 13
	cut3     = 1 << 14
	ioctl5   = 1 << 15
	tcp4     = 1<<0 | connect4 // bind, connect
	connect4 = 1 << 1
	scope6   = 1<<0 | 1<<1 // abstract Unix sockets, signals
	execute  = 1 << 0
	readFile = 1 << 2
	tree     = 1<<1 | 1<<2 | 1<<3 | 1<<4 | 1<<5 | 1<<7 | 1<<8 | refer2 | cut3 // write, read, list, remove and make files and folders
	device   = 1<<1 | 1<<2 | ioctl5
)

// ruleset is struct landlock_ruleset_attr.
type ruleset struct {
	files, net, scope uint64
}

// handled is what a kernel of this version of Landlock can forbid; all of it is.
func handled(version uintptr) (r ruleset, size uintptr) {
	r.files, size = files1, 8
	if version >= 2 {
		r.files |= refer2
	}
	if version >= 3 {
		r.files |= cut3
	}
	if version >= 4 {
		r.net, size = tcp4, 16
	}
	if version >= 5 {
		r.files |= ioctl5
	}
	if version >= 6 {
		r.scope, size = scope6, 24
	}
	return r, size
}

// restrict lets this program open only the paths and, where the kernel has that, connect by TCP only to
// the ports and bind to none. The error is ENOSYS or EOPNOTSUPP where the kernel
// has no Landlock.
func restrict(paths []sandbox.Path, ports []uint16) error {
	// LANDLOCK_CREATE_RULESET_VERSION, LANDLOCK_RULE_PATH_BENEATH, LANDLOCK_RULE_NET_PORT
	const askVersion, addPath, addPort = 1, 1, 2
	version, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, askVersion)
	if e != 0 {
		return e
	}
	r, size := handled(version)
	fd, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&r)), size, 0)
	if e != 0 {
		return fmt.Errorf("confine: paths: %w", e)
	}
	defer unix.Close(int(fd))
	for _, p := range paths {
		at, err := unix.Open(p.Path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("confine: path %q: %w", p.Path, err)
		}
		rule := beneath(p.May, r.files, at)
		_, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, fd, addPath, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
		unix.Close(at)
		if e != 0 {
			return fmt.Errorf("confine: path %q: %w", p.Path, e)
		}
	}
	for _, port := range ports {
		if r.net == 0 {
			break
		}
		rule := [2]uint64{connect4, uint64(port)} // struct landlock_net_port_attr
		if _, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, fd, addPort, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); e != 0 {
			return fmt.Errorf("confine: port %d: %w", port, e)
		}
	}
	return all("paths", unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0)
}

// beneath is struct landlock_path_beneath_attr, which is packed: 8 bytes of rights, 4 of descriptor.
func beneath(a sandbox.Access, known uint64, fd int) (rule [12]byte) {
	rights := uint64(0)
	switch a {
	case sandbox.Use:
		rights = device
	case sandbox.Read:
		rights = readFile
	case sandbox.Files:
		rights = tree
	case sandbox.Run:
		rights = execute | readFile
	}
	*(*uint64)(unsafe.Pointer(&rule[0])) = rights & known
	*(*int32)(unsafe.Pointer(&rule[8])) = int32(fd)
	return rule
}
