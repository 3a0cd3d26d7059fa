package main

import (
	"fmt"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

// signed is one record that the device has signed.
type signed struct {
	item
	record.Record
	hash record.Hash
}

// entry is one entry of the log, verified or not.
type entry struct {
	item
	devicelog.Entry
	err error
}

// check tells what there is of one device, and what is wrong with it.
func check(key sign.Public, items []item, o *options, r *report) {
	var records []signed
	var entries []entry
	for _, it := range items {
		kind, _, _ := sign.Signer(it.bytes)
		if kind == sign.Log {
			e, err := devicelog.Open(key, it.bytes)
			entries = append(entries, entry{it, e, err}) // devicelog.Verify says what is wrong
			continue
		}
		rec, err := record.Open(key, it.bytes)
		if err != nil {
			r.fault("%s: a record that was changed, or that the device never signed: %v", it, err)
			continue
		}
		records = append(records, signed{it, rec, record.HashOf(it.bytes)})
	}
	device := name(records, entries)
	r.say("%s, key %s: %d records, %d log entries", device, key, len(records), len(entries))
	if len(items) == 0 {
		r.fault("there is nothing of key %s", key.ID())
		return
	}
	for _, s := range records {
		if s.Device != device {
			r.fault("%s: a record of device %q, signed with the key of %q", s, s.Device, device)
		}
	}
	checkRecords(records, o, r)
	checkLog(key, device, entries, records, o, r)
}

// name is what the first readable message calls the device.
func name(records []signed, entries []entry) string {
	for _, s := range records {
		return s.Device
	}
	for _, e := range entries {
		if e.err == nil {
			return e.Device
		}
	}
	return "a device"
}

// checkLog holds the log against itself and against what the records have seen of it.
func checkLog(key sign.Public, device string, entries []entry, records []signed, o *options, r *report) {
	var seen []devicelog.State
	most := uint32(0)
	for _, s := range records {
		seen = append(seen, devicelog.State{Number: s.Log.Entries, Head: devicelog.Hash(s.Log.Head)})
		most = max(most, s.Log.Entries)
	}
	if len(entries) == 0 {
		if say := r.say; most > 0 {
			if o.whole {
				say = r.fault
			}
			say("the log is not here; records have seen %d entries of it", most)
		}
		return
	}
	all, first, last := make([][]byte, len(entries)), uint32(0), uint32(0)
	for i, e := range entries {
		all[i] = e.bytes
		if e.err == nil && (first == 0 || e.Number < first) {
			first = e.Number
		}
		last = max(last, e.Number)
	}
	if first > 1 && !o.whole {
		r.say("the log begins with entry %d; what was before is not here", first)
	}
	if o.whole {
		first = 1
	}
	for _, f := range devicelog.Verify(all, key, device, first, seen...) {
		at := "at the end"
		if f.Index < len(entries) {
			at = entries[f.Index].item.String()
		}
		r.fault("log, %s: %s", at, f.Text)
	}
	r.say("the log ends with entry %d; records have seen it up to entry %d", last, most)
	for _, e := range entries {
		if o.log && e.err == nil {
			r.say("  %5d  %s  %s", e.Number, moment(e.At, e.Clock), e.Event())
		}
	}
}

// moment says a time, and whether the device knew it.
func moment(at int64, clock uint8) string {
	text := time.Unix(at, 0).UTC().Format("2006-01-02 15:04:05 UTC")
	switch clock {
	case record.ClockKnown:
		return text
	case record.ClockHeld:
		return text + " or later"
	}
	return fmt.Sprintf("%s (nobody had told the device the time)", text)
}
