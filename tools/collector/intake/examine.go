package intake

import (
	"errors"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
)

// examined is an item that was looked at by itself, without the store. reason is 0 for one that is
// right so far.
type examined struct {
	kind   batch.Kind
	reason batch.Reason
	signed []byte
	key    sign.ID

	record   record.Record
	entry    devicelog.Entry
	envelope envelope.Envelope
	booked   message.Receipt // of an envelope that is a receipt
}

// examine checks everything that can be checked without knowing what came before.
func (v *visit) examine(it *batch.Item) examined {
	e := examined{kind: it.Kind, signed: it.Bytes, key: v.key.ID()}
	var err error
	switch it.Kind {
	case batch.Record:
		if e.record, err = record.Open(v.key, it.Bytes); err == nil {
			e.reason = v.judge(&e.record)
		}
	case batch.Log:
		if e.entry, err = devicelog.Open(v.key, it.Bytes); err == nil && e.entry.Device != v.device.Name {
			e.reason = batch.Device
		}
	case batch.Envelope:
		if e.envelope, err = envelope.Decode(it.Bytes); err == nil {
			e.reason, e.booked = v.address(&e.envelope)
		}
	default:
		e.reason = batch.Kindless
	}
	if err != nil {
		e.reason = reasonOf(err)
	}
	return e
}

func reasonOf(err error) batch.Reason {
	if errors.Is(err, sign.ErrSignature) {
		return batch.Signature
	}
	return batch.Form
}

// judge looks at a record whose signature is good.
func (v *visit) judge(r *record.Record) batch.Reason {
	switch {
	case r.Device != v.device.Name:
		return batch.Device
	case r.Simulated && !(v.in.Simulated && v.device.Simulated):
		return batch.Simulated
	// Whoever kept old records cannot bring them back once they have expired. Where the time is
	// pretended or not known, the numbers that are gone tell (enterRecord).
	case !r.Simulated && r.Clock == record.ClockKnown && v.sure.Sub(time.Unix(r.To, 0)) > v.in.Keep:
		return batch.Time
	}
	return 0
}

// address checks that an envelope goes from this device to another of its room, and the right way:
// tallies to the head, receipts from it. A receipt is signed and not sealed, so it is checked whole:
// it makes the collector forget tallies.
func (v *visit) address(e *envelope.Envelope) (batch.Reason, message.Receipt) {
	none := message.Receipt{}
	if e.From != v.device.Name {
		return batch.Device, none
	}
	to, ok, err := v.in.Devices.Device(e.To)
	if err != nil || !ok || to.Revoked || v.device.Room == "" || e.Room != v.device.Room || to.Room != e.Room {
		return batch.Room, none
	}
	if e.Kind == envelope.Tally {
		if !to.Head {
			return batch.Room, none
		}
		return 0, none
	}
	if !v.device.Head {
		return batch.Room, none
	}
	payload, err := sign.Open(sign.Booked, v.key, e.Body)
	if err != nil {
		return reasonOf(err), none
	}
	r, err := message.DecodeReceipt(payload)
	if err != nil || r.Room != e.Room || r.Head != e.From || r.Door != e.To || r.N != e.N {
		return batch.Form, none
	}
	return 0, r
}

// OpenRecord opens a record that is stored, whichever key of the device signed it.
func OpenRecord(d *register.Device, it *store.Item) (record.Record, error) {
	_, id, err := sign.Signer(it.Signed)
	if err != nil {
		return record.Record{}, err
	}
	key, _ := d.Former(id)
	return record.Open(key, it.Signed)
}

// OpenEntry opens an entry of the device's log that is stored, whichever key of the device signed it.
func OpenEntry(d *register.Device, it *store.Item) (devicelog.Entry, error) {
	_, id, err := sign.Signer(it.Signed)
	if err != nil {
		return devicelog.Entry{}, err
	}
	key, _ := d.Former(id)
	return devicelog.Open(key, it.Signed)
}
