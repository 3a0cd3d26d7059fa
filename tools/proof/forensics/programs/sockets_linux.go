package programs

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Socket is one that a program has open, or that is in the tables of its network.
type Socket struct {
	Program string // such as courier
	Kind    string // what /proc/PID/net calls it
	To      string // the other end of a connection, host:port
	State   string // of TCP, as the kernel numbers it: 01 is a connection, 0A waits for others (tcp_states.h)
}

// Listens is the State of a socket that waits for others.
const Listens = "0A"

// String says it in words.
func (s Socket) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", s.Program, s.Kind, s.To, s.State))
}

// Sockets are what some programs have open, and what the kernel's tables say it is.
type Sockets struct {
	Programs int
	Local    int      // of the machine itself: AF_UNIX
	Open     []Socket // all others
	Listed   []Socket // what else is in the tables of a network of its own
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
	known, each := map[string]Socket{}, map[int]map[string]Socket{}
	for _, pid := range pids {
		if each[pid], err = tables(fmt.Sprintf("/proc/%d/", pid)); err != nil {
			return s, err
		}
		maps.Copy(known, each[pid])
	}
	for _, pid := range pids {
		proc := fmt.Sprintf("/proc/%d/", pid)
		name, err := os.ReadFile(proc + "comm")
		if err != nil {
			return s, fmt.Errorf("programs: %w", err)
		}
		program, _, _ := strings.Cut(strings.TrimSpace(string(name)), "-") // tools/proof/bench adds how it was built
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
			switch it := known[inode]; {
			case !ok:
			case it.Kind == "unix":
				s.Local++
			default:
				if it.Kind == "" {
					it.Kind = "unknown"
				}
				it.Program = program
				s.Open = append(s.Open, it)
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
		for _, it := range each[pid] {
			if it.Kind != "unix" && it.Kind != "netlink" { // the kernel has some of its own
				it.Program = program
				s.Listed = append(s.Listed, it)
			}
		}
	}
	return s, nil
}

// tables gives what the kernel lists of sockets in the network of a process, by inode. The
// first line of each table names its columns; in those of the internet two pairs of columns are
// written as one. (proc_pid_net(5))
func tables(proc string) (map[string]Socket, error) {
	all, err := filepath.Glob(proc + "net/*")
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("programs: nothing below %snet can be read", proc)
	}
	out := map[string]Socket{}
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
		at, remote, state := -1, -1, -1
		for i, column := range head {
			switch strings.ToLower(column) {
			case "inode":
				at = i
			case "rem_address", "remote_address":
				remote = i
			case "st":
				state = i
			}
		}
		if at < 0 || strings.HasPrefix(name, "tcp") && (remote < 0 || state < 0) {
			return nil, fmt.Errorf("programs: %snet/%s has not the columns that are known: %q", proc, name, lines[0])
		}
		for _, line := range lines[1:] {
			if fields := strings.Fields(line); len(fields) > at && fields[at] != "0" {
				it := Socket{Kind: name}
				if strings.HasPrefix(name, "tcp") {
					it.To, it.State = far(fields[remote]), fields[state]
				}
				out[fields[at]] = it
			}
		}
	}
	if _, err := os.Stat(proc + "net/unix"); err != nil {
		return nil, fmt.Errorf("programs: %w", err)
	}
	return out, nil
}

// far reads an address and port as the kernel writes them: words of 32 bits in the order of the machine,
// which is little endian on all that this runs on, and a number; as text if they are not.
func far(text string) string {
	host, port, _ := strings.Cut(text, ":")
	b, err := hex.DecodeString(host)
	n, bad := strconv.ParseUint(port, 16, 16)
	if err != nil || bad != nil || len(b)%4 != 0 {
		return text
	}
	for i := 0; i < len(b); i += 4 {
		binary.BigEndian.PutUint32(b[i:], binary.LittleEndian.Uint32(b[i:]))
	}
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return text
	}
	return netip.AddrPortFrom(a.Unmap(), uint16(n)).String()
}
