package leaving

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
)

// enrolled is what an operator let in.
type enrolled map[string]register.Device

func (e enrolled) Device(name string) (register.Device, bool, error) {
	d, ok := e[name]
	return d, ok, nil
}

// entered is what became of what was given to a collector.
type entered struct {
	good, stored int
	bad, refused int
	let          []string // what should have been refused
	strangers    int      // batches that were not taken at all, of three
	receipts     int      // receipts of another key that a device took
	tried        int      // receipts
}

// enter gives a collector with its store in dir the records of a device, and everything false that can be
// made of them.
func enter(dir string, d *device) (e entered, err error) {
	s, err := bolt.Open(filepath.Join(dir, "store.db"), bolt.Options{})
	if err != nil {
		return e, err
	}
	defer s.Close()
	key := sign.NewKey([32]byte{9})
	listed := func(p sign.Public) register.Device {
		return register.Device{Name: d.setup.Device, Keys: []register.Key{{Public: p.String()}}}
	}
	let := enrolled{d.setup.Device: listed(d.setup.Key.Public())}
	in := &intake.Intake{Devices: let, Store: s, Key: key, Keep: 400 * 24 * time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Now: func() time.Time { return time.Unix(monday, 0).Add(days * 24 * time.Hour) }}
	give := func(from string, items ...[]byte) ([]batch.Verdict, []byte, error) {
		return give(in, key, d.setup.Device, from, items)
	}
	good := d.signed[:40]
	for _, items := range [][][]byte{good, good} { // the second time everything is there already
		all, signed, err := give(d.setup.Device, items...)
		if err != nil {
			return e, err
		}
		for _, v := range all {
			if e.good++; v.Outcome == batch.Stored {
				e.stored++
			}
		}
		// A device takes no receipt of another key.
		e.tried++
		if _, err := batch.OpenReceipt(sign.NewKey([32]byte{10}).Public(), signed); err == nil {
			e.receipts++
		}
	}
	for name, items := range forgeries(d) {
		all, _, err := give(d.setup.Device, items...)
		if err != nil {
			return e, fmt.Errorf("%s: %w", name, err)
		}
		for _, v := range all {
			if e.bad++; v.Outcome == batch.Refused {
				e.refused++
			} else {
				e.let = append(e.let, name)
			}
		}
	}
	for _, from := range []string{"south-door", "", d.setup.Device} { // other certificate, no certificate, revoked
		if from == d.setup.Device {
			gone := listed(d.setup.Key.Public())
			gone.Revoked = true
			let[from] = gone
		}
		in := in
		if from == "" { // nothing proves who sends: then no device of that name may be there
			in = &intake.Intake{Devices: enrolled{}, Store: s, Key: key, Keep: in.Keep, Log: in.Log, Now: in.Now}
		}
		if _, _, err := takes(in, key, d.setup.Device, from, good[:1]); err != nil {
			e.strangers++
		}
	}
	return e, s.View(func(r store.Reader) error {
		state, err := r.State(d.setup.Device)
		if err == nil && state.Stored != uint64(len(good)) {
			e.let = append(e.let, fmt.Sprintf("%d of %d stored in the end", state.Stored, len(good)))
		}
		return err
	})
}

// forgeries are things that no honest device says.
func forgeries(d *device) map[string][][]byte {
	all := map[string][][]byte{}
	change := func(name string, key sign.Key, change func(*record.Record)) {
		r := d.records[50]
		r.Lines = slices.Clone(r.Lines)
		change(&r)
		if signed, err := record.Seal(key, &r); err == nil {
			all[name] = append(all[name], signed)
		}
	}
	own, other := d.setup.Key, sign.NewKey([32]byte{11})
	change("signed with another key", other, func(*record.Record) {})
	change("nobody real", own, func(r *record.Record) { r.Simulated, r.Camera.Driver = true, "sim" })
	change("in the name of another", own, func(r *record.Record) { r.Device = "south-door" })
	change("another record under a number", own, func(r *record.Record) {
		*r = d.records[3]
		r.Coverage = 7
	})
	good := d.signed[60]
	for n := range len(good) { // cut off anywhere, and each byte changed
		all["cut off"] = append(all["cut off"], good[:max(n, 1)])
		b := bytes.Clone(good)
		b[n] ^= 0x20
		all["changed"] = append(all["changed"], b)
	}
	all["with more behind"] = [][]byte{append(bytes.Clone(good), 0)}
	return all
}

// give hands items over in batches and collects what became of them, with the last receipt.
func give(in *intake.Intake, key sign.Key, device, from string, items [][]byte) (all []batch.Verdict, receipt []byte, err error) {
	for part := range slices.Chunk(items, batch.MaxItems) {
		v, signed, err := takes(in, key, device, from, part)
		if err != nil {
			return nil, nil, err
		}
		all, receipt = append(all, v...), signed
	}
	return all, receipt, nil
}

func takes(in *intake.Intake, key sign.Key, device, from string, items [][]byte) ([]batch.Verdict, []byte, error) {
	b := batch.Batch{Device: device, Number: batch.Number{1, byte(len(items))}, Waiting: uint64(len(items))}
	for _, it := range items {
		b.Items = append(b.Items, batch.Item{Kind: batch.Record, Bytes: it})
	}
	encoded, err := batch.Encode(&b)
	if err != nil {
		return nil, nil, err
	}
	answer, err := in.Handle(from, encoded)
	if err != nil {
		return nil, nil, err
	}
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		return nil, nil, err
	}
	r, err := batch.OpenReceipt(key.Public(), a.Receipt)
	if err == nil {
		err = r.Answers(&b)
	}
	return r.Verdicts, a.Receipt, err
}
