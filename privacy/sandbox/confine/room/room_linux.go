//go:build linux && (amd64 || arm64)

// Package room gives a program a root folder in which nothing lies but the devices that it opens, so
// that every other path is not forbidden but not there. It works in mounts of the program's own only
// and never touches those of the machine: where it is not sure of that it does nothing and says so.
// privacy/sandbox/confine calls it before anything else, while the program still has the rights for
// it; it needs no Landlock.
//
// Sources: mount(2), pivot_root(2), mount_namespaces(7), user_namespaces(7); Linux
// Documentation/filesystems/ramfs-rootfs-initramfs.rst for a root that cannot be pivoted.
package room

import (
	"errors"
	"fmt"
	"path"

	"golang.org/x/sys/unix"
)

// place is where the room is put together: a folder that is there, since own has just read it, and
// in which no device lies. In mounts of its own the program hides it from nobody.
const place = "/proc"

// size bounds the room: folders take nothing of it, and the files under the devices are empty.
const size = "size=16k,nr_inodes=128,mode=0755"

// Enter moves this program, all its threads, into a root folder that holds nothing but these devices
// at their paths, read-only, and closes the way back. A path may be a symbolic link: in the room it is
// the device itself. It answers false, and has changed nothing, where the program has no mounts of
// its own or the kernel gives none. After an error the program is in between and should end.
func Enter(devices []string) (bool, error) {
	for _, d := range devices {
		if err := device(d); err != nil {
			return false, err
		}
	}
	if !own(unix.Getpid()) {
		return false, nil
	}
	// From here on all is undone by nobody, but concerns nobody else either.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return false, refused("mounts of its own", err)
	}
	if err := unix.Mount("room", place, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, size); err != nil {
		return false, refused("an empty folder", err)
	}
	for _, d := range devices {
		if err := bind(d); err != nil {
			return false, err
		}
	}
	if err := enter(); err != nil {
		return false, err
	}
	const still = unix.MS_REMOUNT | unix.MS_BIND | unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	if err := unix.Mount("", "/", "", still, ""); err != nil {
		return false, fmt.Errorf("room: read-only: %w", err)
	}
	return true, nil
}

// device refuses what has no place in a room.
func device(name string) error {
	if !path.IsAbs(name) || path.Clean(name) != name {
		return fmt.Errorf("room: path %q, want one from the root without detours", name)
	}
	var st unix.Stat_t
	if err := unix.Stat(name, &st); err != nil {
		return fmt.Errorf("room: %q: %w", name, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFCHR {
		return fmt.Errorf("room: %q is no character device, and nothing else belongs there", name)
	}
	return nil
}

// refused is nil for the errors by which a kernel, or who guards it, says that there are no mounts for
// this program. Nothing is changed by then that anybody could see.
func refused(what string, err error) error {
	for _, e := range []error{unix.EPERM, unix.EACCES, unix.EINVAL, unix.ENODEV, unix.ENOSYS} {
		if errors.Is(err, e) {
			return nil
		}
	}
	return fmt.Errorf("room: %s: %w", what, err)
}

// bind puts a device into the room, at its own path.
func bind(name string) error {
	for i := 1; i < len(name); i++ {
		if name[i] != '/' {
			continue
		}
		if err := unix.Mkdir(place+name[:i], 0o755); err != nil && !errors.Is(err, unix.EEXIST) {
			return fmt.Errorf("room: folder %q: %w", name[:i], err)
		}
	}
	fd, err := unix.Open(place+name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("room: %q: %w", name, err)
	}
	_ = unix.Close(fd) // it is empty
	if err := unix.Mount(name, place+name, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("room: %q: %w", name, err)
	}
	return nil
}

// enter makes the room the root folder and lets go of what was there before.
func enter() error {
	if err := unix.Chdir(place); err != nil {
		return fmt.Errorf("room: %w", err)
	}
	// The old root comes to lie on top of the new one, at the same place, and goes from there.
	// (pivot_root(2), "pivot_root(".", ".")")
	err := unix.PivotRoot(".", ".")
	if err == nil {
		err = unix.Unmount(".", unix.MNT_DETACH)
	} else if errors.Is(err, unix.EINVAL) {
		// The root of an initramfs cannot go. The room is put on top of it instead.
		if err = unix.Mount(".", "/", "", unix.MS_MOVE, ""); err == nil {
			err = unix.Chroot(".")
		}
	}
	if err == nil {
		err = unix.Chdir("/")
	}
	if err != nil {
		return fmt.Errorf("room: entering it: %w", err)
	}
	return nil
}
