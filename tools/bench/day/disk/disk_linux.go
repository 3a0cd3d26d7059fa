package disk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal"
)

// Disk is one device.
type Disk struct {
	// Path is where it is mounted.
	Path string

	image, loop string
	root        *os.File // keeps the mount's root at hand for Flush
	stop        chan struct{}
	done        sync.WaitGroup
}

// Make makes a device in a directory that is there and mounts it with options. Without the means the
// error wraps hal.ErrAbsent.
func Make(dir, options string) (d *Disk, err error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: a block device of its own needs root", hal.ErrAbsent)
	}
	mkfs, err := exec.LookPath("mkfs.ext4")
	if err != nil {
		return nil, fmt.Errorf("%w: mkfs.ext4; hint: apt install e2fsprogs", hal.ErrAbsent)
	}
	d = &Disk{Path: filepath.Join(dir, "mount"), image: filepath.Join(dir, "card.img"), stop: make(chan struct{})}
	if err := errors.Join(os.Mkdir(d.Path, 0o700), os.WriteFile(d.image, nil, 0o600), os.Truncate(d.image, size)); err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	// All tables at once: what the kernel would write later is not the device's.
	out, err := exec.Command(mkfs, "-q", "-F", "-b", strconv.Itoa(block), "-E", "lazy_itable_init=0,lazy_journal_init=0", d.image).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("disk: mkfs.ext4: %w: %s", err, out)
	}
	if err := d.attach(); err != nil {
		return nil, err
	}
	if err := mount(d.loop, d.Path, options); err != nil {
		d.detach()
		return nil, fmt.Errorf("%w: mounting %s: %w", hal.ErrAbsent, d.loop, err)
	}
	if d.root, err = os.Open(d.Path); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// mount splits the options that the kernel takes as flags from those of ext4.
func mount(from, to, options string) error {
	flags, rest := uintptr(0), []string{}
	for _, o := range strings.Split(options, ",") {
		switch o {
		case "noatime":
			flags |= unix.MS_NOATIME
		case "lazytime":
			flags |= unix.MS_LAZYTIME
		default:
			rest = append(rest, o)
		}
	}
	return unix.Mount(from, to, "ext4", flags, strings.Join(rest, ","))
}

// attach makes a block device of the image.
func (d *Disk) attach() error {
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%w: loop devices: %w", hal.ErrAbsent, err)
	}
	defer control.Close()
	image, err := os.OpenFile(d.image, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	defer image.Close()
	for range 20 { // somebody else may take the free one first
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return fmt.Errorf("%w: loop devices: %w", hal.ErrAbsent, err)
		}
		d.loop = fmt.Sprintf("/dev/loop%d", n)
		f, err := os.OpenFile(d.loop, os.O_RDWR, 0)
		if err != nil {
			return fmt.Errorf("%w: loop devices: %w", hal.ErrAbsent, err)
		}
		err = unix.IoctlLoopConfigure(int(f.Fd()), &unix.LoopConfig{Fd: uint32(image.Fd())})
		f.Close()
		if !errors.Is(err, unix.EBUSY) {
			if err != nil {
				err = fmt.Errorf("disk: %s: %w", d.loop, err)
			}
			return err
		}
	}
	return fmt.Errorf("disk: every free loop device was taken at once; hint: try again")
}

func (d *Disk) detach() {
	if f, err := os.OpenFile(d.loop, os.O_RDWR, 0); err == nil {
		_ = unix.IoctlSetInt(int(f.Fd()), unix.LOOP_CLR_FD, 0)
		f.Close()
	}
}

// Written gives the bytes that were written to the device since it was made.
func (d *Disk) Written() (int64, error) {
	b, err := os.ReadFile(filepath.Join("/sys/block", filepath.Base(d.loop), "stat"))
	if err != nil {
		return 0, fmt.Errorf("disk: %w", err)
	}
	// The seventh is sectors written (Documentation/block/stat.rst).
	f := strings.Fields(string(b))
	if len(f) < 7 {
		return 0, fmt.Errorf("disk: %s says %q, want 7 numbers or more", d.loop, b)
	}
	n, err := strconv.ParseInt(f[6], 10, 64)
	return n * sector, err
}

// Flush has everything written that the file system holds back.
func (d *Disk) Flush() error { return unix.Syncfs(int(d.root.Fd())) }

// Hurry has it written every so often, until Close: in a day that passes faster the journal's interval
// has to be shorter too.
func (d *Disk) Hurry(every time.Duration) {
	d.done.Go(func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-d.stop:
				return
			case <-t.C:
				_ = d.Flush()
			}
		}
	})
}

// Close unmounts it and forgets everything on it.
func (d *Disk) Close() error {
	close(d.stop)
	d.done.Wait()
	d.root.Close()
	var err error
	for range 50 {
		if err = unix.Unmount(d.Path, 0); !errors.Is(err, unix.EBUSY) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.detach()
	return errors.Join(err, os.Remove(d.Path), os.Remove(d.image))
}
