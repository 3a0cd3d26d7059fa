package intake_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
)

// held gives the signed records that the collector has of a device, in no special order.
func held(t *testing.T, c *collectortest.Collector, d *collectortest.Device, kind batch.Kind) (all [][]byte, late int) {
	t.Helper()
	err := c.Store.View(func(r store.Reader) error {
		chains, err := r.Chains(d.Name, kind)
		if err != nil {
			return err
		}
		for _, ch := range chains {
			err := r.Boot(d.Name, kind, ch.Scope, func(it store.Item) error {
				all = append(all, it.Signed)
				if it.Late {
					late++
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, late
}

func state(t *testing.T, c *collectortest.Collector, device string) (s store.State) {
	t.Helper()
	err := c.Store.View(func(r store.Reader) (err error) { s, err = r.State(device); return err })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// alarms of a device that were raised, each once.
func alarms(t *testing.T, c *collectortest.Collector, device string) (all []intake.Alarm) {
	t.Helper()
	for _, a := range intake.Alarms() {
		if state(t, c, device).Alarms[uint8(a)].Times > 0 {
			all = append(all, a)
		}
	}
	return all
}

func want(t *testing.T, got []batch.Verdict, reasons ...batch.Reason) {
	t.Helper()
	if have := collectortest.Reasons(got); !slices.Equal(have, reasons) {
		t.Errorf("verdicts %v, want %v", have, reasons)
	}
}

func start(t *testing.T, name string) (*collectortest.Collector, *collectortest.Device) {
	c, d := collectortest.New(t), collectortest.NewDevice(t, name, collectortest.Start())
	c.Enrol(d, false)
	return c, d
}

func TestStoredOnceAndSaidTwice(t *testing.T) {
	c, d := start(t, "door")
	a, b, e := d.Record(nil), d.Record(nil), d.Entry()
	got, _ := c.Take(d, a, b, e)
	want(t, got, 0, 0, 0)
	got, _ = c.Take(d, b, a, a, e)
	want(t, got, 0, 0, 0, 0)
	records, late := held(t, c, d, batch.Record)
	entries, _ := held(t, c, d, batch.Log)
	if len(records) != 2 || len(entries) != 1 || late != 0 || !bytes.Equal(entries[0], e) {
		t.Errorf("%d records, %d entries, %d late", len(records), len(entries), late)
	}
	if s := state(t, c, d.Name); s.Stored != 3 || s.Again != 4 || len(s.Alarms) != 0 || s.Newest.Number != 1 {
		t.Errorf("%+v", s)
	}
}

// Each of these is refused for its own reason, does not keep what stands beside it from being stored, and
// leaves nothing behind.
func TestRefused(t *testing.T) {
	other := collectortest.NewDevice(t, "other", collectortest.Start())
	stolen := collectortest.NewDevice(t, "door", collectortest.Start())
	stolen.Key = other.Key
	flip := func(b []byte, at int) []byte { b = bytes.Clone(b); b[at] ^= 1; return b }
	for name, tc := range map[string]struct {
		make func(d *collectortest.Device) []byte
		why  batch.Reason
	}{
		"nothing signed":            {func(*collectortest.Device) []byte { return []byte{1, 2, 3} }, batch.Form},
		"a bit of the signature":    {func(d *collectortest.Device) []byte { b := d.Record(nil); return flip(b, len(b)-1) }, batch.Signature},
		"a bit of the counts":       {func(d *collectortest.Device) []byte { b := d.Record(nil); return flip(b, len(b)/2) }, batch.Signature},
		"cut off":                   {func(d *collectortest.Device) []byte { b := d.Record(nil); return b[:len(b)-1] }, batch.Form},
		"a byte behind":             {func(d *collectortest.Device) []byte { return append(d.Record(nil), 0) }, batch.Form},
		"the name with another key": {func(*collectortest.Device) []byte { return stolen.Record(nil) }, batch.Signature},
		"another device's":          {func(*collectortest.Device) []byte { return other.Record(nil) }, batch.Signature},
		"its key, another's name": {func(d *collectortest.Device) []byte {
			return d.Record(func(r *record.Record) { r.Device = "other" })
		}, batch.Device},
		"its key, another's name, log": {func(d *collectortest.Device) []byte {
			e := *d
			liar := collectortest.NewDevice(t, "other", d.At)
			liar.Key = e.Key
			liar.Reboot()
			return liar.Entry()
		}, batch.Device},
		"drawn people": {func(d *collectortest.Device) []byte {
			return d.Record(func(r *record.Record) { r.Simulated, r.Camera.Driver = true, "sim" })
		}, batch.Simulated},
		"older than what is kept": {func(d *collectortest.Device) []byte {
			return d.Record(func(r *record.Record) { r.From, r.To = r.From-401*86400, r.To-401*86400 })
		}, batch.Time},
	} {
		t.Run(name, func(t *testing.T) {
			c, d := start(t, "door")
			good := d.Record(nil)
			bad := tc.make(d)
			b := d.Pack(good, bad)
			if name == "another device's" || name == "nothing signed" || b.Items[1].Kind == batch.Envelope {
				b.Items[1].Kind = batch.Record
			}
			c.At = d.At
			got, _ := c.Open(b)
			want(t, got, 0, tc.why)
			records, _ := held(t, c, d, batch.Record)
			entries, _ := held(t, c, d, batch.Log)
			if len(records) != 1 || len(entries) != 0 || !bytes.Equal(records[0], good) {
				t.Errorf("%d records and %d entries are stored", len(records), len(entries))
			}
			if s := state(t, c, "door"); s.Refused[tc.why] != 1 || s.Stored != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// One flipped bit anywhere is never stored.
func TestEveryBit(t *testing.T) {
	c, d := start(t, "door")
	b := d.Record(nil)
	var refused int
	for at := 0; at < len(b)*8; at += 61 { // 61 shares no factor with 8, so all bits of bytes come up
		f := bytes.Clone(b)
		f[at/8] ^= 1 << (at % 8)
		p := d.Pack(b)
		p.Items[0].Bytes = f
		got, _ := c.Open(p)
		if got[0].Outcome != batch.Refused {
			t.Errorf("bit %d: %v", at, got)
		}
		refused++
	}
	if records, _ := held(t, c, d, batch.Record); len(records) != 0 || refused < 50 {
		t.Errorf("%d forged records are stored, of %d", len(records), refused)
	}
}

func TestStrangers(t *testing.T) {
	c, d := start(t, "door")
	nobody := collectortest.NewDevice(t, "nobody", d.At)
	send := func(from string, p *batch.Batch) error {
		b, err := batch.Encode(p)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Handle(from, b)
		return err
	}
	if err := send("other", d.Pack(d.Record(nil))); !errors.Is(err, intake.ErrStranger) {
		t.Error("under another name:", err)
	}
	if err := send("nobody", nobody.Pack(nobody.Record(nil))); !errors.Is(err, intake.ErrStranger) {
		t.Error("never enrolled:", err)
	}
	if err := send("", d.Pack(d.Record(nil))); err != nil {
		t.Error("a file of a device:", err)
	}
	if _, err := c.Handle("door", []byte("hello")); !errors.Is(err, intake.ErrMalformed) {
		t.Error("no batch:", err)
	}
	if err := enrol.Revoke(c.Dir, "door", c.At); err != nil {
		t.Fatal(err)
	}
	if err := send("door", d.Pack(d.Record(nil))); !errors.Is(err, intake.ErrStranger) {
		t.Error("revoked:", err)
	}
	if records, _ := held(t, c, d, batch.Record); len(records) != 1 {
		t.Errorf("%d records", len(records))
	}
}

// A new key is taken from then on, the old one no longer, and what the old one signed still opens.
func TestAnotherKey(t *testing.T) {
	c, d := start(t, "door")
	got, _ := c.Take(d, d.Record(nil), d.Entry())
	want(t, got, 0, 0)
	old := *d
	d.Key = collectortest.NewDevice(t, "spare", d.At).Key
	d.Forget()
	err := enrol.Admit(c.Dir, enrol.Device{Name: "door", Key: d.Key.Public().String(), Kind: "https", Renew: true}, nil, t.TempDir(), c.At)
	if err != nil {
		t.Fatal(err)
	}
	got, _ = c.Take(d, d.Record(nil), d.Entry(), old.Record(nil), old.Entry())
	want(t, got, 0, 0, batch.Signature, batch.Signature)
	if a := alarms(t, c, "door"); len(a) != 0 {
		t.Errorf("alarms %v", a)
	}
	reg, _, err := c.Reg.Device("door")
	if err != nil {
		t.Fatal(err)
	}
	all, _ := held(t, c, d, batch.Record)
	if len(all) != 2 {
		t.Errorf("%d records", len(all))
	}
	for _, b := range all {
		if _, err := intake.OpenRecord(&reg, &store.Item{Signed: b}); err != nil {
			t.Error(err)
		}
	}
}

func TestSimulated(t *testing.T) {
	for _, tc := range []struct{ collector, device, stored bool }{{false, false, false}, {true, false, false}, {false, true, false}, {true, true, true}} {
		c, d := collectortest.New(t), collectortest.NewDevice(t, "drawn", collectortest.Start())
		d.Simulated = tc.device
		c.Enrol(d, false)
		c.Simulated, d.Simulated = tc.collector, true
		got, _ := c.Take(d, d.Record(nil))
		if (got[0].Outcome == batch.Stored) != tc.stored || !tc.stored && got[0].Reason != batch.Simulated {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}

// full is a store that has no room, or loses what it was told.
type full struct {
	store.Store
	room, update error
}

func (f *full) Room() error { return f.room }
func (f *full) Update(g func(store.Writer) error) error {
	if f.update == nil {
		return f.Store.Update(g)
	}
	return f.Store.Update(func(w store.Writer) error { return errors.Join(g(w), f.update) })
}

// What is not durable is not acknowledged, and comes in whole later.
func TestNoRoom(t *testing.T) {
	c, d := start(t, "door")
	f := &full{Store: c.Store}
	c.Store = f
	p := d.Pack(d.Record(nil), d.Entry())
	b, err := batch.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []full{{room: store.ErrFull}, {update: store.ErrFull}, {update: errors.New("the disk is gone")}} {
		f.room, f.update = fault.room, fault.update
		if a, err := c.Handle("door", b); !errors.Is(err, intake.ErrUnavailable) || a != nil {
			t.Errorf("%v, %d bytes of an answer", err, len(a))
		}
	}
	f.room, f.update = nil, nil
	if all, _ := held(t, c, d, batch.Record); len(all) != 0 || state(t, c, "door").Stored != 0 {
		t.Error("something of a batch is there that was not acknowledged")
	}
	if _, err := c.Handle("door", b); err != nil {
		t.Error(err)
	}
	if all, _ := held(t, c, d, batch.Record); len(all) != 1 {
		t.Errorf("%d records", len(all))
	}
}

// The register cannot be read: the device should try again, and is not told to go away.
func TestRegisterBroken(t *testing.T) {
	c, d := start(t, "door")
	b, _ := batch.Encode(d.Pack(d.Record(nil)))
	if err := register.WriteFile(c.Reg.Path("devices/door.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Handle("door", b); !errors.Is(err, intake.ErrUnavailable) {
		t.Error(err)
	}
}

// Retention with a shifted clock: what is older goes, the rest stays, and what is gone is not taken again.
func TestRetention(t *testing.T) {
	c, d := start(t, "door")
	old := [][]byte{d.Record(nil), d.Record(nil), d.Entry()}
	c.Take(d, old...)
	d.At = d.At.Add(300 * 24 * time.Hour)
	young := d.Record(nil)
	c.Take(d, young)
	sweep := func(at time.Time) int {
		c.Until(at)
		n, err := c.Sweep()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := collectortest.Start().Add(2 * collectortest.Interval)
	if n := sweep(first.Add(c.Keep)); n != 0 {
		t.Errorf("%d items went at their last moment", n)
	}
	if n := sweep(first.Add(c.Keep + time.Millisecond)); n != 3 {
		t.Errorf("%d items went, want 3", n)
	}
	if all, _ := held(t, c, d, batch.Record); len(all) != 1 || !bytes.Equal(all[0], young) {
		t.Errorf("%d records stay", len(all))
	}
	got, _ := c.Open(d.Pack(append(old, young)...))
	want(t, got, batch.Time, batch.Time, batch.Time, 0)
	next := d.Record(nil)
	d.At = c.At
	got, _ = c.Open(d.Pack(next))
	want(t, got, 0)
	if a := alarms(t, c, "door"); len(a) != 0 {
		t.Errorf("alarms %v", a)
	}
}
