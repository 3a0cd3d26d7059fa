package intake_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/store"
)

// A second item under a number is refused and kept as evidence, but not without end.
func TestFork(t *testing.T) {
	c, d := start(t, "door")
	twin := *d
	a := d.Record(nil)
	got, _ := c.Take(d, a, d.Entry())
	want(t, got, 0, 0)
	b := twin.Record(func(r *record.Record) { r.Coverage = 7 })
	twin.At = twin.At.Add(time.Second) // the log says it
	got, _ = c.Take(d, b, twin.Entry(), a, b)
	want(t, got, batch.Conflict, batch.Conflict, 0, batch.Conflict)
	if s := state(t, c, "door"); s.Alarms[uint8(intake.Forked)].Times != 3 || s.Stored != 2 || s.Suppressed != 0 {
		t.Errorf("%+v", s)
	}
	for n := range intake.MaxForks + 5 {
		twin = *collectortest.NewDevice(t, "door", collectortest.Start())
		c.Take(d, twin.Record(func(r *record.Record) { r.Uptime = uint32(5000 + n) }))
	}
	var kept []store.Item
	_ = c.Store.View(func(r store.Reader) (err error) { kept, err = r.Forks("door"); return err })
	if s := state(t, c, "door"); len(kept) != intake.MaxForks || s.Suppressed != 7 || !slices.ContainsFunc(kept, func(it store.Item) bool { return bytes.Equal(it.Signed, b) }) {
		t.Errorf("%d forks are kept, %d suppressed", len(kept), s.Suppressed)
	}
	if all, _ := held(t, c, d, batch.Record); len(all) != 1 || !bytes.Equal(all[0], a) {
		t.Errorf("%d records", len(all))
	}
}

// What does not fit is stored, since it is signed, and raises the alarm of its kind, and no other.
func TestAlarms(t *testing.T) {
	for name, tc := range map[string]struct {
		make func(d *collectortest.Device) [][]byte
		want intake.Alarm
	}{
		"a record names another before it": {func(d *collectortest.Device) [][]byte {
			return [][]byte{d.Record(nil), d.Record(func(r *record.Record) { r.Previous[0] ^= 1 })}
		}, intake.ChainBroken},
		"the same, the later one first": {func(d *collectortest.Device) [][]byte {
			a := d.Record(nil)
			return [][]byte{d.Record(func(r *record.Record) { r.Previous[0] ^= 1 }), a}
		}, intake.ChainBroken},
		"two boots go on from one record": {func(d *collectortest.Device) [][]byte {
			a := d.Record(nil)
			twin := *d
			d.Reboot()
			twin.Reboot()
			twin.Reboot()
			return [][]byte{a, d.Record(nil), twin.Record(nil)}
		}, intake.ChainSplit},
		"a boot goes on from the middle of another": {func(d *collectortest.Device) [][]byte {
			a := d.Record(nil)
			twin := *d
			twin.Reboot()
			return [][]byte{a, d.Record(nil), twin.Record(nil)}
		}, intake.ChainSplit},
		"no record before, but there are some": {func(d *collectortest.Device) [][]byte {
			a := d.Record(nil)
			d.Forget()
			return [][]byte{a, d.Record(nil)}
		}, intake.ChainRestart},
		"a shorter log": {func(d *collectortest.Device) [][]byte {
			d.Entry()
			d.Entry()
			a := d.Record(nil)
			return [][]byte{a, d.Record(func(r *record.Record) { r.Log.Entries--; r.Log.Head[0] ^= 1 })}
		}, intake.LogShrank},
		"another log than the one that came": {func(d *collectortest.Device) [][]byte {
			return [][]byte{d.Entry(), d.Record(func(r *record.Record) { r.Log.Head[0] ^= 1 })}
		}, intake.LogDiffers},
		"the same, the entry behind the record": {func(d *collectortest.Device) [][]byte {
			e := d.Entry()
			return [][]byte{d.Record(func(r *record.Record) { r.Log.Head[0] ^= 1 }), e}
		}, intake.LogDiffers},
		"two records speak of different logs that never came": {func(d *collectortest.Device) [][]byte {
			d.Entry()
			return [][]byte{d.Record(nil), d.Record(func(r *record.Record) { r.Log.Head[0] ^= 1 })}
		}, intake.LogDiffers},
		"an entry that follows another": {func(d *collectortest.Device) [][]byte {
			a := d.Entry()
			twin := collectortest.NewDevice(t, "door", d.At.Add(time.Hour))
			twin.Entry()
			return [][]byte{a, twin.Entry()}
		}, intake.LogBroken},
	} {
		t.Run(name, func(t *testing.T) {
			c, d := start(t, "door")
			things := tc.make(d)
			got, _ := c.Take(d, things...)
			want(t, got, make([]batch.Reason, len(things))...)
			if a := alarms(t, c, "door"); !slices.Equal(a, []intake.Alarm{tc.want}) {
				t.Errorf("alarms %q, want %q", a, tc.want)
			}
		})
	}
}

