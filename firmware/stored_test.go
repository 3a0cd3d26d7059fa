package firmware_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"tellijn/firmware/queue"
	"tellijn/privacy/record"
)

// stored reads what is in the queue and checks every boot's sequence, and the chain through all.
func stored(t *testing.T, dir string) (out []record.Record) {
	t.Helper()
	q, err := queue.Open(filepath.Join(dir, "queue.db"), queue.Options{})
	if err != nil || q.Aside != "" {
		t.Fatalf("%v, set aside %q", err, q.Aside)
	}
	defer q.Close()
	if err := q.Check(); err != nil {
		t.Fatal(err)
	}
	items, err := q.Peek(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	var previous record.Hash
	var boot [16]byte
	next := uint32(0)
	for i, it := range items {
		r, err := record.Decode(it.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if r.Boot != boot {
			boot, next = r.Boot, 0
		}
		if r.Sequence != next || it.Sequence != next || !bytes.Equal(r.Previous[:], previous[:]) {
			t.Fatalf("record %d has sequence %d, want %d, and previous %x, want %x", i, r.Sequence, next, r.Previous[:4], previous[:4])
		}
		if !r.Simulated || !r.Unreleased || r.Camera.Kind != "camera" {
			t.Fatalf("record %d does not say what it is: %+v", i, r)
		}
		previous, next = record.HashOf(it.Bytes), next+1
		out = append(out, r)
	}
	return out
}

// sums adds up the first line, cycles and frames.
func sums(rs []record.Record) (forward, backward, cycles, expected uint32) {
	for _, r := range rs {
		forward += r.Lines[0].Forward
		backward += r.Lines[0].Backward
		cycles += r.Coverage.Cycles
		expected += r.Coverage.Expected
	}
	return
}
