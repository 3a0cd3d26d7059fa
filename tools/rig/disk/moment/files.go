package moment

import (
	"encoding/binary"

	"tellijn/firmware/handoff"
)

// books is what is known of the warden's file; firmware/warden/ledger has the keys.
type books struct {
	known                 bool
	newest, record        uint64 // numbers of the newest item, and of the newest that is a record
	waiting               uint64
	open                  string
	isRoot, opened, given bool // on this page
}

func (l *books) fresh()     { l.isRoot, l.opened, l.given = false, false, false }
func (l *books) root() bool { return l.isRoot }

func (l *books) take(key string, value []byte) {
	switch {
	case key == "main" && value == nil:
		l.isRoot = true
	case key == "c" && len(value) == 8+12*7:
		l.known, l.given = true, true
		l.newest, l.waiting = binary.BigEndian.Uint64(value), 0
		for k := range 7 {
			l.waiting += uint64(binary.BigEndian.Uint32(value[8+12*k:]))
		}
	case key == "sopen" && len(value) == 74:
		l.opened, l.open = true, string(value)
	case len(key) == 9 && key[0] == 't' && len(value) > 21 && value[0] == byte(handoff.ItemRecord):
		l.record = max(l.record, binary.BigEndian.Uint64([]byte(key[1:])))
	}
}

// kinds tells what changed since old.
func (l *books) kinds(old *books) (all []string) {
	isRecord := l.record > old.record
	if isRecord {
		all = append(all, Record)
	}
	if l.given && old.known && l.newest > old.newest && !isRecord {
		all = append(all, Log)
	}
	if l.given && old.known && old.waiting+(l.newest-old.newest) > l.waiting {
		all = append(all, Freeing)
	}
	if l.opened && l.open != old.open && !isRecord && old.open != "" {
		all = append(all, Checkpoint)
	}
	return all
}

// shelf is what is known of the courier's file; firmware/queue has the keys.
type shelf struct {
	known              bool
	records, put, gone uint64
	isRoot, given      bool
}

func (q *shelf) fresh()     { q.isRoot, q.given = false, false }
func (q *shelf) root() bool { return q.isRoot }

func (q *shelf) take(bucket, key string, value []byte) {
	if key == "refused" && value == nil && bucket == "" {
		q.isRoot = true
	}
	if len(value) != 8 {
		return
	}
	n := binary.BigEndian.Uint64(value)
	switch key {
	case "put":
		q.given, q.put = true, n
	case "acked":
		q.gone = n
	case "waiting1":
		q.records = n
	}
}

func (q *shelf) kinds(old *shelf) (all []string) {
	if !q.given {
		return nil
	}
	q.known = true
	if old.known && q.records > old.records {
		all = append(all, Queued)
	}
	if old.known && q.gone > old.gone {
		all = append(all, Settled)
	}
	return all
}