// What counts as verified ends before the first item that does not follow, whatever comes behind it.
func TestWholeEndsAtABreak(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}} {
		c, d := start(t, "door")
		all := [][]byte{d.Record(nil), d.Record(nil), d.Record(func(r *record.Record) { r.Previous[0] ^= 1 }), d.Record(nil)}
		for _, i := range order {
			c.Take(d, all[i])
		}
		_ = c.Store.View(func(r store.Reader) error {
			chains, err := r.Chains("door", batch.Record)
			if err != nil || len(chains) != 1 || chains[0].Whole != 2 || chains[0].Count != 4 {
				t.Errorf("%+v, %v", chains, err)
			}
			return nil
		})
	}
}

// A log that was wiped while the keys stayed begins at 1 again, which is taken already.
func TestWipedLog(t *testing.T) {
	c, d := start(t, "door")
	got, _ := c.Take(d, d.Entry(), d.Entry(), d.Record(nil))
	want(t, got, 0, 0, 0)
	d.Forget()
	got, _ = c.Take(d, d.Entry(), d.Record(nil))
	want(t, got, batch.Conflict, 0)
	if a := alarms(t, c, "door"); !slices.Contains(a, intake.Forked) || !slices.Contains(a, intake.ChainRestart) || !slices.Contains(a, intake.LogDiffers) {
		t.Errorf("alarms %q", a)
	}
}

// Whatever the order, however often, over however many boots: everything is there once, linked, without
// an alarm.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, d := start(t, fmt.Sprintf("door-%d", rapid.IntRange(0, 1<<20).Draw(rt, "name")))
		var all [][]byte
		for range rapid.IntRange(1, 4).Draw(rt, "boots") {
			for range rapid.IntRange(0, 3).Draw(rt, "entries") {
				all = append(all, d.Entry())
			}
			for range rapid.IntRange(1, 5).Draw(rt, "records") {
				all = append(all, d.Record(nil))
			}
			d.Reboot()
		}
		twice := rapid.SliceOfN(rapid.SampledFrom(all), 0, 10).Draw(rt, "twice")
		mixed := rapid.Permutation(append(slices.Clone(all), twice...)).Draw(rt, "order")
		for len(mixed) > 0 {
			n := rapid.IntRange(1, min(len(mixed), batch.MaxItems)).Draw(rt, "batch")
			got, _ := c.Take(d, mixed[:n]...)
			want(t, got, make([]batch.Reason, n)...)
			mixed = mixed[n:]
		}
		records, _ := held(t, c, d, batch.Record)
		entries, _ := held(t, c, d, batch.Log)
		have := append(records, entries...)
		slices.SortFunc(have, bytes.Compare)
		slices.SortFunc(all, bytes.Compare)
		if !slices.EqualFunc(have, all, bytes.Equal) {
			rt.Fatalf("%d items are there, want %d", len(have), len(all))
		}
		if a := alarms(t, c, d.Name); len(a) != 0 {
			rt.Fatalf("alarms %q", a)
		}
		_ = c.Store.View(func(r store.Reader) error {
			for _, kind := range []batch.Kind{batch.Record, batch.Log} {
				chains, _ := r.Chains(d.Name, kind)
				for _, ch := range chains {
					if ch.Whole != ch.Count || ch.Last+1 != intake.First(kind)+ch.Count {
						rt.Fatalf("kind %d: %+v", kind, ch)
					}
				}
			}
			return nil
		})
	})
}

