package intake

import (
	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/store"
)

// LogScope is the scope of entries that a key signed: they are numbered across boots.
func LogScope(key sign.ID) (s store.Scope) {
	copy(s[:], key[:])
	return s
}

// enterRecord stores a record that examine let pass.
func (v *visit) enterRecord(w store.Writer, it *examined, behind uint64) error {
	r := &it.record
	id := store.ID{Kind: batch.Record, Scope: r.Boot, Number: r.Sequence}
	c, _, err := w.Chain(v.device.Name, batch.Record, id.Scope)
	if err != nil {
		return err
	}
	if done, err := v.again(w, it, id, &c); err != nil || done {
		return err
	}
	if TooEarly(r, v.at) {
		v.alarm(FromAhead)
	}
	if err := v.joins(w, r); err != nil {
		return err
	}
	if err := v.heads(w, r); err != nil {
		return err
	}
	if r.Clock == record.ClockKnown && (!c.Clock.Known || r.Sequence < c.Clock.Sequence) {
		c.Clock = store.Clock{Known: true, Sequence: r.Sequence, To: r.To, Uptime: r.Uptime}
	}
	l := link{id, store.Hash(r.Previous), ChainBroken}
	if err := v.insert(w, it, l, &c, v.late(r, &c, behind)); err != nil {
		return err
	}
	if err := w.PutChain(v.device.Name, batch.Record, c); err != nil {
		return err
	}
	return v.newest(w, r, id)
}

// joins looks where the first record of a boot goes on from.
func (v *visit) joins(w store.Reader, r *record.Record) error {
	if r.Sequence != 0 {
		return nil
	}
	others, err := w.Chains(v.device.Name, batch.Record)
	if err != nil {
		return err
	}
	from, known, err := w.Named(v.device.Name, batch.Record, store.Hash(r.Previous))
	if err != nil {
		return err
	}
	for _, c := range others {
		switch {
		case c.Scope == r.Boot:
		case r.Previous == record.Hash{}:
			if sign.ID(c.Key) == v.key.ID() && c.Whole > 0 && c.Before == (store.Hash{}) {
				v.alarm(ChainRestart)
				return nil
			}
		case c.Before == store.Hash(r.Previous), known && c.Scope == from.Scope && c.Last != from.Number:
			v.alarm(ChainSplit)
			return nil
		}
	}
	return nil
}

// heads holds what a record says of the device's log against the log that came, and against what the
// record before it said.
func (v *visit) heads(w store.Writer, r *record.Record) error {
	if from, ok, err := w.Named(v.device.Name, batch.Record, store.Hash(r.Previous)); err != nil {
		return err
	} else if ok {
		before, _, err := w.Item(v.device.Name, from)
		if err != nil {
			return err
		}
		if b, err := OpenRecord(v.device, &before); err == nil && r.Log.Entries < b.Log.Entries {
			v.alarm(LogShrank)
		}
	}
	if r.Log.Entries == 0 {
		return nil
	}
	scope := LogScope(v.key.ID())
	entry, ok, err := w.Item(v.device.Name, store.ID{Kind: batch.Log, Scope: scope, Number: r.Log.Entries})
	if err != nil {
		return err
	}
	c, _, err := w.Chain(v.device.Name, batch.Log, scope)
	if err != nil {
		return err
	}
	switch {
	case ok && store.HashOf(entry.Signed) != store.Hash(r.Log.Head),
		c.Claimed == r.Log.Entries && c.ClaimedHash != store.Hash(r.Log.Head):
		v.alarm(LogDiffers)
	}
	if r.Log.Entries <= c.Claimed {
		return nil
	}
	c.Scope, c.Key = scope, v.key.ID()
	c.Claimed, c.ClaimedHash = r.Log.Entries, store.Hash(r.Log.Head)
	return w.PutChain(v.device.Name, batch.Log, c)
}

// newest notes the newest record: the last of its boot, of the boot that came last.
func (v *visit) newest(w store.Reader, r *record.Record, id store.ID) error {
	n := v.state.Newest
	if n.Kind == 0 || n.Scope == id.Scope && n.Number < id.Number {
		v.state.Newest = id
		return nil
	}
	if n.Scope == id.Scope {
		return nil
	}
	have, ok, err := w.Item(v.device.Name, n)
	if err != nil {
		return err
	}
	h, err := OpenRecord(v.device, &have)
	// Another boot: it goes on from the newest, or both knew the time, or the newest has expired.
	if !ok || err != nil || store.Hash(r.Previous) == store.HashOf(have.Signed) || r.To > h.To {
		v.state.Newest = id
	}
	return nil
}

// enterEntry stores an entry of the device's log that examine let pass.
func (v *visit) enterEntry(w store.Writer, it *examined) error {
	e := &it.entry
	id := store.ID{Kind: batch.Log, Scope: LogScope(it.key), Number: e.Number}
	c, _, err := w.Chain(v.device.Name, batch.Log, id.Scope)
	if err != nil {
		return err
	}
	if done, err := v.again(w, it, id, &c); err != nil || done {
		return err
	}
	if c.Claimed == e.Number && store.HashOf(it.signed) != c.ClaimedHash {
		v.alarm(LogDiffers)
	}
	if err := v.insert(w, it, link{id, store.Hash(e.Previous), LogBroken}, &c, false); err != nil {
		return err
	}
	return w.PutChain(v.device.Name, batch.Log, c)
}
