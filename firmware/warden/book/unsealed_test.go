package book

import (
	"testing"
	"time"

	"tellijn/privacy/record"
)

// TestManyUnsealed lets more frames wait for a time than a record has room to count: the people are
// all in the record all the same.
func TestManyUnsealed(t *testing.T) {
	b, err := New(setup(false), time.Unix(100, 0))
	if err != nil {
		t.Fatal(err)
	}
	b.Eye([32]byte{1})
	const each, times = 30_000_000, 4
	for n := range uint32(times) {
		m := second(n, 7)
		m.Tally.To, m.Tally.Cycles, m.Tally.Damaged = m.Tally.From+each, each, each
		if _, err := b.Add(m, time.Unix(100+int64(n+1)*60, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if b.Unsealed < 2 {
		t.Fatalf("%d unsealed, want an interval each minute of 1970", b.Unsealed)
	}
	rs := decode(t, append(b.Tick(noon.Add(2*time.Minute)), b.Finish(noon.Add(3*time.Minute))...))
	if len(rs) == 0 || rs[0].Lines[0].Forward != 7*times || rs[0].Coverage.Cycles != record.MaxFrames || rs[0].Damaged != record.MaxFrames {
		t.Errorf("%+v, %v", rs, b.Why)
	}
}

// A last interval that has no record is not forgotten without a word.
func TestUnsealedAtTheEnd(t *testing.T) {
	b, err := New(setup(false), time.Unix(100, 0))
	if err != nil {
		t.Fatal(err)
	}
	b.Eye([32]byte{1})
	if _, err := b.Add(second(0, 1), time.Unix(101, 0)); err != nil {
		t.Fatal(err)
	}
	if out := b.Finish(time.Unix(102, 0)); len(out) != 0 || b.Unsealed != 1 || b.Why == nil {
		t.Errorf("%d records, %d unsealed, %v", len(out), b.Unsealed, b.Why)
	}
}
