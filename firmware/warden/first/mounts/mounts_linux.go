// Package mounts makes the file systems of a board's first process, and sets what the kernel allows: nothing
// that is written can be run, nothing that is run can be written, and no program's memory ends in a file. It
// knows no program and no file of a device.
package mounts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// safe is what every file system has that holds no programs and no device nodes.
const safe = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC

// First mounts what the kernel shows, and room for files that live until the power goes. /etc is such room:
// who sets up the network writes there where names are asked for. It goes on after an error, and gives all.
func First() error {
	var errs []error
	for _, m := range []struct {
		kind, dir, options string
		flags              uintptr
	}{
		{"devtmpfs", "/dev", "mode=0755", unix.MS_NOSUID | unix.MS_NOEXEC},
		{"proc", "/proc", "", safe},
		{"sysfs", "/sys", "", safe},
		{"tmpfs", "/run", "mode=0755,size=1m", safe},
		{"tmpfs", "/tmp", "mode=1777,size=4m", safe},
		{"tmpfs", "/etc", "mode=0755,size=256k", safe},
	} {
		err := os.MkdirAll(m.dir, 0o755)
		if err == nil {
			err = unix.Mount(m.kind, m.dir, m.kind, m.flags, m.options)
		}
		if m.kind == "devtmpfs" && errors.Is(err, unix.EBUSY) { // the kernel was built to mount it by itself
			err = unix.Mount("", m.dir, "", unix.MS_REMOUNT|m.flags, m.options)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("mounts: %s: %w", m.dir, err))
		}
	}
	return errors.Join(errs...)
}

// Limits sets what belongs to the whole machine. It gives those that the kernel does not have or take.
func Limits() (lacking []string) {
	for _, s := range []struct{ name, value string }{
		{"kernel/printk_devkmsg", "on"}, // lines of ours are bounded by package tell, and none is lost
		{"kernel/printk", "6"},          // the console shows notices, which ours are
		{"kernel/panic", "10"},
		{"kernel/panic_on_oops", "1"},
		{"kernel/sysrq", "0"},
		{"kernel/dmesg_restrict", "1"},
		{"kernel/kptr_restrict", "2"},
		{"kernel/perf_event_paranoid", "3"},
		{"kernel/unprivileged_bpf_disabled", "1"},
		{"kernel/io_uring_disabled", "2"},
		{"kernel/core_pattern", "/dev/null/none"}, // no file can be made there
		{"fs/suid_dumpable", "0"},
		{"fs/protected_hardlinks", "1"},
		{"fs/protected_symlinks", "1"},
		{"fs/protected_regular", "2"},
		{"fs/protected_fifos", "2"},
	} {
		if os.WriteFile("/proc/sys/"+s.name, []byte(s.value+"\n"), 0) != nil {
			lacking = append(lacking, s.name)
		}
	}
	if unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) != nil {
		lacking = append(lacking, "no core files")
	}
	// Ctrl-Alt-Del becomes SIGINT to this process, instead of a machine that ends at once. (reboot(2))
	if unix.Reboot(unix.LINUX_REBOOT_CMD_CAD_OFF) != nil {
		lacking = append(lacking, "orderly ctrl-alt-del")
	}
	return lacking
}

// Modules loads each *.ko of a folder in the order of their names, and gives how many were loaded and what
// went wrong with the others. After that the kernel takes none any more.
func Modules(dir string) (loaded int, failed []error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.ko"))
	if err != nil {
		return 0, []error{err}
	}
	slices.Sort(names)
	for _, name := range names {
		err := load(name)
		if err == nil || errors.Is(err, syscall.EEXIST) { // it is there already
			loaded++
			continue
		}
		failed = append(failed, fmt.Errorf("module %s: %w", strings.TrimSuffix(filepath.Base(name), ".ko"), err))
	}
	if err := os.WriteFile("/proc/sys/kernel/modules_disabled", []byte("1\n"), 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		failed = append(failed, fmt.Errorf("modules can still be loaded: %w", err))
	}
	return loaded, failed
}

func load(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.FinitModule(int(f.Fd()), "", 0)
}

// Card mounts the first partition for reading; only root sees it. Names on it are ASCII.
func Card(device, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("mounts: %w", err)
	}
	if err := unix.Mount(device, dir, "vfat", safe|unix.MS_RDONLY|unix.MS_NOATIME, "umask=0077,errors=remount-ro"); err != nil {
		return fmt.Errorf("mounts: %s at %s: %w", device, dir, err)
	}
	return nil
}

// Writable mounts a file system anew for writing, calls do, writes everything out and makes it read-only
// again, whatever do gave.
func Writable(dir string, do func() error) error {
	const flags = safe | unix.MS_NOATIME | unix.MS_REMOUNT
	if err := unix.Mount("", dir, "", flags, ""); err != nil {
		return fmt.Errorf("mounts: %s for writing: %w", dir, err)
	}
	err := do()
	unix.Sync()
	if again := unix.Mount("", dir, "", flags|unix.MS_RDONLY, ""); again != nil {
		err = errors.Join(err, fmt.Errorf("mounts: %s stays writable: %w", dir, again))
	}
	return err
}

// Seal makes the first file system, which holds the programs, read-only.
func Seal() error {
	if err := unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, ""); err != nil {
		return fmt.Errorf("mounts: the first file system stays writable: %w", err)
	}
	return nil
}

// Off takes a file system off. Programs that have just ended may hold it for a moment longer; in the end it is
// made read-only where it is, and the error says that somebody has it.
func Off(dir string) (err error) {
	for range 30 {
		if err = unix.Unmount(dir, 0); err == nil || !errors.Is(err, unix.EBUSY) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	switch {
	case err == nil, errors.Is(err, unix.EINVAL): // it is not mounted
		return nil
	}
	_ = unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY|safe, "")
	return fmt.Errorf("mounts: %s: %w", dir, err)
}
