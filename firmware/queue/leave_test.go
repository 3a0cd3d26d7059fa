package queue

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"
)

const start = 1_795_330_800

// made gives one item of a kind, made at a time.
func made(k Kind, sequence uint32, at int64) []Item {
	it := batch(1, sequence, 1)
	it[0].Kind, it[0].At = k, at
	return it
}

func TestKindsAreNamesOfTheirOwn(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	for _, k := range []Kind{Record, Log, Envelope} {
		put(t, q, made(k, 5, 0), 1)
		put(t, q, made(k, 5, 0), 0)
		put(t, q, made(k, 4, 0), 0)
	}
	items := waits(t, q, 5, 5, 5)
	if items[0].Kind != Record || items[1].Kind != Log || items[2].Kind != Envelope {
		t.Fatalf("%+v", items)
	}
	st, _ := q.Stats()
	put(t, q, made(Log, 6, 0), 1)
	if again, _ := q.Stats(); again.Tail != st.Tail {
		t.Error("the tail is that of something else than a record")
	}
}

// TestSevenDays lets time go by in records, with the device off in between.
func TestSevenDays(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	at, n := int64(start), uint32(0)
	for range 8 * 96 {
		put(t, q, made(Record, n, at), 1)
		at, n = at+900, n+1
	}
	st, _ := q.Stats()
	items, _ := q.Peek(1000)
	if oldest := items[0].Sequence; st.Age != (8*96-1)*15*time.Minute || st.Waiting != 7*96+1 || st.Dropped != 8*96-7*96-1 || oldest != n-7*96-1 {
		t.Fatalf("%+v, oldest %d of %d", st, oldest, n)
	}
	put(t, q, made(Record, n, at+30*86400), 1) // off for a month: half a day older
	if st, _ := q.Stats(); st.Waiting != 6*96+48+2 {
		t.Fatalf("%+v after a month", st)
	}
}

// TestClockJumps has clocks that are unknown, or wrong by ten years: nothing goes.
func TestClockJumps(t *testing.T) {
	const decade = 10 * 365 * 86400
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	n := uint32(0)
	for _, at := range []int64{start, start + 900, 0, start + decade, start + decade + 900, start + 1800, 0, start - decade, start - decade + 900,
		start + 2700, 1, 0, 1<<62 - 1, start + 3600, -5, -1 << 63} {
		put(t, q, made(Record, n, at), 1)
		n++
	}
	if st, _ := q.Stats(); st.Dropped != 0 || st.Waiting != uint64(n) {
		t.Fatalf("%+v, want all %d", st, n)
	}
}

