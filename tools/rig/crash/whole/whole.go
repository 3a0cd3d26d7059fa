// Package whole boots a card that a power cut left (tools/rig/crash) in an emulated board, before a collector that has
// exactly what it had when the power went, and sees that the device goes on: nothing is set aside, everything that was
// on its way arrives, new records follow, and all of it verifies. It is for the rig, outside the data path.
package whole

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tellijn/boards/card"
	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/inject"
	"tellijn/tools/rig/boot"
	"tellijn/tools/rig/crash"
	"tellijn/tools/rig/crash/states"
	"tellijn/tools/rig/hear"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/receiver"
	"tellijn/tools/rig/segment"
)

// Options say what to boot.
type Options struct {
	Run    *states.Run
	Found  crash.Found // one with a ledger
	Device string      // its name
	Now    time.Time   // for everybody, if it is later than the newest record
	More   string      // further lines of the device's configuration
	Log    io.Writer   // gets the console
	Say    func(string)

	card    string
	key     sign.Public
	known   []batch.Item
	waiting int
}

// prepare makes the card and what the collector had.
func (o *Options) prepare(dir string) error {
	d, err := crash.Examine(o.Run, o.Found.State)
	if err != nil {
		return err
	}
	if !d.Ledger {
		return errors.New("whole: a device without keys")
	}
	o.card, o.key, o.waiting = filepath.Join(dir, "card.img"), d.Key.Public(), d.Waiting
	records, entries := o.Run.Known(o.Found.State.At)
	n, m := 0, 0
	for _, isRecord := range o.Run.Arrived(o.Found.State.At) {
		if isRecord {
			o.known = append(o.known, batch.Item{Kind: batch.Record, Bytes: d.Known[n]})
			if to := time.Unix(records[n].To, 0); to.After(o.Now) {
				o.Now = to
			}
			n++
		} else {
			o.known = append(o.known, batch.Item{Kind: batch.Log, Bytes: d.Entry(entries[m].Number)})
			m++
		}
	}
	o.Now = o.Now.Add(time.Hour)
	return o.Run.Card(o.Found.State, o.card)
}

// patience bounds one boot, in wall time: the computer may be busy with others.
const patience = 5 * time.Minute

// Boot boots the card and waits for everything that was on its way and two new records. It gives what it saw in a few
// words.
func Boot(ctx context.Context, o Options) (saw string, err error) {
	dir, err := os.MkdirTemp("", "whole") // short, for paths of sockets
	if err != nil {
		return "", fmt.Errorf("whole: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := o.prepare(dir); err != nil {
		return "", err
	}
	began := time.Now()
	now := func() time.Time { return o.Now.Add(time.Since(began)) }
	r, err := receiver.Start(filepath.Join(dir, "collector"), segment.Collector+":8443", now, o.Say)
	if err != nil {
		return "", err
	}
	defer r.Close()
	board, err := enrol(r, &o)
	if err != nil {
		return "", err
	}
	if err := tell(r, &o); err != nil {
		return "", err
	}
	wire := filepath.Join(dir, "wire")
	s, err := segment.Lay(wire, segment.Options{Doors: map[string]string{segment.Collector + ":8443": r.Address}, Now: now})
	if err != nil {
		return "", err
	}
	defer s.Close()
	m, err := boot.Boot(ctx, boot.Options{Board: board, Card: o.card, Keep: true, Wire: wire, Limit: patience + time.Minute, Say: o.Say,
		Clock: now().UTC().Format("2006-01-02T15:04:05")})
	if err != nil {
		return "", err
	}
	defer m.End()
	console := hear.New(o.Log)
	console.Live(true)
	go console.Listen(m.Lines())
	had, before := len(r.Records()), len(r.Events())
	late, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err = r.Await(late, func(all []record.Record, _ []devicelog.Entry) bool { return len(all) >= had+o.waiting+2 })
	saw = fmt.Sprintf("%d records before, %d on their way, %d after %v", had, o.waiting, len(r.Records()), time.Since(began).Round(time.Second))
	if err != nil {
		return saw, fmt.Errorf("whole: new records did not come: %w", err)
	}
	for _, e := range r.Events()[before:] {
		switch kind := e.Event().Kind; {
		case kind == devicelog.DataAside && o.Found.Aside: // that is what it has to do
			saw += ", the file system was set aside"
		case kind == devicelog.KeyMade, kind == devicelog.LedgerAside, kind == devicelog.QueueAside, kind == devicelog.DataAside:
			err = errors.Join(err, fmt.Errorf("whole: the device says: %v", e.Event()))
		}
	}
	m.Kill()
	_, bad := r.Verify()
	return saw, errors.Join(err, bad)
}

// enrol lets the device that is on the card into the new collector, by the key that it has.
func enrol(r *receiver.Receiver, o *Options) (board string, err error) {
	f, err := os.Open(o.card)
	if err != nil {
		return "", fmt.Errorf("whole: %w", err)
	}
	defer f.Close()
	p := install.Plan{Name: o.Device, More: o.More, From: o.Now.AddDate(0, 0, -1), Until: o.Now.AddDate(0, 0, 30)}
	if p.Board, err = inject.BoardOf(f); err != nil {
		return "", err
	}
	p.Enrol = func(device string, _ sign.Public, simulated bool) (map[string][]byte, error) {
		return r.Enrol(device, o.key, simulated)
	}
	d, err := install.Make(p)
	if err != nil {
		return "", err
	}
	delete(d.Files, card.Keys) // it has its own
	return p.Board.Name, install.Put(o.card, d.Files)
}

// most items go into one batch.
const most = 20

// tell gives the collector what it had.
func tell(r *receiver.Receiver, o *Options) error {
	for items := o.known; len(items) > 0; {
		n := min(len(items), most)
		b := batch.Batch{Device: o.Device, Items: items[:n]}
		if _, err := rand.Read(b.Number[:]); err != nil {
			return fmt.Errorf("whole: %w", err)
		}
		encoded, err := batch.Encode(&b)
		if err != nil {
			return err
		}
		if _, err := r.Handle(o.Device, encoded); err != nil {
			return err
		}
		items = items[n:]
	}
	records := 0
	for _, it := range o.known {
		if it.Kind == batch.Record {
			records++
		}
	}
	if n := len(r.Records()); n != records {
		return fmt.Errorf("whole: the collector took %d records of %d", n, records)
	}
	return nil
}
