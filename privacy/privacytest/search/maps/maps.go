// Package maps reads the list of mappings that Linux gives of a process. It opens nothing and reads no
// memory. It stands outside the data path, for privacy/privacytest/search.
package maps

import (
	"fmt"
	"strconv"
	"strings"
)

// Mapping is one line of /proc/PID/maps (proc_pid_maps(5)).
type Mapping struct {
	Start, End uint64 // addresses; the byte at End is no part of it
	Private    bool   // writing to it changes nobody else's memory
	Inode      uint64 // 0 when no file is behind it
	// Name is the file, such as /dev/video0, or what the kernel calls it, such as [heap]; "[anon]"
	// when it says nothing. " (deleted)" at the end means that the file has no name any more.
	Name string
}

// Size is in bytes.
func (m Mapping) Size() int64 { return int64(m.End - m.Start) }

// Own tells whether the mapping is ordinary private memory: a page of it that the process never
// touched holds nothing.
func (m Mapping) Own() bool {
	return m.Private && m.Inode == 0 && (m.Name == "[heap]" || m.Name == "[stack]" || strings.HasPrefix(m.Name, "[anon"))
}

// Parse reads the whole list. Mappings are in the order of their addresses and do not overlap.
func Parse(text string) ([]Mapping, error) {
	var all []Mapping
	line := 0
	for text != "" {
		var one string
		one, text, _ = strings.Cut(text, "\n")
		line++
		m, err := parse(one)
		if err != nil {
			return nil, fmt.Errorf("maps: line %d: %w", line, err)
		}
		if len(all) > 0 && m.Start < all[len(all)-1].End {
			return nil, fmt.Errorf("maps: line %d: %q begins within the mapping before it, want rising addresses", line, one)
		}
		all = append(all, m)
	}
	return all, nil
}

// parse reads one line: "start-end perms offset device inode  name".
func parse(line string) (m Mapping, err error) {
	var part [5]string
	rest := line
	for i := range part {
		var ok bool
		if part[i], rest, ok = strings.Cut(rest, " "); part[i] == "" || !ok && i < len(part)-1 {
			return m, fmt.Errorf("%q, want addresses, permissions, offset, device and inode", line)
		}
	}
	start, end, _ := strings.Cut(part[0], "-")
	if m.Start, err = strconv.ParseUint(start, 16, 64); err != nil {
		return m, fmt.Errorf("%q: start: %w", line, err)
	}
	if m.End, err = strconv.ParseUint(end, 16, 64); err != nil {
		return m, fmt.Errorf("%q: end: %w", line, err)
	}
	if m.End <= m.Start {
		return m, fmt.Errorf("%q ends before it begins", line)
	}
	if len(part[1]) != 4 || part[1][3] != 'p' && part[1][3] != 's' {
		return m, fmt.Errorf("%q: permissions %q, want four letters with p or s last", line, part[1])
	}
	m.Private = part[1][3] == 'p'
	if m.Inode, err = strconv.ParseUint(part[4], 10, 64); err != nil {
		return m, fmt.Errorf("%q: inode: %w", line, err)
	}
	if m.Name = strings.TrimLeft(rest, " "); m.Name == "" {
		m.Name = "[anon]"
	}
	return m, nil
}
