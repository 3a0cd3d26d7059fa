package intake

import (
	"bytes"
	"fmt"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
)

// First gives the first number of a kind's chain.
func First(kind batch.Kind) uint32 {
	if kind == batch.Log {
		return 1
	}
	return 0
}

// link is what an item says of its place in a chain.
type link struct {
	id       store.ID
	previous store.Hash
	broken   Alarm // what to say if a neighbour does not fit
}

// again tells whether an item need not be stored: it is there already, byte for byte, or it is
// refused, because another is there under its number or what it is has expired.
func (v *visit) again(w store.Writer, it *examined, id store.ID, c *store.Chain) (bool, error) {
	have, ok, err := w.Item(v.device.Name, id)
	if err != nil {
		return false, err
	}
	switch {
	case ok && bytes.Equal(have.Signed, it.signed):
		v.state.Again++
	case ok:
		it.reason = batch.Conflict
		v.alarm(Forked)
		kept, err := w.Forks(v.device.Name)
		if err != nil {
			return false, err
		}
		if len(kept) >= MaxForks {
			v.state.Suppressed++
			break
		}
		return true, w.PutFork(v.device.Name, store.Item{ID: id, Arrived: v.at, Signed: it.signed})
	case id.Number < c.Gone:
		it.reason = batch.Time
	default:
		return false, nil
	}
	return true, nil
}

// insert stores an item and notes what its neighbours say of it.
func (v *visit) insert(w store.Writer, it *examined, l link, c *store.Chain, late bool) error {
	name, kind, n := v.device.Name, l.id.Kind, l.id.Number
	h := store.HashOf(it.signed)
	if n > First(kind) {
		before, ok, err := w.Item(name, store.ID{Kind: kind, Scope: l.id.Scope, Number: n - 1})
		if err != nil {
			return err
		}
		if ok && store.HashOf(before.Signed) != l.previous {
			v.alarm(l.broken)
		}
	}
	if err := w.Put(name, store.Item{ID: l.id, Arrived: v.at, Late: late, Signed: it.signed}); err != nil {
		return err
	}
	if n < 1<<32-1 {
		after, ok, err := w.Item(name, store.ID{Kind: kind, Scope: l.id.Scope, Number: n + 1})
		if err != nil {
			return err
		}
		if p, err := Previous(v.device, &after); ok && (err != nil || p != h) {
			v.alarm(l.broken)
		}
	}
	if c.Count == 0 {
		c.Scope, c.Key, c.Began, c.Order = l.id.Scope, it.key, v.at, v.state.Stored
	}
	if c.Count == 0 || n >= c.Last {
		c.Last, c.Tail = n, h
	}
	if n == First(kind) {
		c.Before = l.previous
	}
	c.Count++
	v.state.Stored++
	if late {
		v.state.Late++
	}
	return v.extend(w, kind, c, n)
}

// extend moves the end of what is whole over the items that are there, if item n is the next.
func (v *visit) extend(w store.Reader, kind batch.Kind, c *store.Chain, n uint32) error {
	for n == First(kind)+c.Whole {
		it, ok, err := w.Item(v.device.Name, store.ID{Kind: kind, Scope: c.Scope, Number: n})
		if err != nil || !ok {
			return err
		}
		p, err := Previous(v.device, &it)
		if err != nil || c.Whole > 0 && p != c.Link {
			return nil // an alarm said so
		}
		c.Link = store.HashOf(it.Signed)
		c.Whole++
		n++
	}
	return nil
}

// Previous gives what an item that is stored names as the one before it.
func Previous(d *register.Device, it *store.Item) (store.Hash, error) {
	switch it.Kind {
	case batch.Record:
		r, err := OpenRecord(d, it)
		return store.Hash(r.Previous), err
	case batch.Log:
		e, err := OpenEntry(d, it)
		return store.Hash(e.Previous), err
	}
	return store.Hash{}, fmt.Errorf("intake: kind %d has no chain", it.Kind)
}

// Times gives from and to of a record as Unix seconds, put right where the device did not know the time
// and a record of the same boot did. corrected tells whether they differ in origin from what the record
// says; the record itself is never changed.
func Times(r *record.Record, c *store.Chain) (from, to int64, corrected bool) {
	if r.Clock == record.ClockKnown || !c.Clock.Known {
		return r.From, r.To, false
	}
	to = c.Clock.To - int64(c.Clock.Uptime) + int64(r.Uptime)
	return to - (r.To - r.From), to, true
}

// TooEarly tells whether a record arrived more than Ahead before its end, though its device says that it
// knows the time. It is signed, so it is kept; somebody's clock is wrong.
func TooEarly(r *record.Record, arrived time.Time) bool {
	return !r.Simulated && r.Clock == record.ClockKnown && time.Unix(r.To, 0).Sub(arrived) > Ahead
}

// late tells whether a record came later than Intervals after its end. Where the time is pretended,
// or nobody knows it, the number of newer records tells.
func (v *visit) late(r *record.Record, c *store.Chain, behind uint64) bool {
	_, to, corrected := Times(r, c)
	if r.Simulated || r.Clock != record.ClockKnown && !corrected {
		return behind > Intervals
	}
	return v.at.Sub(time.Unix(to, 0)) > Intervals*time.Duration(r.Interval)*time.Second
}

// Alarm is something that an honest device with a sound disk does not do. What it sent is stored all
// the same where its signature is good, since the counts may be right; the operator is told.
type Alarm uint8

// The alarms. The numbers are stored.
const (
	Forked       Alarm = 1 // two different items under one number; the second was refused
	ChainBroken  Alarm = 2 // a record names another record before it than the one that is stored
	ChainSplit   Alarm = 3 // two boots go on from one record, or one goes on from the middle of another
	ChainRestart Alarm = 4 // a boot says that no record was before it, but there are some
	LogBroken    Alarm = 5 // a log entry names another entry before it than the one that is stored
	LogDiffers   Alarm = 6 // a record speaks of another log than the one that came
	LogShrank    Alarm = 7 // a record speaks of a shorter log than the record before it
	FromAhead    Alarm = 8 // a record came long before its own time, of a device that says it knows the time
)

// Alarms gives all alarms.
func Alarms() []Alarm {
	return []Alarm{Forked, ChainBroken, ChainSplit, ChainRestart, LogBroken, LogDiffers, LogShrank, FromAhead}
}

// String says the alarm in words.
func (a Alarm) String() string {
	switch a {
	case Forked:
		return "two different items under one number"
	case ChainBroken:
		return "a record does not follow the one before it"
	case ChainSplit:
		return "two records follow the same one"
	case ChainRestart:
		return "the chain of records began anew"
	case LogBroken:
		return "a log entry does not follow the one before it"
	case LogDiffers:
		return "a record speaks of another log than the one that came"
	case LogShrank:
		return "the device's log became shorter"
	case FromAhead:
		return "a record is of a time that had not come"
	}
	return fmt.Sprintf("alarm %d", uint8(a))
}
