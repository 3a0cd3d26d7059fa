// Package look asks the kernel what a running device takes and offers: memory of each program, and sockets that
// wait for somebody. It reads /proc and changes nothing; no line of it has to do with what is counted.
package look

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Program is one process and how much of its memory is resident, in KiB.
type Program struct {
	Pid  int
	Name string
	KiB  int
}

// Programs gives the processes that have memory of their own, in the order of their numbers. proc is /proc.
// What ends meanwhile is left out.
func Programs(proc string) (all []Program) {
	entries, _ := os.ReadDir(proc)
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(proc, e.Name(), "status"))
		if err != nil {
			continue
		}
		p := Program{Pid: pid}
		for line := range bytes.Lines(text) {
			key, value, _ := strings.Cut(string(line), ":")
			switch key {
			case "Name":
				p.Name = strings.TrimSpace(value)
			case "VmRSS": // threads of the kernel have none
				_, _ = fmt.Sscanf(strings.TrimSpace(value), "%d kB", &p.KiB)
			}
		}
		if p.KiB > 0 {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Program) int { return a.Pid - b.Pid })
	return all
}

// Memory writes programs in one line, such as "memory: init 5120 + eye 7000 = 12120 KiB", and gives their sum.
func Memory(all []Program) (line string, sum int) {
	var words []string
	for _, p := range all {
		words = append(words, fmt.Sprintf("%s %d", strings.ReplaceAll(p.Name, " ", "_"), p.KiB))
		sum += p.KiB
	}
	return fmt.Sprintf("memory: %s = %d KiB", strings.Join(words, " + "), sum), sum
}

// Machine gives the names under which the machine's device tree knows it, the closest first; none where there is
// no tree. path is /proc/device-tree/compatible. (Devicetree specification 0.4, 2.3.1, "compatible")
func Machine(path string) (names []string) {
	text, _ := os.ReadFile(path)
	for name := range strings.SplitSeq(string(text), "\x00") {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Listening counts the sockets of the machine that take what nobody here asked for. net is /proc/net.
// A table that is not there has none.
func Listening(net string) (n int) {
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6"} {
		f, err := os.Open(filepath.Join(net, table))
		if err != nil {
			continue
		}
		for in := bufio.NewScanner(f); in.Scan(); {
			if listens(table, in.Text()) {
				n++
			}
		}
		f.Close()
	}
	return n
}

// listens judges one line of a table: sl, local address, remote address, state, and more. State 0A is
// TCP_LISTEN; 07, TCP_CLOSE, is a socket of UDP or a raw one that is tied to no other side and so takes what
// comes from anywhere. (Linux, Documentation/networking/proc_net_tcp.rst; include/net/tcp_states.h)
func listens(table, line string) bool {
	f := strings.Fields(line)
	if len(f) < 4 || !strings.HasSuffix(f[0], ":") {
		return false // the head
	}
	if strings.HasPrefix(table, "tcp") {
		return f[3] == "0A"
	}
	return f[3] == "07"
}
