package storetest

import (
	"errors"
	"slices"
	"testing"

	"tellijn/tools/collector/store"
)

func forks(t *testing.T, again func() store.Store) {
	s := again()
	defer s.Close()
	a, b := item(1, 1, 1, 0), item(1, 1, 1, 5)
	b.Signed = []byte("another")
	update(t, s, func(w store.Writer) error {
		return errors.Join(w.PutFork("door", a), w.PutFork("door", b), w.PutFork("door", b), w.PutFork("window", a))
	})
	view(t, s, func(r store.Reader) error {
		all, err := r.Forks("door")
		if err != nil || len(all) != 2 || !slices.ContainsFunc(all, func(it store.Item) bool { return same(it, b) }) {
			t.Errorf("%v, %v", all, err)
		}
		if _, ok, _ := r.Item("door", a.ID); ok {
			t.Error("a fork is an item")
		}
		return nil
	})
	update(t, s, func(w store.Writer) error {
		n, err := w.Expire(at(1), at(0), 10)
		if n != 2 {
			t.Errorf("%d forks went, want 2", n)
		}
		return err
	})
	view(t, s, func(r store.Reader) error {
		if all, err := r.Forks("door"); err != nil || len(all) != 1 || !same(all[0], b) {
			t.Errorf("%v, %v", all, err)
		}
		return nil
	})
}

func expiry(t *testing.T, again func() store.Store) {
	s := again()
	update(t, s, func(w store.Writer) error {
		for n := range uint32(10) {
			if err := w.Put("door", item(1, 1, n, int(n))); err != nil {
				return err
			}
		}
		return w.PutChain("door", 1, store.Chain{Scope: item(1, 1, 0, 0).Scope, Count: 10, Last: 9})
	})
	expire := func(before, most, want int) {
		t.Helper()
		update(t, s, func(w store.Writer) error {
			n, err := w.Expire(at(before), at(0), most)
			if n != want {
				t.Errorf("%d went, want %d", n, want)
			}
			return err
		})
	}
	expire(0, 100, 0)
	expire(5, 3, 3)
	expire(5, 3, 2)
	expire(5, 3, 0)
	s.Close()
	s = again()
	defer s.Close()
	view(t, s, func(r store.Reader) error {
		var numbers []uint32
		err := r.Boot("door", 1, item(1, 1, 0, 0).Scope, func(it store.Item) error { numbers = append(numbers, it.Number); return nil })
		if err != nil || !slices.Equal(numbers, []uint32{5, 6, 7, 8, 9}) {
			t.Errorf("%v stay, %v", numbers, err)
		}
		c, ok, err := r.Chain("door", 1, item(1, 1, 0, 0).Scope)
		if err != nil || !ok || c.Gone != 5 || c.Count != 10 {
			t.Errorf("%+v, %v, %v", c, ok, err)
		}
		if _, ok, _ := r.Named("door", 1, store.HashOf(item(1, 1, 4, 4).Signed)); ok {
			t.Error("what is gone has a hash still")
		}
		if _, ok, _ := r.Named("door", 1, store.HashOf(item(1, 1, 5, 5).Signed)); !ok {
			t.Error("what stays has none")
		}
		return nil
	})
}

func envelopes(t *testing.T, again func() store.Store) {
	s := again()
	defer s.Close()
	put := func(from, to string, kind uint8, n uint32, arrived int) store.Envelope {
		e := store.Envelope{Room: "hall", From: from, To: to, Kind: kind, N: n, Arrived: at(arrived), Bytes: []byte{kind, byte(n), 0}}
		update(t, s, func(w store.Writer) error { return w.Hold(e) })
		return e
	}
	count := func(from, to string) (n int) {
		view(t, s, func(r store.Reader) (err error) { n, err = r.Holding(from, to); return err })
		return n
	}
	for n := uint32(1); n <= 300; n += 100 {
		put("east", "head", 1, n, int(n))
	}
	put("east", "head", 2, 1, 0)
	put("east-2", "head", 1, 1, 0)
	put("east", "head-2", 1, 1, 0)
	twice := put("east", "head", 1, 101, 50)
	var got []store.Envelope
	view(t, s, func(r store.Reader) error {
		return r.Held("head", func(e store.Envelope) error { got = append(got, e); return nil })
	})
	if len(got) != 5 || got[0].N != 1 || got[1].N != 101 || got[2].N != 201 || !got[1].Arrived.Equal(twice.Arrived) || got[1].Room != "hall" || got[4].From != "east-2" {
		t.Errorf("%+v", got)
	}
	update(t, s, func(w store.Writer) error {
		n, err := w.Release("east", "head", 1, 101)
		if n != 2 {
			t.Errorf("%d are released, want 2", n)
		}
		return err
	})
	if count("east", "head") != 2 || count("east-2", "head") != 1 || count("east", "head-2") != 1 {
		t.Error("others were released")
	}
	update(t, s, func(w store.Writer) error {
		n, err := w.Expire(at(0), at(201), 100)
		if n != 3 {
			t.Errorf("%d went, want 3", n)
		}
		return err
	})
	if count("east", "head") != 1 {
		t.Error("one that came at that moment is gone")
	}
}

func belief(t *testing.T, again func() store.Store) {
	s := again()
	for _, want := range []store.Belief{{}, {Newest: at(1), Settled: at(1)}, {Newest: at(9), Settled: at(2), Since: at(8)}, {Newest: at(3), Settled: at(3)}} {
		if !want.Newest.IsZero() {
			update(t, s, func(w store.Writer) error { return w.PutBelief(want) })
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = again()
		}
		view(t, s, func(r store.Reader) error {
			if b, err := r.Belief(); err != nil || !b.Newest.Equal(want.Newest) || !b.Settled.Equal(want.Settled) || !b.Since.Equal(want.Since) || b.Since.IsZero() != want.Since.IsZero() {
				t.Errorf("%+v, %v, want %+v", b, err, want)
			}
			return nil
		})
	}
	if err := s.Update(func(w store.Writer) error {
		return errors.Join(w.PutBelief(store.Belief{Newest: at(99)}), errors.New("no"))
	}); err == nil {
		t.Error("no error")
	}
	view(t, s, func(r store.Reader) error {
		if b, _ := r.Belief(); !b.Newest.Equal(at(3)) {
			t.Errorf("%+v after an Update that failed", b)
		}
		return nil
	})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
