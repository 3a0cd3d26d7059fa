package crash

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards/card"
	"tellijn/privacy/record"
	"tellijn/tools/rig/crash/states"
	"tellijn/tools/rig/disk"
)

// journal is the folder of one: a card with the data file system of a device, and a few writes to it that change
// nothing, behind notes of all that the collector has.
func (d *device) journal() string {
	d.t.Helper()
	d.must(errors.Join(d.ledger.Close(), d.queue.Close()))
	dir := d.t.TempDir()
	image, err := os.ReadFile(d.image(d.t.TempDir()))
	d.must(err)
	f, err := os.Create(filepath.Join(dir, disk.BaseFile))
	d.must(err)
	_, err = f.WriteAt(image, card.Data().Start)
	d.must(errors.Join(err, f.Truncate(card.Size), f.Close()))
	b := []byte("tellijn card journal 1\n")
	put := func(kind byte, offset int64, data []byte) {
		b = append(b, kind, 0)
		b = binary.BigEndian.AppendUint64(b, uint64(offset))
		b = binary.BigEndian.AppendUint64(b, 0)
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(data))), data...)
	}
	for range d.records {
		put(disk.Note, 0, []byte("record 1 of d"))
	}
	for range d.entries {
		put(disk.Note, 0, []byte("log entry 1: x"))
	}
	for n := range int64(4) {
		at := (n%2 + 2) * blockOf
		put(disk.Write, card.Data().Start+at, image[at:at+blockOf])
		if n == 1 {
			put(disk.Flush, 0, nil)
		}
	}
	d.must(os.WriteFile(filepath.Join(dir, disk.JournalFile), b, 0o600))
	return dir
}

// TestReplay looks at all states of a run in which nothing is lost, and of the same one before a collector that has a
// record more.
func TestReplay(t *testing.T) {
	for _, forgotten := range []bool{false, true} {
		d := life(t)
		if forgotten {
			r := d.records[2]
			r.Sequence, r.Previous = 99, record.Hash{1}
			d.records = append(d.records, r)
		}
		run, err := states.Load(d.journal(), d.records, d.entries)
		d.must(err)
		all := run.States(12, 1)
		res, err := Replay(t.Context(), run, all)
		d.must(err)
		if len(all) < 8 || len(res.Found) < len(all) || res.Lossy() == 0 || res.Figures.Writes != 4 {
			t.Errorf("%d states, %d found, %d lossy, %+v", len(all), len(res.Found), res.Lossy(), res.Figures)
		}
		if forgotten {
			bad := res.Bad(2)
			if res.Good() > 0 || len(bad) != 2 || !strings.Contains(bad[0].Err.Error(), "FORGOTTEN") {
				t.Errorf("%d of %d good, %v", res.Good(), len(res.Found), bad)
			}
			continue
		}
		for _, b := range res.Bad(3) {
			t.Errorf("%v: %v", b.State, b.Err)
		}
	}
}

// TestUgliest takes one of each class before two of any, and none that is good by itself or has no ledger.
func TestUgliest(t *testing.T) {
	at := 0
	f := func(head, journal bool, commits ...string) Found {
		at++
		return Found{State: states.State{At: at}, Floor: Floor{Ledger: true}, Marks: states.Marks{Head: head, Journal: journal, Commits: commits}}
	}
	r := &Result{Found: []Found{f(false, false), f(true, false), f(true, false), f(true, false), f(false, true), f(false, true, "record half"), f(true, true)}}
	r.Found[6].Floor.Ledger = false
	var got []string
	for _, u := range r.Ugliest(5) {
		got = append(got, u.Class())
	}
	want := "commit of the file system damaged, record half | commit of the file system damaged | head of ledger or queue damaged | head of ledger or queue damaged | head of ledger or queue damaged"
	if s := strings.Join(got, " | "); s != want {
		t.Errorf("%s", s)
	}
	if n := len(r.Ugliest(2)); n != 2 {
		t.Errorf("%d, want 2", n)
	}
}
