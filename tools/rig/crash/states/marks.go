package states

import (
	"encoding/binary"
	"slices"
	"strings"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/disk/moment"
)

// Marks say what makes a state ugly.
type Marks struct {
	Commits []string // of the firmware that were under way, such as "record half"
	Head    bool     // a head of ledger or queue is lost or torn
	Pages   bool     // other pages of them are
	Journal bool     // a commit block of the file system's own journal is
	Meta    bool     // other blocks of that journal are
}

// Of the journal of ext4: every block of its own begins so, and one of kind 2 ends a commit. (Linux,
// Documentation/filesystems/ext4/journal.rst)
const (
	journalMagic  = 0xC03B3998
	journalCommit = 2
)

// Marks tells what a state lacks, and what the firmware was doing.
func (r *Run) Marks(s State) (m Marks) {
	lack := slices.Clone(s.Lost)
	for i := range s.Torn {
		lack = append(lack, i)
	}
	for _, i := range lack {
		data := r.events[i].Data
		for at := 0; at+12 <= len(data); at += 1024 {
			if binary.BigEndian.Uint32(data[at:]) == journalMagic {
				commit := binary.BigEndian.Uint32(data[at+4:]) == journalCommit
				m.Journal, m.Meta = m.Journal || commit, m.Meta || !commit
			}
		}
		head, page := moment.Kind(data)
		m.Head, m.Pages = m.Head || head, m.Pages || page
	}
	m.Commits = r.commits[s.At]
	return m
}

// follow notes at every place which commits are begun or half done, and not done.
func (r *Run) follow() {
	w, now := moment.Watch{}, []string(nil)
	for _, e := range r.events {
		r.commits = append(r.commits, slices.Clone(now))
		var moments []string
		switch e.Kind {
		case disk.Write:
			moments = w.Write(e.Offset, e.Data)
		case disk.Flush:
			moments = w.Flush()
		case disk.Cut:
			w.Cut()
			now = nil
		}
		for _, m := range moments {
			kind := m[:strings.LastIndexByte(m, ' ')]
			now = slices.DeleteFunc(now, func(old string) bool { return strings.HasPrefix(old, kind+" ") })
			if !strings.HasSuffix(m, moment.Done) {
				now = append(now, m)
			}
		}
	}
	r.commits = append(r.commits, now)
}

// Arrived tells in which order records (true) and log entries came to the collector before a place.
func (r *Run) Arrived(at int) (order []bool) {
	for _, e := range r.events[:at] {
		isRecord := strings.HasPrefix(string(e.Data), noteRecord)
		if e.Kind == disk.Note && (isRecord || strings.HasPrefix(string(e.Data), noteEntry)) {
			order = append(order, isRecord)
		}
	}
	return order
}

// Known gives what the collector had at a place.
func (r *Run) Known(at int) (records []record.Record, entries []devicelog.Entry) {
	n, order := 0, r.Arrived(at)
	for _, isRecord := range order {
		if isRecord {
			n++
		}
	}
	return r.records[:n], r.entries[:len(order)-n]
}
