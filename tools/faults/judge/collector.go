package judge

import (
	"bytes"
	"fmt"
	"path/filepath"

	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/report"
	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
	"tellijn/tools/faults/site"
)

// Held is what the collector has of a device.
type Held struct {
	Records, Entries int
	Steps            int // of the clock, as its log says, with those that it only counted
	Refused          uint64
	Again            uint64
	items            map[string]int
}

// Collector reads the store of a collector that does not run, and tells everything that is wrong with it.
func Collector(s *site.Site) (held map[string]*Held, wrong []error) {
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf("judge: "+format, args...)) }
	reg, err := register.Open(s.Collector.Dir)
	if err != nil {
		return nil, []error{err}
	}
	db, err := bolt.Open(filepath.Join(s.Collector.Dir, register.StoreFile), bolt.Options{Read: true})
	if err != nil {
		return nil, []error{err}
	}
	defer db.Close()
	if err := db.Check(); err != nil {
		fail("%w", err)
	}
	devices, err := reg.Devices()
	if err != nil {
		return nil, []error{err}
	}
	held = map[string]*Held{}
	err = db.View(func(r store.Reader) error {
		var said bytes.Buffer
		v, err := report.Verify(&said, r, devices)
		if err != nil || v.Faults > 0 || v.Missing > 0 {
			fail("the store: %d faults, %d missing: %v\n%s", v.Faults, v.Missing, err, said.String())
		}
		for _, d := range s.Devices {
			h, err := of(r, d)
			if err != nil {
				fail("%s: %w", d.Name, err)
				continue
			}
			held[d.Name] = h
			state, err := r.State(d.Name)
			if err != nil {
				return err
			}
			for a, n := range state.Alarms {
				fail("%s: alarm %q, %d times", d.Name, intake.Alarm(a), n.Times)
			}
			if state.Dropped > 0 {
				fail("%s: its queue pushed out %d items", d.Name, state.Dropped)
			}
			for _, n := range state.Refused {
				h.Refused += n
			}
			h.Again = state.Again
			forks, err := r.Forks(d.Name)
			if err != nil || len(forks) > 0 {
				fail("%s: %d items under one name with others, %v", d.Name, len(forks), err)
			}
		}
		return nil
	})
	if err != nil {
		fail("%w", err)
	}
	return held, wrong
}

// of reads all items of a device, each of which its own key has to have signed.
func of(r store.Reader, d *site.Device) (*Held, error) {
	h := &Held{items: map[string]int{}}
	for _, kind := range [...]batch.Kind{batch.Record, batch.Log} {
		chains, err := r.Chains(d.Name, kind)
		if err != nil {
			return nil, err
		}
		for _, c := range chains {
			err := r.Boot(d.Name, kind, c.Scope, func(it store.Item) error {
				h.items[string(it.Signed)]++
				if kind == batch.Record {
					h.Records++
					_, err := record.Open(d.Key, it.Signed)
					return err
				}
				h.Entries++
				e, err := devicelog.Open(d.Key, it.Signed)
				switch ev := e.Event(); {
				case err == nil && ev.Kind == devicelog.ClockStep:
					h.Steps++
				case err == nil && ev.Kind == devicelog.LeftOut && ev.A == int32(devicelog.ClockStep):
					h.Steps += int(ev.B)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return h, nil
}

// Has tells why something that a device signed is not in the collector once, byte for byte.
func (h *Held) Has(what string, signed []byte) error {
	if n := h.items[string(signed)]; n != 1 {
		return fmt.Errorf("judge: %s is %d times in the collector, want once", what, n)
	}
	return nil
}
