// Package collectortest stands in for a device when the collector is tested: it signs records and log
// entries as a warden does, and puts them into batches as a courier does. It counts nobody, and no
// program but tests may use it.
package collectortest

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/sign"
)

// Interval of all records.
const Interval = 15 * time.Minute

// Device makes what a device sends, in order.
type Device struct {
	Name      string
	Key       sign.Key
	Room      string
	Simulated bool
	At        time.Time // end of the newest record
	Clock     uint8
	Boots     int
	Booted    time.Time

	tb       testing.TB
	boot     [16]byte
	sequence uint32
	previous record.Hash
	log      devicelog.Chain
	batches  uint64
	in, out  uint32
}

// NewDevice gives a device whose key is made of its name, with its clock at that time.
func NewDevice(tb testing.TB, name string, at time.Time) *Device {
	d := &Device{tb: tb, Name: name, At: at, Clock: record.ClockKnown, Key: sign.NewKey(sha256.Sum256([]byte(name)))}
	d.Reboot()
	return d
}

// Reboot begins another boot: another random number, and sequences from 0.
func (d *Device) Reboot() {
	d.Boots++
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(d.Name), uint64(d.Boots)))
	d.boot, d.sequence, d.Booted = [16]byte(sum[:]), 0, d.At
	d.log = devicelog.Chain{Key: d.Key, Device: d.Name, Boot: d.boot, State: d.log.State}
}

// Forget makes the device begin anew with the same key: no record before, no log.
func (d *Device) Forget() {
	d.previous, d.log.State = record.Hash{}, devicelog.State{}
	d.Reboot()
}

// Record gives the next record. change may be nil, or alter it before it is signed.
func (d *Device) Record(change func(*record.Record)) []byte {
	d.tb.Helper()
	d.At = d.At.Add(Interval)
	d.in += 3
	r := record.Record{
		Version: record.Version, Device: d.Name, Boot: d.boot, Sequence: d.sequence, Interval: uint32(Interval / time.Second),
		From: d.At.Add(-Interval).Unix(), To: d.At.Unix(), Lines: []record.Line{{Forward: 3, Level: d.in, TotalForward: d.in, TotalBackward: d.out}},
		Zones: []uint16{}, Coverage: 100, Lifetime: record.Lifetime{Worst: 5, P999: 5},
		Camera: record.Camera{Kind: "camera", Driver: "v4l2", Width: 640, Height: 480, Pixel: "YUYV"}, Firmware: [32]byte{1},
		Previous: d.previous, Rule: record.Rule{K: 3}, Clock: d.Clock, Uptime: uint32(d.At.Sub(d.Booted) / time.Second),
		Log: record.Log{Entries: d.log.State.Number, Head: record.Hash(d.log.State.Head)},
	}
	if d.Simulated {
		r.Simulated, r.Camera.Driver = true, "sim"
	}
	if change != nil {
		change(&r)
	}
	b, err := record.Seal(d.Key, &r)
	if err != nil {
		d.tb.Fatal(err)
	}
	d.sequence, d.previous = d.sequence+1, record.HashOf(b)
	return b
}

// Entry gives the next entry of the device's log.
func (d *Device) Entry() []byte {
	d.tb.Helper()
	b, next, err := d.log.Append(devicelog.Event{Kind: devicelog.PowerOn}, devicelog.Moment{At: d.At.Unix(), Clock: 2,
		Uptime: uint32(d.At.Sub(d.Booted) / time.Second)})
	if err != nil {
		d.tb.Fatal(err)
	}
	d.log = next
	return b
}

// Tally gives an envelope with what stands for a sealed tally.
func (d *Device) Tally(head string, n uint32) []byte {
	return d.seal(envelope.Header{Room: d.Room, From: d.Name, To: head, Kind: envelope.Tally, N: n}, []byte("sealed"))
}

// Booked gives the signed receipt of a head for tallies up to n.
func (d *Device) Booked(door string, n uint32, bond message.Bond) []byte {
	r := message.Receipt{Room: d.Room, Head: d.Name, Door: door, Bond: bond, N: n, At: d.At.Unix()}
	payload, err := r.Encode()
	if err != nil {
		d.tb.Fatal(err)
	}
	body, err := d.Key.Sign(sign.Booked, payload)
	if err != nil {
		d.tb.Fatal(err)
	}
	return d.seal(envelope.Header{Room: d.Room, From: d.Name, To: door, Kind: envelope.Receipt, N: n}, body)
}

func (d *Device) seal(h envelope.Header, body []byte) []byte {
	d.tb.Helper()
	b, err := (&envelope.Envelope{Header: h, Body: body}).Encode()
	if err != nil {
		d.tb.Fatal(err)
	}
	return b
}

// Pack gives a batch of signed things; what they are is read off them.
func (d *Device) Pack(things ...[]byte) *batch.Batch {
	d.batches++
	b := &batch.Batch{Device: d.Name, Number: batch.Number(binary.BigEndian.AppendUint64(nil, d.batches)), Poll: true, Waiting: uint64(len(things))}
	for _, t := range things {
		kind := batch.Envelope
		if k, _, err := sign.Signer(t); err == nil {
			kind = batch.Kind(k) // the numbers are the same
		}
		b.Items = append(b.Items, batch.Item{Kind: kind, Bytes: t})
	}
	return b
}
