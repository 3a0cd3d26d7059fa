package bolt

import (
	"bytes"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/store"
)

// work is one transaction, as store.Reader and store.Writer.
type work struct{ tx *bbolt.Tx }

func (w *work) get(bucket string, key []byte) []byte { return w.tx.Bucket([]byte(bucket)).Get(key) }

func (w *work) put(bucket string, key, value []byte) error {
	if err := w.tx.Bucket([]byte(bucket)).Put(key, value); err != nil {
		return fmt.Errorf("store: %s: %w", bucket, err)
	}
	return nil
}

func (w *work) del(bucket string, key []byte) error {
	if err := w.tx.Bucket([]byte(bucket)).Delete(key); err != nil {
		return fmt.Errorf("store: %s: %w", bucket, err)
	}
	return nil
}

// each calls f for every key that begins with prefix.
func (w *work) each(bucket string, prefix []byte, f func(k, v []byte) error) error {
	c := w.tx.Bucket([]byte(bucket)).Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

// Item implements store.Reader.
func (w *work) Item(device string, id store.ID) (store.Item, bool, error) {
	v := w.get(items, itemKey(device, id))
	if v == nil {
		return store.Item{}, false, nil
	}
	it, err := itemOf(id, v)
	return it, err == nil, err
}

// Boot implements store.Reader.
func (w *work) Boot(device string, kind batch.Kind, scope store.Scope, f func(store.Item) error) error {
	return w.list(items, append(kindKey(device, kind), scope[:]...), f)
}

// Forks implements store.Reader.
func (w *work) Forks(device string) (found []store.Item, err error) {
	err = w.list(forks, deviceKey(device), func(it store.Item) error {
		found = append(found, it)
		return nil
	})
	return found, err
}

func (w *work) list(bucket string, prefix []byte, f func(store.Item) error) error {
	return w.each(bucket, prefix, func(k, v []byte) error {
		_, id, err := parseKey(k)
		if err != nil {
			return err
		}
		it, err := itemOf(id, v)
		if err != nil {
			return err
		}
		return f(it)
	})
}

// Named implements store.Reader.
func (w *work) Named(device string, kind batch.Kind, h store.Hash) (store.ID, bool, error) {
	v := w.get(hashes, append(kindKey(device, kind), h[:]...))
	if v == nil {
		return store.ID{}, false, nil
	}
	id, err := parseID(append([]byte{byte(kind)}, v...))
	return id, err == nil, err
}

// Chain implements store.Reader.
func (w *work) Chain(device string, kind batch.Kind, scope store.Scope) (c store.Chain, ok bool, err error) {
	v := w.get(chains, append(kindKey(device, kind), scope[:]...))
	if v == nil {
		return c, false, nil
	}
	return c, true, parse(v, &c)
}

// Chains implements store.Reader.
func (w *work) Chains(device string, kind batch.Kind) (found []store.Chain, err error) {
	err = w.each(chains, kindKey(device, kind), func(_, v []byte) error {
		var c store.Chain
		if err := parse(v, &c); err != nil {
			return err
		}
		found = append(found, c)
		return nil
	})
	sortChains(found)
	return found, err
}

// Devices implements store.Reader.
func (w *work) Devices() (names []string, err error) {
	err = w.each(states, nil, func(k, _ []byte) error {
		names = append(names, string(bytes.TrimSuffix(k, []byte{0})))
		return nil
	})
	return names, err
}

// State implements store.Reader.
func (w *work) State(device string) (s store.State, err error) {
	if v := w.get(states, deviceKey(device)); v != nil {
		err = parse(v, &s)
	}
	return s, err
}

// Belief implements store.Reader.
func (w *work) Belief() (b store.Belief, err error) {
	if v := w.get(about, []byte("clock")); v != nil {
		err = parse(v, &b)
	}
	return b, err
}

// PutBelief implements store.Writer.
func (w *work) PutBelief(b store.Belief) error {
	v, err := write(b)
	if err != nil {
		return err
	}
	return w.put(about, []byte("clock"), v)
}

// Put implements store.Writer.
func (w *work) Put(device string, it store.Item) error {
	key, h := itemKey(device, it.ID), store.HashOf(it.Signed)
	if err := w.put(items, key, itemValue(&it)); err != nil {
		return err
	}
	if err := w.put(hashes, append(kindKey(device, it.Kind), h[:]...), idBytes(it.ID)[1:]); err != nil {
		return err
	}
	return w.put(arrived, arrivalKey(it.Arrived, 'i', key), nil)
}

// PutFork implements store.Writer.
func (w *work) PutFork(device string, it store.Item) error {
	h := store.HashOf(it.Signed)
	key := append(itemKey(device, it.ID), h[:]...)
	if w.get(forks, key) != nil {
		return nil
	}
	if err := w.put(forks, key, itemValue(&it)); err != nil {
		return err
	}
	return w.put(arrived, arrivalKey(it.Arrived, 'f', key), nil)
}

// PutChain implements store.Writer.
func (w *work) PutChain(device string, kind batch.Kind, c store.Chain) error {
	v, err := write(c)
	if err != nil {
		return err
	}
	return w.put(chains, append(kindKey(device, kind), c.Scope[:]...), v)
}

// PutState implements store.Writer.
func (w *work) PutState(device string, s store.State) error {
	v, err := write(s)
	if err != nil {
		return err
	}
	return w.put(states, deviceKey(device), v)
}

// Expire implements store.Writer.
func (w *work) Expire(before, heldBefore time.Time, most int) (n int, err error) {
	c := w.tx.Bucket([]byte(arrived)).Cursor()
	end := arrivalKey(before, 0, nil)
	var old [][]byte
	for k, _ := c.First(); k != nil && bytes.Compare(k, end) < 0 && len(old) < most; k, _ = c.Next() {
		old = append(old, bytes.Clone(k))
	}
	for _, k := range old {
		if err := w.expire(k); err != nil {
			return n, err
		}
		n++
	}
	more, err := w.expireHeld(heldBefore, most-n)
	return n + more, err
}

// expire deletes what one key of the bucket arrived names.
func (w *work) expire(k []byte) error {
	what, key := k[8], k[9:]
	if err := w.del(arrived, k); err != nil {
		return err
	}
	if what == 'f' {
		return w.del(forks, key)
	}
	device, id, err := parseKey(key)
	if err != nil {
		return err
	}
	it, ok, err := w.Item(device, id)
	if err != nil || !ok {
		return err
	}
	h := store.HashOf(it.Signed)
	if err := w.del(hashes, append(kindKey(device, id.Kind), h[:]...)); err != nil {
		return err
	}
	if err := w.del(items, key); err != nil {
		return err
	}
	ch, ok, err := w.Chain(device, id.Kind, id.Scope)
	if err != nil || !ok || id.Number < ch.Gone {
		return err
	}
	ch.Gone = id.Number + 1
	return w.PutChain(device, id.Kind, ch)
}
