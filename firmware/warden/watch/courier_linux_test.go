package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/ledger"
	"tellijn/hal/power"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
)

// next has the next courier play something.
func next(t *testing.T, what string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(os.Getenv(courierDir), what), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// entries are the events in the log of the device.
func (r *rig) entries() (all []devicelog.Event) {
	r.t.Helper()
	if err := r.clerk.Flush(); err != nil {
		r.t.Fatal(err)
	}
	_ = r.file.View(func(tx *ledger.Tx) error {
		for _, e := range tx.Entries(1, 1000) {
			one, err := devicelog.Open(r.s.Clerk.Desk.Key.Public(), e.Bytes)
			if err != nil {
				r.t.Fatal(err)
			}
			all = append(all, one.Event())
		}
		return nil
	})
	return all
}

// TestDeaf has a courier that gives receipts for all that it will ever get, and reads nothing of it. What does
// not fit into the pipe must not stop the warden: the courier is ended, and counting goes on.
func TestDeaf(t *testing.T) {
	r := begin(t, counts, power.None{})
	const more = 200 // of about a KB each: more than a pipe holds
	if err := r.file.Update(func(tx *ledger.Tx) error {
		for n := range uint32(more) {
			_ = tx.Add(ledger.Item{Kind: clerk.Envelope, Boot: [16]byte{9}, Sequence: n, Bytes: make([]byte, handoff.MaxEnvelope)})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	next(t, deaf)
	r.s.Made, r.s.Aside, r.s.Renewed = true, true, true
	err := r.run(func(n *notes) bool { return strings.Count(n.said(), "Loaded   queue: ") == 2 })
	if err != nil || !strings.Contains(r.told.said(), "the courier does not read what it says it has, and is ended") {
		t.Errorf("%v\n%s", err, r.told.said())
	}
	kinds := r.told.kinds()
	if n := slices.Index(kinds, devicelog.EyeEnded); n < slices.Index(kinds, devicelog.CourierEnded) || r.book.Totals[0].Forward == 0 {
		t.Errorf("counting did not go on: %v, %+v", kinds, r.book.Totals)
	}
	// A new file system, a new ledger and new keys are told to the log as well.
	in := r.entries()
	for _, kind := range []devicelog.Kind{devicelog.KeyMade, devicelog.LedgerAside, devicelog.DataAside, devicelog.CourierEnded} {
		if !slices.ContainsFunc(in, func(e devicelog.Event) bool { return e.Kind == kind }) {
			t.Errorf("not in the log: %v", devicelog.Event{Kind: kind})
		}
	}
	r.entered()
}

// TestMute has a courier that takes all and gives no receipt for longer than it may.
func TestMute(t *testing.T) {
	r := begin(t, counts, power.None{})
	r.eye.due = time.Hour // no eye in this test
	next(t, mute)
	r.startCourier()
	hear := func() {
		t.Helper()
		select {
		case a := <-r.courier.heard:
			r.receive(a)
		case <-time.After(20 * time.Second):
			t.Fatalf("the courier says nothing\n%s", r.told.said())
		}
	}
	hear() // hello
	r.emit(devicelog.HeadAway, 0, 0)
	r.tick() // writes and sends that
	if len(r.courier.flight) == 0 || strings.Contains(r.told.said(), "no receipt") {
		t.Fatalf("%d items on their way\n%s", len(r.courier.flight), r.told.said())
	}
	r.courier.sign -= stuck + time.Second
	r.tick()
	hear() // its end
	if e := r.told.events[len(r.told.events)-1]; r.courier.child != nil || e.Kind != devicelog.CourierEnded || e.B != int32(syscall.SIGKILL) {
		t.Errorf("%v", e)
	}
	if !strings.Contains(r.told.said(), "the courier gave no receipt for 1m0s and is ended") {
		t.Error(r.told.said())
	}
	r.courier.due = 0
	r.tick() // another one
	hear()
	r.tick()
	if len(r.courier.flight) == 0 {
		t.Error("nothing is sent to the next courier")
	}
	for len(r.courier.flight) > 0 {
		hear()
	}
	r.endCourier()
}

// TestReceipts has each thing that a courier says: what it has, what is lost, refused and forged. All of it
// reaches the log, and what is lost the next record.
func TestReceipts(t *testing.T) {
	r := begin(t, counts, power.None{})
	// What the queue lost and was refused before this start was told then.
	r.receive(answer{b: handoff.Back{Kind: handoff.Hello, Dropped: 1, Refused: 2}})
	if len(r.told.events) != 0 {
		t.Errorf("%v", r.told.events)
	}
	r.courier.flight, r.courier.records = []uint64{1, 2, 3}, map[uint64]bool{1: true, 2: false, 3: true}
	r.receive(answer{b: handoff.Back{Kind: handoff.Stored, Upto: 1, Dropped: 1, Refused: 2}})
	if !slices.Equal(r.courier.flight, []uint64{2, 3}) || r.stored != 1 {
		t.Errorf("one receipt leaves %v on their way; %d records stored", r.courier.flight, r.stored)
	}
	r.receive(answer{b: handoff.Back{Kind: handoff.Held, Dropped: 4, Refused: 7, Failed: 2}})
	r.receive(answer{b: handoff.Back{Kind: handoff.Held, Dropped: 4, Refused: 7, Failed: 2}}) // nothing new
	r.receive(answer{b: handoff.Back{Kind: handoff.Inward, Envelope: []byte("from nobody")}})
	want := []devicelog.Event{{Kind: devicelog.QueueDropped, A: 3}, {Kind: devicelog.AuthFailed, A: devicelog.FromServer},
		{Kind: devicelog.QueueDropped, A: 5, B: 1}, {Kind: devicelog.AuthFailed, A: devicelog.FromDoor}}
	if got := r.entries(); !slices.Equal(got, want) {
		t.Errorf("the log says %v, want %v", got, want)
	}
	for _, words := range []string{"it pushed out 3 of its oldest records", "the collector refused 5 items for good"} {
		if strings.Count(r.told.said(), words) != 1 {
			t.Errorf("not said: %s\n%s", words, r.told.said())
		}
	}
	r.count(0)
	told, err := record.Open(r.s.Clerk.Desk.Key.Public(), r.clerk.Told)
	if err != nil || told.Lost != 4 {
		t.Errorf("%v, the record says that %d are lost, want 4", err, told.Lost)
	}
}
