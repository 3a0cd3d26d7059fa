// Package inside is what a program does that is the first and only one of a virtual machine: it
// mounts what it needs, loads the modules that tools/rig/vm laid there, and switches off. It
// touches no camera and no frame. It is for the rig, outside the data path.
package inside

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/sys/unix"
)

// Guest tells whether this process is the first of its machine.
func Guest() bool { return os.Getpid() == 1 }

// Up mounts the file systems of the kernel and loads /modules in the order of their names; options
// are by module.
func Up(options map[string]string) error {
	for _, m := range [][2]string{{"/dev", "devtmpfs"}, {"/proc", "proc"}, {"/sys", "sysfs"}} {
		if err := unix.Mount(m[1], m[0], m[1], 0, ""); err != nil {
			return fmt.Errorf("inside: mounting %s: %w", m[0], err)
		}
	}
	modules, err := filepath.Glob("/modules/*.ko") // named by their order
	if err != nil {
		return fmt.Errorf("inside: %w", err)
	}
	sort.Strings(modules)
	for _, path := range modules {
		_, name, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".ko"), "-")
		if err := load(path, options[name]); err != nil {
			return fmt.Errorf("inside: loading %s: %w", path, err)
		}
	}
	return nil
}

func load(path, options string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.FinitModule(int(f.Fd()), options, 0)
}

// Camera looks for a camera by a part of its name, and gives the path of its node for frames (index
// 0) or for metadata (1), or "".
func Camera(name string, index int) string {
	names, _ := filepath.Glob("/sys/class/video4linux/*/name")
	for _, path := range names {
		b, _ := os.ReadFile(path)
		i, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "index"))
		if strings.Contains(string(b), name) && strings.TrimSpace(string(i)) == fmt.Sprint(index) {
			return "/dev/" + filepath.Base(filepath.Dir(path))
		}
	}
	return ""
}

// Off switches the machine off.
func Off() {
	unix.Sync()
	unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}
