package gpio

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/host/v3/gpioioctl"
)

// Find looks for a line by the name that the kernel gives it. Chips are looked at once in the life of a
// program, at the first call; it belongs to its start, before it is confined and before other goroutines
// open anything. The error wraps hal.ErrAbsent if there is no such line.
func Find(name string) (Place, error) {
	all, err := chips()
	if err != nil {
		return Place{}, err
	}
	return find(all, name)
}

// chips has periph.io look at every chip, and leaves nothing open behind it.
func chips() (all []Place, err error) {
	before := held()
	// Where /dev has a chip under two names, gpioioctl 3.8.5 closes descriptor 0 (GPIOChip.Close sets its
	// descriptor to 0 and closes that once more), and might get it for a chip next.
	kept, _ := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	flags, _ := unix.FcntlInt(0, unix.F_GETFD, 0)
	state, err := driverreg.Init()
	// The chips stay open otherwise, and whoever has a chip can ask for any of its lines. What periph.io
	// knows of them lives as long as the program, so it never closes one of these numbers later.
	for fd := range held() {
		if !before[fd] && (fd != 0 || kept < 0) {
			unix.Close(fd)
		}
	}
	if kept > 0 {
		if err := unix.Dup3(kept, 0, unix.O_CLOEXEC*(flags&unix.FD_CLOEXEC)); err != nil {
			return nil, fmt.Errorf("gpio: %w", err)
		}
		unix.Close(kept)
	}
	if err != nil {
		return nil, fmt.Errorf("gpio: %w", err)
	}
	for _, c := range gpioioctl.Chips {
		for _, l := range c.Lines() {
			all = append(all, Place{Name: l.Name(), Path: c.Path(), Chip: c.Label(), Offset: uint32(l.Number())})
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	why := "no chip of lines, /dev/gpiochip*"
	for _, f := range append(state.Skipped, state.Failed...) {
		why = f.Err.Error()
	}
	return nil, absent(why)
}

// held are the descriptors of chips that this program has open.
func held() map[int]bool {
	all := map[int]bool{}
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, link := range links {
		if to, _ := os.Readlink(link); strings.HasPrefix(to, "/dev/gpiochip") {
			if fd, err := strconv.Atoi(filepath.Base(link)); err == nil {
				all[fd] = true
			}
		}
	}
	return all
}
