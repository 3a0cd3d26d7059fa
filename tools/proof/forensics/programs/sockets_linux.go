package programs

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// Sockets are what some programs have open, and what the kernel's tables say it is.
type Sockets struct {
	Programs int
	Local    int      // of the machine itself: AF_UNIX
	Open     []string // all others: by program, what /proc/PID/net calls it
	Listed   []string // what else is in the tables of a network of its own: by program
	Own      int      // programs whose network has no device but lo
}

// Look reads what the programs have open, and the tables of the networks that they are in. An error says
// what could not be read: it is never taken for nothing.
func Look(pids []int) (s Sockets, err error) {
	ours, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return s, fmt.Errorf("programs: %w", err)
	}
	// A socket stays in the table of the network in which it was made, wherever its owner goes.
	known, each := map[string]string{}, map[int]map[string]string{}
	for _, pid := range pids {
		if each[pid], err = tables(fmt.Sprintf("/proc/%d/", pid)); err != nil {
			return s, err
		}
		maps.Copy(known, each[pid])
	}
	for _, pid := range pids {
		proc := fmt.Sprintf("/proc/%d/", pid)
		fds, err := os.ReadDir(proc + "fd")
		if err != nil {
			return s, fmt.Errorf("programs: %w", err)
		}
		if len(fds) == 0 {
			return s, fmt.Errorf("programs: process %d has nothing open at all", pid)
		}
		s.Programs++
		for _, f := range fds {
			to, err := os.Readlink(proc + "fd/" + f.Name())
			if os.IsNotExist(err) {
				continue // closed meanwhile
			}
			if err != nil {
				return s, fmt.Errorf("programs: %w", err)
			}
			inode, ok := strings.CutPrefix(strings.TrimSuffix(to, "]"), "socket:[")
			switch kind := known[inode]; {
			case !ok:
			case kind == "unix":
				s.Local++
			default:
				if kind == "" {
					kind = "unknown"
				}
				s.Open = append(s.Open, fmt.Sprintf("process %d: %s", pid, kind))
			}
		}
		space, err := os.Readlink(proc + "ns/net")
		if err != nil {
			return s, fmt.Errorf("programs: %w", err)
		}
		if space == ours {
			continue // its tables are full of what others have open
		}
		s.Own++
		for _, kind := range each[pid] {
			if kind != "unix" && kind != "netlink" { // the kernel has some of its own
				s.Listed = append(s.Listed, fmt.Sprintf("process %d: %s", pid, kind))
			}
		}
	}
	return s, nil
}

// tables gives what the kernel lists of sockets in the network of a process: the table, by inode. The
// first line of each table names its columns; in those of the internet two pairs of columns are
// written as one. (proc_pid_net(5))
func tables(proc string) (map[string]string, error) {
	all, err := filepath.Glob(proc + "net/*")
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("programs: nothing below %snet can be read", proc)
	}
	out := map[string]string{}
	for _, name := range []string{"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6", "packet", "netlink", "unix"} {
		text, err := os.ReadFile(proc + "net/" + name)
		if os.IsNotExist(err) {
			continue // a kernel without it
		}
		if err != nil {
			return nil, fmt.Errorf("programs: %w", err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		head := strings.Fields(strings.NewReplacer("tx_queue rx_queue", "queues", "tr tm->when", "timer").Replace(lines[0]))
		at := -1
		for i, column := range head {
			if strings.EqualFold(column, "inode") {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("programs: %snet/%s has no column of inodes: %q", proc, name, lines[0])
		}
		for _, line := range lines[1:] {
			if fields := strings.Fields(line); len(fields) > at && fields[at] != "0" {
				out[fields[at]] = name
			}
		}
	}
	if _, err := os.Stat(proc + "net/unix"); err != nil {
		return nil, fmt.Errorf("programs: %w", err)
	}
	return out, nil
}