func TestLate(t *testing.T) {
	c, d := start(t, "door")
	lateAfter := func(wait time.Duration, waiting int) bool {
		b := d.Pack(d.Record(nil))
		b.Waiting += uint64(waiting)
		c.At = d.At.Add(wait)
		before := state(t, c, d.Name).Late
		got, _ := c.Open(b)
		want(t, got, 0)
		_, stored := held(t, c, d, batch.Record)
		after := state(t, c, d.Name).Late
		if uint64(stored) != after {
			t.Errorf("%d records say late, the state says %d", stored, after)
		}
		return after > before
	}
	if lateAfter(intake.Intervals*collectortest.Interval, 50) {
		t.Error("late at its last moment")
	}
	if !lateAfter(intake.Intervals*collectortest.Interval+time.Second, 0) {
		t.Error("not late a moment after it")
	}
	d.Clock = record.ClockUnknown
	d.Reboot()
	if lateAfter(time.Hour, 2) || !lateAfter(0, 3) {
		t.Error("without a clock, what waits behind it tells")
	}
	c, d = collectortest.New(t), collectortest.NewDevice(t, "drawn", collectortest.Start())
	d.Simulated, c.Simulated = true, true
	c.Enrol(d, false)
	if lateAfter(24*time.Hour, 2) || !lateAfter(0, 3) {
		t.Error("of drawn people, what waits behind it tells")
	}
}

// A clock that is set later tells the time of what came before, in that boot only, and changes nothing
// that was signed.
func TestTimes(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {3, 0, 4, 1, 2}} {
		c, d := start(t, "door")
		shift := -40 * 24 * time.Hour // that is how wrong the clock is before somebody tells it
		wrong := func(r *record.Record) {
			r.Clock, r.From, r.To = record.ClockUnknown, r.From+int64(shift/time.Second), r.To+int64(shift/time.Second)
		}
		elsewhere := d.Record(wrong)
		d.Reboot()
		all := [][]byte{elsewhere, d.Record(wrong), d.Record(wrong), d.Record(nil), d.Record(nil)}
		for _, i := range order {
			got, _ := c.Take(d, all[i])
			want(t, got, 0)
		}
		reg, _, _ := c.Reg.Device("door")
		_ = c.Store.View(func(r store.Reader) error {
			chains, _ := r.Chains("door", batch.Record)
			seen := 0
			for _, ch := range chains {
				_ = r.Boot("door", batch.Record, ch.Scope, func(it store.Item) error {
					rec, err := intake.OpenRecord(&reg, &it)
					if err != nil {
						t.Error(err)
					}
					seen++
					from, to, corrected := intake.Times(&rec, &ch)
					place := slices.IndexFunc(all, func(b []byte) bool { return bytes.Equal(b, it.Signed) })
					if place < 0 {
						t.Error("a record was changed")
					}
					truth := collectortest.Start().Add(time.Duration(place+1) * collectortest.Interval)
					switch {
					case place == 0:
						if corrected || to != truth.Add(shift).Unix() {
							t.Error("another boot's clock was used")
						}
					case corrected != (place < 3) || to != truth.Unix() || to-from != int64(collectortest.Interval/time.Second):
						t.Errorf("order %v: record %d from %d to %d, corrected %v, want %d", order, place, from, to, corrected, truth.Unix())
					}
					return nil
				})
			}
			if seen != len(all) {
				t.Errorf("%d records", seen)
			}
			return nil
		})
	}
}
