package hostile

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/collectortest"
)

// real is a client of a real collector without a network.
type real struct {
	*collectortest.Collector
	as string // the name in the certificate
}

func (c real) Send(body []byte) ([]byte, error) {
	answer, err := c.Handle(c.as, body)
	if err != nil {
		return nil, nil
	}
	return answer, nil
}

// gullible is a collector that believes everything, or, when strict, nothing.
type gullible struct {
	key    sign.Key
	strict bool
	seen   [][]byte
}

func (g *gullible) Send(body []byte) ([]byte, error) {
	g.seen = append(g.seen, body)
	b, err := batch.Decode(body)
	if err != nil {
		b = batch.Batch{Device: "north", Number: batch.Number{1}}
	}
	r := batch.Receipt{Version: batch.Version, Device: b.Device, Number: b.Number, Verdicts: make([]batch.Verdict, len(b.Items)), At: 1_795_330_800, Batch: batch.DigestOf(body)}
	for i := range r.Verdicts {
		if g.strict {
			r.Verdicts[i] = batch.Verdict{Outcome: batch.Refused, Reason: batch.Other}
		}
	}
	s, err := batch.SealReceipt(g.key, &r)
	if err != nil {
		return nil, err
	}
	return batch.EncodeAnswer(&batch.Answer{Receipt: s})
}

// world is a collector with two devices that have sent something.
func world(t *testing.T) (c *collectortest.Collector, north, south *collectortest.Device, v *Victim) {
	c = collectortest.New(t)
	var all []*collectortest.Device
	var pasts []*Past
	for _, name := range []string{"north", "south"} {
		d := collectortest.NewDevice(t, name, collectortest.Start())
		d.Room = "hall"
		c.Enrol(d, name == "north")
		past := &Past{Device: name, Receipts: c.Key.Public()}
		for range 3 {
			body, err := batch.Encode(d.Pack(d.Record(nil), d.Entry()))
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := real{c, name}.Send(body)
			past.Note(body, answer)
		}
		if len(past.Stored()) != 6 {
			t.Fatalf("%d items known to be stored, want 6", len(past.Stored()))
		}
		all, pasts = append(all, d), append(pasts, past)
	}
	return c, all[0], all[1], &Victim{Past: pasts[0], Key: all[0].Key.Public(), Other: pasts[1]}
}

// No theft works with a real collector, and each that should fail is noticed when it works.
func TestThefts(t *testing.T) {
	c, _, _, v := world(t)
	for theft := Replayed; theft <= StrangeMail; theft++ {
		for choose := range uint32(20) {
			if met, err := v.Steal(theft, real{c, "north"}, choose<<24|choose*7919); err != nil || met == "" {
				t.Errorf("theft %d: %q, %v", theft, met, err)
			}
		}
		g := &gullible{key: c.Key, strict: theft == Replayed || theft == Backwards}
		if met, err := v.Steal(theft, g, 5); !errors.Is(err, ErrBelieved) {
			t.Errorf("theft %d that worked: %q, %v", theft, met, err)
		}
	}
	if s := c.State("north"); s.Stored != 6 || len(s.Alarms) != 0 {
		t.Errorf("%+v", s)
	}
	if _, err := v.Steal(Replayed, away{}, 1); !errors.Is(err, ErrAway) {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := (&Victim{Past: &Past{}}).Steal(Replayed, real{c, "north"}, 1); !errors.Is(err, ErrQuiet) {
		t.Errorf("nothing known: %v", err)
	}
}

type away struct{}

func (away) Send([]byte) ([]byte, error) { return nil, ErrAway }

// exchange lets a device of the relay send until it has an answer that it believes, and tells how many it
// did not.
func exchange(t *testing.T, r *Relay, d *collectortest.Device, things ...[]byte) (not int) {
	t.Helper()
	for range 10 {
		b := d.Pack(things...)
		body, err := batch.Encode(b)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.read(body, r.exchange(body)); err == nil {
			return not
		}
		not++
	}
	t.Fatal("never an answer that is one")
	return not
}

// Each trick strikes, what it alters is no answer for the device, and in the end everything is stored.
func TestTricks(t *testing.T) {
	c, d, _, v := world(t)
	r := &Relay{Past: v.Past, to: real{c, "north"}}
	fools := map[Trick]bool{Withheld: true, Late: true, Reversed: true, CutShort: true, Fewer: true, BentBatch: true, BentItem: true,
		Exchanged: true, OldAnswer: true, Forged: true, BentAnswer: true, ShortAnswer: true}
	for trick := Twice; trick <= Letters; trick++ {
		out := make(chan outcome, 1)
		go func() {
			met, err := r.Play(trick, 1_234_577, 5*time.Second)
			out <- outcome{met, err}
		}()
		for armed := false; !armed; time.Sleep(time.Millisecond) {
			r.mu.Lock()
			armed = r.trick != nil
			r.mu.Unlock()
		}
		not := exchange(t, r, d, d.Record(nil), d.Entry())
		if o := <-out; o.err != nil || o.met == "" || (not > 0) != fools[trick] {
			t.Errorf("trick %d: %q, %v; %d answers were none", trick, o.met, o.err, not)
		}
	}
	if s := c.State("north"); s.Stored != 6+2*uint64(Letters+1) || len(s.Alarms) != 0 {
		t.Errorf("%+v", s)
	}
	if _, err := r.Play(Twice, 1, time.Millisecond); !errors.Is(err, ErrQuiet) {
		t.Errorf("with nobody there: %v", err)
	}
}

// A collector that takes what was bent, or not what came twice, is noticed.
func TestTricksThatWork(t *testing.T) {
	c, d, _, v := world(t)
	for trick, g := range map[Trick]*gullible{CutShort: {key: c.Key}, BentItem: {key: c.Key}, Twice: {key: c.Key, strict: true}} {
		p := &played{trick: trick, choose: 99, met: make(chan outcome, 1)}
		body, err := batch.Encode(d.Pack(d.Record(nil), d.Entry()))
		if err != nil {
			t.Fatal(err)
		}
		_, done := p.play(&Relay{Past: v.Past, to: g}, body)
		if o := <-p.met; !done || o.err == nil || trick != Twice && !errors.Is(o.err, ErrBelieved) {
			t.Errorf("trick %d: %v", trick, o.err)
		}
		sent := g.seen[len(g.seen)-1]
		if trick != Twice && bytes.Equal(sent, body) {
			t.Errorf("trick %d: nothing was altered", trick)
		}
	}
	if !strings.Contains(ErrBelieved.Error(), "BELIEVED") {
		t.Error("a violation that does not stand out")
	}
}
