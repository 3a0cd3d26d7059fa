package intake_test

import (
	"errors"
	"slices"
	"testing"

	"tellijn/privacy/batch"
	"tellijn/privacy/room/message"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/intake"
)

// FuzzHandle looks for bytes that end the collector, that get no answer or error of its list, or that put
// something into the store which no device signed.
func FuzzHandle(f *testing.F) {
	c := collectortest.New(f)
	head, door := collectortest.NewDevice(f, "head", collectortest.Start()), collectortest.NewDevice(f, "door", collectortest.Start())
	head.Room, door.Room = "hall", "hall"
	c.Enrol(head, true)
	c.Enrol(door, false)
	var honest []string
	add := func(d *collectortest.Device, things ...[]byte) {
		b, err := batch.Encode(d.Pack(things...))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		for _, t := range things {
			honest = append(honest, string(t))
		}
	}
	add(head)
	add(door, door.Record(nil), door.Entry(), door.Tally("head", 1))
	add(head, head.Booked("door", 1, message.Bond{}), head.Record(nil), head.Record(nil))
	f.Add([]byte{0xa7})
	f.Fuzz(func(t *testing.T, b []byte) {
		answer, err := c.Handle("", b)
		if err != nil {
			if answer != nil || !errors.Is(err, intake.ErrMalformed) && !errors.Is(err, intake.ErrStranger) {
				t.Fatalf("%d bytes, %v", len(answer), err)
			}
			return
		}
		p, err := batch.Decode(b)
		if err != nil {
			t.Fatal("an answer to what is no batch")
		}
		verdicts, _ := collectortest.Read(t, c.Key.Public(), &p, answer)
		for i, v := range verdicts {
			signed := p.Items[i].Kind != batch.Envelope // the collector cannot tell whether a tally is real
			if v.Outcome == batch.Stored && signed && !slices.Contains(honest, string(p.Items[i].Bytes)) {
				t.Fatalf("item %d is stored, and nobody signed it", i)
			}
		}
	})
}
