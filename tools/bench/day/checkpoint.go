package main

import (
	"encoding/binary"
	"path/filepath"
	"time"

	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/tools/bench/day/device"
	"tellijn/tools/bench/day/disk"
)

// keepEvery is how often a warden keeps the open interval at most, and only when somebody was counted;
// firmware/warden/watch has it.
const keepEvery = 45 * time.Second

// keeps is how often that is in a day in which people cross at every moment of 24 hours. Once in each
// interval it falls on the record, which keeps the same in its own transaction.
const keeps = perDay * int64(device.Interval/keepEvery-1)

// points are as many checkpoints as are measured together. Between two of them the clock of the files goes
// on, as it does in 45 s: it counts in ticks of the kernel, at most 10 ms, and each new time of a file
// is one more thing to write.
const (
	points = 40
	ticks  = 15 * time.Millisecond
)

// checkpoint gives what it costs to keep the open interval once, in bytes at the block device: by the
// warden's own code, on the ledger that a device has left. A day that passes in minutes has none, since
// they go by the clock of the world. seldom says that the journal is not committed after each.
func checkpoint(dir string, card *disk.Disk, seldom bool) (int64, error) {
	l, err := ledger.Open(filepath.Join(dir, "warden", "ledger.db"), ledger.Options{})
	if err != nil {
		return 0, err
	}
	defer l.Close()
	kept := make([]byte, 74) // as firmware/warden/book keeps it
	n := uint64(0)
	c, _, err := clerk.New(clerk.Setup{
		Ledger: l, Desk: desk.Setup{Lines: 1, Policy: release.Default(), Location: time.UTC},
		Keep: func() []byte {
			n++
			binary.BigEndian.PutUint64(kept[10:], n)
			return append([]byte(nil), kept...)
		},
	})
	if err != nil {
		return 0, err
	}
	at := clerk.Stamp{Now: clerk.Floor(l), Clock: record.ClockKnown}
	if err := card.Flush(); err != nil {
		return 0, err
	}
	before, err := card.Written()
	if err != nil {
		return 0, err
	}
	for range points {
		time.Sleep(ticks)
		at.Now = at.Now.Add(keepEvery)
		if err := c.Checkpoint(at); err != nil {
			return 0, err
		}
		if !seldom {
			if err := card.Flush(); err != nil {
				return 0, err
			}
		}
	}
	if err := card.Flush(); err != nil {
		return 0, err
	}
	after, err := card.Written()
	return (after - before) / points, err
}
