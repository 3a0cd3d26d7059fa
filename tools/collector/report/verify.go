package report

import (
	"fmt"
	"io"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/privacy/room/envelope"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
)

// Raw writes the signed messages of devices as they came, one behind the other (RFC 8742, a CBOR
// sequence): for each device the records, boot by boot, then its log. No key of the collector is needed
// to check them.
func Raw(w io.Writer, r store.Reader, devices []register.Device, only string) error {
	for _, d := range devices {
		if only != "" && only != d.Name {
			continue
		}
		for _, kind := range [...]batch.Kind{batch.Record, batch.Log} {
			chains, err := ordered(r, d.Name, kind)
			if err != nil {
				return err
			}
			for _, c := range chains {
				err := r.Boot(d.Name, kind, c.Scope, func(it store.Item) error {
					_, err := w.Write(it.Signed)
					return err
				})
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Verdict is what Verify found.
type Verdict struct {
	Records, Entries, Envelopes int
	Faults                      int // what is not as it was signed, or not as a device should do it
	Missing                     uint64
}

// Verify reads the whole store anew and believes nothing that was noted when things came: signatures,
// names, links, logs. It writes a line for each fault and for each gap.
func Verify(w io.Writer, r store.Reader, devices []register.Device) (v Verdict, err error) {
	known := map[string]bool{}
	for i := range devices {
		known[devices[i].Name] = true
		c := check{r: r, d: &devices[i], w: w, v: &v, log: map[store.Scope]map[uint32]store.Hash{}}
		if err := c.run(); err != nil {
			return v, err
		}
	}
	names, err := r.Devices()
	for _, n := range names {
		if !known[n] {
			v.Faults++
			fmt.Fprintf(w, "%s: it sent something, but the file with its key is gone\n", n)
		}
	}
	return v, err
}

// check is Verify for one device.
type check struct {
	r store.Reader
	d *register.Device
	w io.Writer
	v *Verdict

	longest uint32 // log that a record of this boot spoke of
	log     map[store.Scope]map[uint32]store.Hash
}

func (c *check) fault(format string, args ...any) {
	c.v.Faults++
	fmt.Fprintf(c.w, c.d.Name+": "+format+"\n", args...)
}

func (c *check) run() error {
	for _, kind := range [...]batch.Kind{batch.Log, batch.Record} { // records speak of the log
		chains, err := ordered(c.r, c.d.Name, kind)
		if err != nil {
			return err
		}
		follow := map[store.Hash]store.Scope{}
		for _, ch := range chains {
			if err := c.chain(kind, &ch, chains); err != nil {
				return err
			}
			if other, twice := follow[ch.Before]; twice && ch.Before != (store.Hash{}) {
				c.fault("boots %x and %x go on from one record", other, ch.Scope)
			}
			follow[ch.Before] = ch.Scope
			if err := c.end(kind, &ch, chains); err != nil {
				return err
			}
		}
	}
	forks, err := c.r.Forks(c.d.Name)
	if err != nil {
		return err
	}
	for _, f := range forks {
		c.fault("another item was signed under the name of %s %d of %x", word(f.Kind), f.Number, f.Scope)
	}
	return c.r.Held(c.d.Name, func(e store.Envelope) error {
		c.v.Envelopes++
		if in, err := envelope.Decode(e.Bytes); err != nil || in.To != c.d.Name || in.From != e.From || in.Room != e.Room {
			c.fault("an envelope from %s is damaged", e.From)
		}
		return nil
	})
}

// end checks that a boot goes on from the end of another one and not from its middle.
func (c *check) end(kind batch.Kind, ch *store.Chain, all []store.Chain) error {
	from, ok, err := c.r.Named(c.d.Name, kind, ch.Before)
	if err != nil || !ok {
		return err
	}
	for _, o := range all {
		if o.Scope == from.Scope && o.Last != from.Number {
			c.fault("boot %x goes on from record %d of %x, which has %d", ch.Scope, from.Number, o.Scope, o.Last)
		}
	}
	return nil
}

// chain checks the items of one scope and their links.
func (c *check) chain(kind batch.Kind, ch *store.Chain, all []store.Chain) error {
	c.longest = 0
	var before store.Hash
	next, some := ch.Gone, false
	count := uint32(0)
	err := c.r.Boot(c.d.Name, kind, ch.Scope, func(it store.Item) error {
		count++
		previous, ok := c.item(&it)
		h := store.HashOf(it.Signed)
		if id, named, err := c.r.Named(c.d.Name, kind, h); err != nil || !named || id != it.ID {
			c.fault("%s %d of %x is not found by its hash", word(kind), it.Number, it.Scope)
		}
		if first := intake.First(kind); it.Number > max(next, first) {
			n := uint64(it.Number) - uint64(max(next, first))
			c.v.Missing += n
			fmt.Fprintf(c.w, "%s: %d missing before %s %d of %x\n", c.d.Name, n, word(kind), it.Number, it.Scope)
		} else if ok && some && previous != before {
			c.fault("%s %d of %x does not follow the one before it", word(kind), it.Number, it.Scope)
		}
		before, next, some = h, it.Number+1, true
		return nil
	})
	if err != nil {
		return err
	}
	if count > ch.Count || some && ch.Gone == 0 && (count != ch.Count || next != ch.Last+1 || before != ch.Tail) {
		c.fault("%d items in %s chain %x, which should have %d up to %d", count, word(kind), ch.Scope, ch.Count, ch.Last)
	}
	if !some && ch.Gone == 0 && ch.Count > 0 {
		c.fault("%s chain %x is empty, which should have %d items", word(kind), ch.Scope, ch.Count)
	}
	if whole, err := joined(c.r, c.d.Name, ch, all); err != nil {
		return err
	} else if !whole && kind == batch.Record {
		c.v.Missing++
		fmt.Fprintf(c.w, "%s: boot %x goes on from a record that never came\n", c.d.Name, ch.Scope)
	}
	return nil
}

// item checks one item by itself and gives what it names as the one before it.
func (c *check) item(it *store.Item) (store.Hash, bool) {
	if it.Kind == batch.Log {
		c.v.Entries++
		e, err := intake.OpenEntry(c.d, it)
		_, key, _ := sign.Signer(it.Signed)
		if err != nil || e.Device != c.d.Name || e.Number != it.Number || intake.LogScope(key) != it.Scope {
			c.fault("log entry %d is not what was signed", it.Number)
			return store.Hash{}, false
		}
		if c.log[it.Scope] == nil {
			c.log[it.Scope] = map[uint32]store.Hash{}
		}
		c.log[it.Scope][it.Number] = store.HashOf(it.Signed)
		return store.Hash(e.Previous), true
	}
	c.v.Records++
	rec, err := intake.OpenRecord(c.d, it)
	if err != nil || rec.Device != c.d.Name || rec.Sequence != it.Number || rec.Boot != it.Scope {
		c.fault("record %d of %x is not what was signed", it.Number, it.Scope)
		return store.Hash{}, false
	}
	if rec.Log.Entries < c.longest {
		c.fault("record %d of %x speaks of a log of %d entries, and one before it of %d", it.Number, it.Scope, rec.Log.Entries, c.longest)
	}
	c.longest = rec.Log.Entries
	_, key, _ := sign.Signer(it.Signed)
	if h, ok := c.log[intake.LogScope(key)][rec.Log.Entries]; ok && rec.Log.Head != record.Hash(h) {
		c.fault("record %d of %x speaks of another log than the one that is stored", it.Number, it.Scope)
	}
	return store.Hash(rec.Previous), true
}

func word(k batch.Kind) string {
	if k == batch.Log {
		return "log entry"
	}
	return "record"
}
