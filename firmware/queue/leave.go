package queue

import (
	"bytes"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

// older moves the age of the queue on by what the items' own times say has gone by. It is no clock
// of this program, which may be set to anything, and no step is larger than MaxStep: a clock that
// jumped by ten years pushes out nothing.
func older(tx *bbolt.Tx, at int64) error {
	if at <= 0 {
		return nil
	}
	last := int64(get(tx, keyClock))
	if at > last && last > 0 {
		if err := add(tx, keyAge, min(at-last, int64(MaxStep/time.Second))); err != nil {
			return err
		}
	}
	return set(tx, keyClock, uint64(at))
}

// age is how long an item waits, in time of the items.
func age(tx *bbolt.Tx, born []byte) time.Duration {
	now, then := get(tx, keyAge), binary.BigEndian.Uint64(born)
	return time.Duration(now-min(now, then)) * time.Second
}

// born is the part of an item that says when it was put.
func born(v []byte) []byte { return v[nameSize+4 : headSize] }

// drop takes items out that nobody took receipt of and counts them: what is too old, and the oldest as
// long as there is no room. A third of the file for the items themselves leaves room for half-full
// pages and for the copies that a transaction writes before it lets go of the old ones.
func (q *Queue) drop(tx *bbolt.Tx) error {
	for {
		k, v := tx.Bucket([]byte(bucketItems)).Cursor().First()
		if len(v) < headSize {
			break
		}
		if age(tx, born(v)) <= MaxAge {
			waiting := get(tx, keyWaiting)
			if waiting <= uint64(q.opts.MaxRecords) && get(tx, keyBytes) <= uint64(q.opts.MaxSize)/3 {
				break
			}
			k, v = victim(tx, waiting)
		}
		if err := leave(tx, k, v, keyDropped); err != nil {
			return err
		}
	}
	return expire(tx)
}

// victim is who goes when there is no room: an envelope that is a day old, since the doors of a room
// do not wait that long; then of the log, when it is more than a quarter of all, so that a device
// in trouble does not push its counts out; then the oldest.
func victim(tx *bbolt.Tx, waiting uint64) (k, v []byte) {
	logs, envelopes := 4*get(tx, kindKey(Log)) > waiting, get(tx, kindKey(Envelope)) > 0
	c := tx.Bucket([]byte(bucketItems)).Cursor()
	first, firstV := c.First()
	if envelopes {
		for k, v := c.First(); len(v) >= headSize && age(tx, born(v)) > EnvelopeAge; k, v = c.Next() {
			if Kind(v[0]) == Envelope {
				return k, v
			}
		}
	}
	if logs {
		for k, v := c.First(); len(v) >= headSize; k, v = c.Next() {
			if Kind(v[0]) == Log {
				return k, v
			}
		}
	}
	return first, firstV
}

// leave takes one item out and adds it to a counter.
func leave(tx *bbolt.Tx, k, v []byte, counter string) error {
	kind, size := Kind(v[0]), int64(len(v))
	if err := tx.Bucket([]byte(bucketItems)).Delete(bytes.Clone(k)); err != nil {
		return err
	}
	if err := count(tx, kind, -1, -size); err != nil {
		return err
	}
	return add(tx, counter, 1)
}

// expire lets go of refused items: the oldest of too many, and what is older than MaxAge.
func expire(tx *bbolt.Tx) error {
	b := tx.Bucket([]byte(bucketRefused))
	for {
		k, v := b.Cursor().First()
		if k == nil || get(tx, keyKept) <= MaxRefused && len(v) > refusedHead && age(tx, v[:8]) <= MaxAge {
			return nil
		}
		if err := b.Delete(bytes.Clone(k)); err != nil {
			return err
		}
		if err := add(tx, keyKept, -1); err != nil {
			return err
		}
	}
}