func TestWhoGoesFirst(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{MaxRecords: 8})
	put(t, q, made(Record, 0, start), 1)
	put(t, q, made(Envelope, 0, start), 1)
	put(t, q, made(Log, 0, start), 1)
	put(t, q, made(Log, 1, start), 1)
	put(t, q, made(Log, 2, start), 1)
	put(t, q, made(Record, 1, start+43_000), 1)
	put(t, q, made(Envelope, 1, start+86_000), 1)
	put(t, q, made(Record, 2, start+86_000), 1)
	kinds := func(want ...Kind) {
		t.Helper()
		items, _ := q.Peek(100)
		var got []Kind
		for _, it := range items {
			got = append(got, it.Kind)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	kinds(Record, Envelope, Log, Log, Log, Record, Envelope, Record)
	put(t, q, made(Record, 3, start+86_500), 1) // the envelope of yesterday goes
	kinds(Record, Log, Log, Log, Record, Envelope, Record, Record)
	put(t, q, made(Record, 4, start+86_600), 1) // the log has more than a quarter
	kinds(Record, Log, Log, Record, Envelope, Record, Record, Record)
	put(t, q, made(Record, 5, start+86_700), 1) // a quarter is left to it
	kinds(Log, Log, Record, Envelope, Record, Record, Record, Record)
	if st, _ := q.Stats(); st.Dropped != 3 {
		t.Fatalf("%+v", st)
	}
}

func TestOldest(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	put(t, q, batch(1, 0, 20), 20)
	for _, tc := range []struct {
		after uint64
		n, b  int
		first uint32
		want  int
	}{{0, 5, 1 << 20, 0, 5}, {0, 100, 1 << 20, 0, 20}, {0, 100, 1000, 0, 5}, {0, 100, 199, 0, 0}, {7, 4, 1 << 20, 7, 4}, {20, 4, 1 << 20, 0, 0}, {1<<64 - 2, 4, 1 << 20, 0, 0}} {
		items, err := q.Oldest(tc.after, tc.n, tc.b)
		if err != nil || len(items) != tc.want || tc.want > 0 && items[0].Sequence != tc.first {
			t.Errorf("%+v: %d items, %v", tc, len(items), err)
		}
	}
}

func TestRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := open(t, path, Options{})
	put(t, q, made(Record, 0, start), 1)
	put(t, q, batch(2, 0, 4), 4)
	items, _ := q.Peek(10)
	if err := q.Settle([]Done{{Number: items[1].Number, Refused: true, Reason: 4}, {Number: items[2].Number}, {Number: 999}, {Number: 998, Refused: true}}); err != nil {
		t.Fatal(err)
	}
	waits(t, q, 0, 2, 3)
	if err := q.Settle([]Done{{Number: items[1].Number, Refused: true}, {Number: items[2].Number}}); err != nil { // the same again
		t.Fatal(err)
	}
	st, _ := q.Stats()
	kept, why, err := q.Refused()
	if err != nil || len(kept) != 1 || !bytes.Equal(kept[0].Bytes, items[1].Bytes) || why[0].Reason != 4 || st.Refused != 1 || st.Kept != 1 || st.Acked != 1 {
		t.Fatalf("%+v, %+v, %+v, %v", st, kept, why, err)
	}
	put(t, q, batch(2, 0, 1), 0) // it does not come back as new
	for i := range uint32(15) {  // seven days go by
		put(t, q, made(Record, 1+i, start+int64(i+1)*43_200), 1)
	}
	if st, _ := q.Stats(); st.Kept != 0 || st.Refused != 1 {
		t.Fatalf("after seven days: %+v", st)
	}
	for i := range uint32(MaxRefused + 10) {
		put(t, q, batch(3, i, 1), 1)
		it, _, _ := q.Newest()
		if err := q.Settle([]Done{{Number: it.Number, Refused: true, Reason: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	kept, _, _ = q.Refused()
	if st, _ := q.Stats(); st.Kept != MaxRefused || len(kept) != MaxRefused || kept[0].Sequence != 10 || st.Refused != MaxRefused+11 {
		t.Fatalf("%+v, %d from %d on", st, len(kept), kept[0].Sequence)
	}
}

func TestNumbersGoOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := open(t, path, Options{After: 41})
	put(t, q, batch(1, 0, 1), 1)
	if it, _, _ := q.Newest(); it.Number != 42 {
		t.Fatalf("number %d", it.Number)
	}
	q.Close()
	q = open(t, path, Options{After: 1000})
	put(t, q, batch(1, 1, 1), 1)
	if it, _, _ := q.Newest(); it.Number != 43 {
		t.Fatalf("number %d in a file that was there", it.Number)
	}
	if st, err := q.Stats(); err != nil || st.First != 41 || st.Put != 2 {
		t.Fatalf("%+v, %v", st, err)
	}
}

// TestLayouts has files that are sound but no queues of this version: they are kept aside. One in which
// nothing lies yet, after a power cut, is used.
func TestLayouts(t *testing.T) {
	whole := func(tx *bbolt.Tx) (err error) {
		for _, name := range buckets() {
			_, e := tx.CreateBucket([]byte(name))
			err = errors.Join(err, e)
		}
		return err
	}
	for what, do := range map[string]func(*bbolt.Tx) error{
		"nothing":    func(*bbolt.Tx) error { return nil },
		"state":      func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte(bucketState)); return err },
		"other":      func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("other")); return err },
		"no version": whole,
		"no marks": func(tx *bbolt.Tx) error {
			return errors.Join(whole(tx), set(tx, keyVersion, version), tx.DeleteBucket([]byte(bucketMarks)))
		},
		"earlier": func(tx *bbolt.Tx) error { return errors.Join(whole(tx), set(tx, keyVersion, version-1)) },
		"later":   func(tx *bbolt.Tx) error { return errors.Join(whole(tx), set(tx, keyVersion, version+1)) },
	} {
		path := filepath.Join(t.TempDir(), "q")
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: 4096})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(do); err != nil {
			t.Fatal(err)
		}
		db.Close()
		q := open(t, path, Options{})
		if what == "nothing" {
			if q.Aside != "" || q.Why != nil {
				t.Errorf("%s: set aside: %v", what, q.Why)
			}
		} else if _, err := os.Stat(q.Aside); err != nil || q.Why == nil {
			t.Errorf("%s: %q, %v: not set aside", what, q.Aside, err)
		}
		put(t, q, batch(1, 0, 1), 1)
	}
}

