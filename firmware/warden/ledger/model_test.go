package ledger

import (
	"bytes"
	"maps"
	"testing"

	"pgregory.net/rapid"
)

// one call within a transaction.
type one struct {
	what  int // 0 Put, 1 Free, else Add
	name  string
	bytes []byte
	back  uint64
	item  Item
}

func call() *rapid.Generator[one] {
	return rapid.Custom(func(r *rapid.T) one {
		return one{rapid.IntRange(0, 5).Draw(r, "what"), rapid.SampledFrom([]string{"a", "b", "ab"}).Draw(r, "name"),
			rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(r, "bytes"), rapid.Uint64Range(2, 20).Draw(r, "back"),
			item(uint8(rapid.IntRange(1, 2).Draw(r, "kind")), uint32(rapid.IntRange(0, 30).Draw(r, "sequence")))}
	})
}

// TestModel holds a ledger to a list and a map, over transactions that fail and starts between.
func TestModel(t *testing.T) {
	const each = 5
	rapid.Check(t, func(r *rapid.T) {
		path, o := place(t), Options{MaxEach: each}
		l, err := Open(path, o)
		if err != nil {
			r.Fatal(err)
		}
		defer func() { l.Close() }()
		var items []Item
		state, dropped, next := map[string][]byte{}, [Kinds + 1]uint64{}, uint64(0)
		for range rapid.IntRange(1, 8).Draw(r, "transactions") {
			newItems, newState, newDropped, newNext := items, maps.Clone(state), dropped, next
			fails := rapid.IntRange(0, 3).Draw(r, "fails") == 0
			calls := rapid.SliceOfN(call(), 1, 10).Draw(r, "calls")
			err := l.Update(func(tx *Tx) error {
				for _, c := range calls {
					switch c.what {
					case 0:
						newState[c.name] = c.bytes
						tx.Put(c.name, c.bytes)
					case 1:
						kept, upto := []Item{}, newNext-min(newNext, c.back)
						for _, it := range newItems {
							if it.Number > upto {
								kept = append(kept, it)
							}
						}
						if n, err := tx.Free(upto); err != nil || n != len(newItems)-len(kept) {
							t.Errorf("freed %d of %d, %v", n, len(newItems)-len(kept), err)
						}
						newItems = kept
					default:
						tx.Add(c.item)
						newItems, newNext = added(newItems, c.item, newNext, each, &newDropped)
					}
				}
				if fails {
					tx.Put("", nil)
				}
				return nil
			})
			if (err != nil) != fails {
				r.Fatalf("failed %v: %v", fails, err)
			}
			if !fails {
				items, state, dropped, next = newItems, newState, newDropped, newNext
			}
			if rapid.Bool().Draw(r, "start again") {
				l.Close()
				if l, err = Open(path, o); err != nil || l.Aside != "" {
					r.Fatalf("%v, set aside %q", err, l.Aside)
				}
			}
			l.View(func(tx *Tx) error { same(r, tx, items, state, dropped); return nil })
		}
		if err := l.Check(); err != nil {
			r.Fatal(err)
		}
	})
}

// added is Add on a list.
func added(items []Item, it Item, next uint64, each int, dropped *[Kinds + 1]uint64) ([]Item, uint64) {
	out, have := []Item{}, 0
	for _, old := range items {
		if old.Kind == it.Kind && old.Sequence == it.Sequence {
			return items, next
		}
		if old.Kind == it.Kind {
			have++
		}
	}
	for _, old := range items {
		if old.Kind == it.Kind && have >= each {
			have--
			dropped[it.Kind]++
			continue
		}
		out = append(out, old)
	}
	it.Number = next + 1
	return append(out, it), next + 1
}

func same(r *rapid.T, tx *Tx, items []Item, state map[string][]byte, dropped [Kinds + 1]uint64) {
	got, waiting := tx.Items(0, 1000), [Kinds + 1]uint32{}
	if len(got) != len(items) {
		r.Fatalf("%d items, want %d", len(got), len(items))
	}
	for i, it := range items {
		waiting[it.Kind]++
		if g := got[i]; g.Number != it.Number || g.Kind != it.Kind || g.Sequence != it.Sequence || g.Boot != it.Boot || !bytes.Equal(g.Bytes, it.Bytes) {
			r.Fatalf("place %d: number %d kind %d sequence %d, want %d, %d, %d", i, g.Number, g.Kind, g.Sequence, it.Number, it.Kind, it.Sequence)
		}
	}
	if c := tx.Counts(); c.Waiting != waiting || c.Dropped != dropped {
		r.Fatalf("counts %+v, want %v, %v", c, waiting, dropped)
	}
	for _, name := range []string{"a", "b", "ab"} {
		b, ok := tx.Get(name)
		if want, there := state[name]; ok != there || !bytes.Equal(b, want) {
			r.Fatalf("state %q: %v %v, want %v %v", name, b, ok, want, there)
		}
	}
}

// FuzzKeys: what is taken for keys is exactly what is written for them.
func FuzzKeys(f *testing.F) {
	k := Keys{Sign: [32]byte{1}, Seal: [32]byte{2}, Secret: [32]byte{3}}
	f.Add(k.Bytes())
	f.Add(k.Bytes()[1:])
	f.Add([]byte{})
	f.Add(make([]byte, keysSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		var k Keys
		if k.read(b) == nil && !bytes.Equal(k.Bytes(), b) {
			t.Fatalf("% x is written as % x", b, k.Bytes())
		}
	})
}
