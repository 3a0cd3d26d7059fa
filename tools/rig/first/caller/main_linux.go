// The caller stands in for the scout in tests of the first process: it sets nothing up, but reads the console of
// its virtual machine and does what is typed there: asks for what the button and Ctrl-Alt-Del would, ends a program,
// looks around, or has the data file system meet an error.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	console, err := os.OpenFile("/dev/console", os.O_RDONLY|syscall.O_NOCTTY, 0)
	if err != nil {
		fmt.Println("caller:", err)
		os.Exit(1)
	}
	for in := bufio.NewScanner(console); in.Scan(); {
		what, name, _ := strings.Cut(in.Text(), " ")
		switch what {
		case "off":
			_ = syscall.Kill(1, syscall.SIGTERM)
		case "again":
			_ = syscall.Kill(1, syscall.SIGINT)
		case "kill":
			kill(name)
		case "look":
			look()
		case "abort":
			// What the kernel does to itself when it meets an error. (Linux, Documentation/admin-guide/ext4.rst)
			fmt.Println("aborted:", syscall.Mount("", "/data", "", syscall.MS_REMOUNT|syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "abort"))
		}
	}
}

// kill ends each process of this name.
func kill(name string) {
	all, _ := filepath.Glob("/proc/[0-9]*/comm")
	for _, path := range all {
		text, _ := os.ReadFile(path)
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil && pid > 1 && strings.TrimSpace(string(text)) == name {
			fmt.Println("ended:", name, syscall.Kill(pid, syscall.SIGKILL))
		}
	}
}

// look says how file systems are mounted, and what the kernel and the first file system allow.
func look() {
	text, _ := os.ReadFile("/proc/mounts")
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 3 {
			fmt.Println("mount:", f[1], f[2], f[3])
		}
	}
	for _, name := range []string{"sysrq", "dmesg_restrict", "modules_disabled", "core_pattern"} {
		text, err := os.ReadFile("/proc/sys/kernel/" + name)
		fmt.Println("set:", name, strings.TrimSpace(string(text)), err)
	}
	_, err := os.Create("/bin/new")
	fmt.Println("new program:", err)
	self, _ := os.ReadFile("/proc/self/exe")
	fmt.Println("copied:", os.WriteFile("/data/copy", self, 0o755))
	_, err = syscall.ForkExec("/data/copy", nil, nil)
	fmt.Println("copy runs:", err)
	_ = os.Remove("/data/copy")
	var limit syscall.Rlimit
	err = syscall.Getrlimit(syscall.RLIMIT_CORE, &limit)
	fmt.Println("core:", limit.Cur, limit.Max, err)
	fmt.Println("looked")
}
