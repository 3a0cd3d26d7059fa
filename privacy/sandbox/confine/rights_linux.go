//go:build linux && (amd64 || arm64)

package confine

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/privacy/sandbox"
)

// nobody is the user and group without files of its own. (Debian Policy 9.2.2)
const nobody = 65534

// lastCapability bounds the capabilities that are dropped; the kernel answers EINVAL for those that
// it does not know. (capabilities(7))
const lastCapability = 63

// drop gives up every capability for good but those that are kept. Without any it gives up the user root
// too; with some it stays that user, who has no others: those that it could get back are gone.
func drop(user, group uint32, keeps []sandbox.Right, becomes bool) error {
	kept := uint64(0)
	for _, r := range keeps {
		kept |= 1 << r
	}
	for c := uintptr(0); c <= lastCapability; c++ {
		if kept>>c&1 == 1 {
			continue
		}
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
	if kept != 0 {
		return hold(kept, becomes)
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
	return hold(0, false)
}

// hold has these capabilities, of those that it has, and no others. None is handed on to a program that is
// started, but to one that this becomes, if it was started so that it can.
func hold(kept uint64, becomes bool) error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if kept != 0 {
		if err := unix.Capget(&head, &data[0]); err != nil {
			return fmt.Errorf("confine: capabilities: %w", err)
		}
	}
	for i := range data {
		has := data[i].Permitted & uint32(kept>>(32*i))
		on := data[i].Inheritable & has
		if data[i] = (unix.CapUserData{Effective: has, Permitted: has}); becomes {
			data[i].Inheritable = on
		}
	}
	return all("capabilities", unix.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&data)))
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
