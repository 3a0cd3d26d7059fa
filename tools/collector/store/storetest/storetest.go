// Package storetest is what every kind of store has to pass, so that the collector need not know which
// one it has. It is for tests only.
package storetest

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/store"
)

// Conformance runs every test on stores that open gives. open gives an empty store the first time and the
// same one, closed by the test and opened again, afterwards.
func Conformance(t *testing.T, open func(t *testing.T) (again func() store.Store)) {
	for name, f := range map[string]func(*testing.T, func() store.Store){
		"items": items, "rolled back": back, "chains and states": notes, "belief": belief, "forks": forks, "expiry": expiry, "envelopes": envelopes,
	} {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
}

func at(s int) time.Time { return time.Unix(1_800_000_000+int64(s), 123e6).UTC() }

func item(kind batch.Kind, scope byte, n uint32, arrived int) store.Item {
	return store.Item{ID: store.ID{Kind: kind, Scope: store.Scope{scope, 0, 9}, Number: n}, Arrived: at(arrived), Late: n%2 == 1,
		Signed: []byte{byte(kind), scope, byte(n), byte(n >> 8), byte(n >> 24), 0, 1, 2, 3}}
}

func update(t *testing.T, s store.Store, f func(store.Writer) error) {
	t.Helper()
	if err := s.Update(f); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s store.Store, f func(store.Reader) error) {
	t.Helper()
	if err := s.View(f); err != nil {
		t.Fatal(err)
	}
}

func same(a, b store.Item) bool {
	return a.ID == b.ID && a.Arrived.Equal(b.Arrived) && a.Late == b.Late && bytes.Equal(a.Signed, b.Signed)
}

func items(t *testing.T, again func() store.Store) {
	s := again()
	var all []store.Item
	for _, kind := range []batch.Kind{batch.Record, batch.Log} {
		for _, scope := range []byte{2, 1} {
			for _, n := range []uint32{300, 0, 1, 1 << 31} {
				all = append(all, item(kind, scope, n, 0))
			}
		}
	}
	// A device whose name begins like another's has nothing to do with it.
	update(t, s, func(w store.Writer) error {
		for _, it := range all {
			if err := w.Put("door", it); err != nil {
				return err
			}
		}
		return w.Put("door-2", item(batch.Record, 1, 7, 0))
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = again()
	defer s.Close()
	view(t, s, func(r store.Reader) error {
		for _, want := range all {
			got, ok, err := r.Item("door", want.ID)
			if err != nil || !ok || !same(got, want) {
				t.Errorf("%v: %v, %v, %v", want, got, ok, err)
			}
			id, ok, err := r.Named("door", want.Kind, store.HashOf(want.Signed))
			if err != nil || !ok || id != want.ID {
				t.Errorf("by its hash: %v, %v, %v", id, ok, err)
			}
		}
		if _, ok, _ := r.Item("door", item(batch.Record, 1, 7, 0).ID); ok {
			t.Error("a device has what is another's")
		}
		if _, ok, _ := r.Named("door", batch.Log, store.HashOf(all[0].Signed)); ok {
			t.Error("a log entry has the hash of a record")
		}
		var numbers []uint32
		err := r.Boot("door", batch.Record, store.Scope{1, 0, 9}, func(it store.Item) error { numbers = append(numbers, it.Number); return nil })
		if err != nil || !slices.Equal(numbers, []uint32{0, 1, 300, 1 << 31}) {
			t.Errorf("in order: %v, %v", numbers, err)
		}
		stop := errors.New("enough")
		if err := r.Boot("door", batch.Record, store.Scope{1, 0, 9}, func(store.Item) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("stopped with %v", err)
		}
		return nil
	})
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

func back(t *testing.T, again func() store.Store) {
	s := again()
	defer s.Close()
	stop := errors.New("no")
	err := s.Update(func(w store.Writer) error {
		return errors.Join(w.Put("door", item(1, 1, 1, 0)), w.PutState("door", store.State{Stored: 1}), w.Hold(store.Envelope{To: "a", From: "b", N: 1}), stop)
	})
	if !errors.Is(err, stop) {
		t.Error(err)
	}
	view(t, s, func(r store.Reader) error {
		_, ok, err := r.Item("door", item(1, 1, 1, 0).ID)
		st, err2 := r.State("door")
		n, err3 := r.Holding("b", "a")
		names, err4 := r.Devices()
		if ok || st.Stored != 0 || n != 0 || len(names) != 0 {
			t.Errorf("something stays of what was rolled back: %v, %v, %d, %v", ok, st, n, names)
		}
		return errors.Join(err, err2, err3, err4)
	})
}

func notes(t *testing.T, again func() store.Store) {
	s := again()
	late := store.Chain{Scope: store.Scope{1}, Key: [8]byte{4}, Began: at(9), Order: 7, Last: 5, Count: 3, Gone: 1, Whole: 2, Link: store.Hash{1},
		Before: store.Hash{2}, Tail: store.Hash{3}, Clock: store.Clock{Known: true, Sequence: 2, To: 99, Uptime: 7}, Claimed: 8, ClaimedHash: store.Hash{5}}
	early := store.Chain{Scope: store.Scope{2}, Began: at(1), Order: 9}
	twin := store.Chain{Scope: store.Scope{0}, Began: at(1), Order: 10}
	st := store.State{Seen: at(5), Waiting: 1 << 63, Dropped: 2, Newest: item(1, 1, 1, 0).ID, Stored: 3, Again: 4, Late: 5,
		Refused: [21]uint64{20: 6}, Alarms: map[uint8]store.Count{7: {Times: 2, Last: at(6)}}, Suppressed: 9}
	update(t, s, func(w store.Writer) error {
		return errors.Join(w.PutChain("door", 1, late), w.PutChain("door", 1, early), w.PutChain("door", 1, twin), w.PutChain("door", 2, early), w.PutState("door", st))
	})
	s.Close()
	s = again()
	defer s.Close()
	view(t, s, func(r store.Reader) error {
		all, err := r.Chains("door", 1)
		if err != nil || len(all) != 3 || all[0].Scope != early.Scope || all[1].Scope != twin.Scope || !all[2].Began.Equal(late.Began) {
			t.Fatalf("%v, %v", all, err)
		}
		got, ok, err := r.Chain("door", 1, late.Scope)
		if got.Began = late.Began; err != nil || !ok || got != late {
			t.Errorf("%+v, %v, %v", got, ok, err)
		}
		if _, ok, _ := r.Chain("door", 2, late.Scope); ok {
			t.Error("the log has a chain of the records")
		}
		have, err := r.State("door")
		if err != nil || !have.Seen.Equal(st.Seen) || !have.Alarms[7].Last.Equal(at(6)) || have.Alarms[7].Times != 2 || have.Refused != st.Refused ||
			have.Waiting != st.Waiting || have.Newest != st.Newest || have.Stored != 3 || have.Again != 4 || have.Late != 5 || have.Suppressed != 9 || have.Dropped != 2 {
			t.Errorf("%+v, %v", have, err)
		}
		names, err := r.Devices()
		if err != nil || !slices.Equal(names, []string{"door"}) {
			t.Errorf("%v, %v", names, err)
		}
		none, err := r.State("nobody")
		if err != nil || !none.Seen.IsZero() {
			t.Errorf("%+v, %v", none, err)
		}
		return nil
	})
}
