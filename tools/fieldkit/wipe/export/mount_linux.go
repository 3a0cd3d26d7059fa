package export

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"tellijn/tools/fieldkit/wipe/needles"
)

// withMount copies size bytes of a card from off into memory, mounts the copy as ext4, and calls do with the
// folder. The card is only read, and nothing of it reaches a disk of this computer. What cannot be read is
// zeros in the copy; bad says how many bytes. It needs root.
func withMount(c io.ReaderAt, off, size int64, do func(root string) error) (bad int64, err error) {
	fd, err := unix.MemfdCreate("tellijn", unix.MFD_CLOEXEC)
	if err != nil {
		return 0, fmt.Errorf("export: memory for a copy: %w", err)
	}
	copied := os.NewFile(uintptr(fd), "copy of the card")
	defer copied.Close()
	if err := copied.Truncate(size); err != nil {
		return 0, fmt.Errorf("export: memory for a copy: %w", err)
	}
	b := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(b)) {
		p := b[:min(int64(len(b)), size-at)]
		bad += needles.Read(c, p, off+at)
		if needles.Zeros(p) {
			continue // memory that was never touched is zeros, and costs none
		}
		if _, err := copied.WriteAt(p, at); err != nil {
			return bad, fmt.Errorf("export: memory for a copy: %w", err)
		}
	}
	clear(b)
	dev, err := loop(copied)
	if err != nil {
		return bad, fmt.Errorf("export: a loop device: %w; hint: it needs sudo", err)
	}
	defer func() {
		_ = unix.IoctlSetInt(int(dev.Fd()), unix.LOOP_CLR_FD, 0)
		dev.Close()
	}()
	root, err := os.MkdirTemp("", "tellijn-wipe-*")
	if err != nil {
		return bad, fmt.Errorf("export: %w", err)
	}
	defer os.Remove(root)
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	err = unix.Mount(dev.Name(), root, "ext4", flags, "")
	if err != nil { // its journal may be what is damaged
		if err2 := unix.Mount(dev.Name(), root, "ext4", flags|unix.MS_RDONLY, "noload"); err2 != nil {
			return bad, fmt.Errorf("export: it cannot be mounted: %w", err)
		}
	}
	defer func() { err = errors.Join(err, unix.Unmount(root, unix.MNT_DETACH)) }()
	return bad, do(root)
}

// loop puts a free loop device over a file.
func loop(f *os.File) (*os.File, error) {
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	for range 100 { // others take the free one between asking and taking
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, err
		}
		dev, err := os.OpenFile(fmt.Sprintf("/dev/loop%d", n), os.O_RDWR, 0)
		if err != nil {
			return nil, err
		}
		err = unix.IoctlLoopConfigure(int(dev.Fd()), &unix.LoopConfig{Fd: uint32(f.Fd())})
		if err == nil {
			// Whoever had the device before may have left it read only, which outlives the file.
			_ = unix.IoctlSetPointerInt(int(dev.Fd()), unix.BLKROSET, 0)
			return dev, nil
		}
		dev.Close()
		if !errors.Is(err, unix.EBUSY) {
			return nil, err
		}
	}
	return nil, errors.New("none is free")
}