// TestNothingIsLost does random things and holds the queue against a plain list of what has to be in
// it: each item is put, then waits, is freed, refused or dropped, once.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "queue")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		o := Options{MaxRecords: rapid.IntRange(1, 40).Draw(t, "bound")}
		q, err := Open(filepath.Join(dir, "q"), o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { q.Close() }()
		next, at := map[Kind]uint32{}, int64(start)
		freed := map[uint64]bool{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "do") {
			case 0, 1:
				k := Kind(rapid.IntRange(1, 3).Draw(t, "kind"))
				at += rapid.Int64Range(-1000, 40_000).Draw(t, "later")
				back := min(next[k], rapid.Uint32Range(0, 5).Draw(t, "again"))
				items := batch(1, next[k]-back, int(back)+rapid.IntRange(0, 20).Draw(t, "new"))
				for i := range items {
					items[i].Kind, items[i].At = k, at
				}
				if n, err := q.Put(items); err != nil || n != len(items)-int(back) {
					t.Fatalf("%d new of %d with %d again, %v", n, len(items), back, err)
				}
				next[k] += uint32(len(items)) - back
			case 2:
				items, _ := q.Peek(rapid.IntRange(0, 10).Draw(t, "take"))
				var done []Done
				for _, it := range items {
					if rapid.Bool().Draw(t, "settled") {
						done = append(done, Done{it.Number, rapid.Bool().Draw(t, "refused"), 1})
						freed[it.Number] = true
					}
				}
				if err := q.Settle(done); err != nil {
					t.Fatal(err)
				}
			case 3:
				q.Close()
				if q, err = Open(filepath.Join(dir, "q"), o); err != nil || q.Aside != "" {
					t.Fatal(err, q.Why)
				}
			}
			st, err := q.Stats()
			items, perr := q.Peek(1000)
			if err != nil || perr != nil || st.Put != st.Acked+st.Refused+st.Dropped+st.Waiting || uint64(len(items)) != st.Waiting ||
				st.Waiting > uint64(o.MaxRecords) || st.Acked+st.Refused != uint64(len(freed)) || st.Put != uint64(next[1]+next[2]+next[3]) {
				t.Fatalf("%+v, %d wait, %d freed, %v, %v", st, len(items), len(freed), err, perr)
			}
			for _, it := range items {
				if freed[it.Number] {
					t.Fatalf("%d was freed and is back", it.Number)
				}
			}
		}
	})
}

func TestUsedFromSeveral(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	done := make(chan error)
	go func() {
		var first error
		for i := range uint32(100) {
			if _, err := q.Put(batch(1, i, 1)); err != nil && first == nil {
				first = err
			}
		}
		done <- first
	}()
	taken := 0
	for end := time.Now().Add(10 * time.Second); taken < 100 && time.Now().Before(end); {
		items, err := q.Oldest(0, 7, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		settle(t, q, items)
		taken += len(items)
	}
	if err := <-done; err != nil || taken != 100 {
		t.Fatalf("%d taken, %v", taken, err)
	}
}
