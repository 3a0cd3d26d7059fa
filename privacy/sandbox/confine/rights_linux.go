//go:build linux && (amd64 || arm64)

package confine

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// nobody is the user and group without files of its own. (Debian Policy 9.2.2)
const nobody = 65534

// lastCapability bounds the capabilities that are dropped; the kernel answers EINVAL for those that
// it does not know. (capabilities(7))
const lastCapability = 63

// drop gives up every capability for good, and the user root.
func drop(user, group uint32) error {
	for c := uintptr(0); c <= lastCapability; c++ {
		err := all("bounding set", unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c)
		if errors.Is(err, unix.EINVAL) {
			break
		}
		if errors.Is(err, unix.EPERM) { // not root: there is nothing to give up
			break
		}
		if err != nil {
			return err
		}
	}
	// Root that is no longer special, and stays so. (capabilities(7), "The securebits flags")
	const noRoot, noSetuidFix, noAmbient = 1<<0 | 1<<1, 1<<2 | 1<<3, 1<<6 | 1<<7
	if err := all("securebits", unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, noRoot|noSetuidFix|noAmbient); err != nil && !errors.Is(err, unix.EPERM) {
		return err
	}
	if err := all("ambient set", unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL); err != nil && !errors.Is(err, unix.EINVAL) {
		return err
	}
	if unix.Getuid() == 0 {
		if err := leave(user, group); err != nil {
			return err
		}
	}
	var none [6]uint32 // struct __user_cap_data_struct, twice
	head := struct {
		version uint32
		pid     int32
	}{unix.LINUX_CAPABILITY_VERSION_3, 0}
	return all("capabilities", unix.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&none)))
}

// becomes gives the user and group that root turns into.
func becomes(owner string) (user, group uint32, err error) {
	if owner == "" {
		return nobody, nobody, nil
	}
	var st unix.Stat_t
	if err := unix.Stat(owner, &st); err != nil {
		return 0, 0, fmt.Errorf("confine: owner of %q: %w", owner, err)
	}
	return st.Uid, st.Gid, nil
}

// leave changes user and groups. In a user namespace that does not know the user it stays who it is:
// that is an ordinary user outside.
func leave(user, group uint32) error {
	err := all("groups", unix.SYS_SETGROUPS, 0, 0)
	if err != nil && !errors.Is(err, unix.EPERM) {
		return err
	}
	to := uintptr(group)
	if err := all("group", unix.SYS_SETRESGID, to, to, to); err != nil && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("%w; is it root without the right to be anybody else?", err)
	}
	to = uintptr(user)
	if err := all("user", unix.SYS_SETRESUID, to, to, to); err != nil && !errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("%w; is it root without the right to be anybody else?", err)
	}
	return nil
}
