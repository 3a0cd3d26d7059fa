package batch

import (
	"crypto/sha256"
	"fmt"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// Receipt says what became of each item of one batch. The collector signs it only after the items
// that it calls stored are durable.
type Receipt struct {
	Version  uint8     `cbor:"1,keyasint"`
	Device   string    `cbor:"2,keyasint"`
	Number   Number    `cbor:"3,keyasint"`
	Verdicts []Verdict `cbor:"4,keyasint"` // one for each item, in their order
	At       int64     `cbor:"5,keyasint"` // Unix seconds, by the collector's clock; a device believes none
	Batch    Digest    `cbor:"6,keyasint"` // of the batch as it came to the collector
}

// Digest is the SHA-256 of an encoded batch. With it in the receipt, a broker or relay that alters, swaps
// or replaces items on their way gets no receipt that the device takes for its own.
type Digest [sha256.Size]byte

// DigestOf gives the digest of an encoded batch.
func DigestOf(encoded []byte) Digest { return sha256.Sum256(encoded) }

// Verdict is what became of one item.
type Verdict struct {
	_       struct{} `cbor:",toarray"`
	Outcome Outcome
	Reason  Reason // 0 for stored, 1 to 20 for refused
}

// Outcome of one item.
type Outcome uint8

// The outcomes.
const (
	Stored  Outcome = 0 // durable at the collector; the device may free it
	Refused Outcome = 1 // will never be taken; the device sets it aside
)

// Reason why an item was refused. Numbers that have no name here are for later collectors.
type Reason uint8

// The reasons.
const (
	Form      Reason = 1  // not what its kind has to be
	Signature Reason = 2  // not signed by the key that the collector knows
	Device    Reason = 3  // of another device than the one that sent it
	Simulated Reason = 4  // nobody real was counted, and the collector takes no such records
	Conflict  Reason = 5  // another item of the same name is stored already
	Time      Reason = 6  // older than the collector keeps, or from the future
	Room      Reason = 7  // an envelope for a room or door that the collector does not know
	Kindless  Reason = 8  // a kind that the collector does not take
	Full      Reason = 9  // more than the collector keeps of a kind
	Other     Reason = 20 // anything else
	maxReason        = 20
)

// String says a reason in words.
func (r Reason) String() string {
	words := [...]string{"none", "malformed", "wrong signature", "of another device", "simulated", "another is stored under its name",
		"too old or too new", "unknown room or door", "unknown kind", "too many"}
	if int(r) < len(words) {
		return words[r]
	}
	return fmt.Sprintf("reason %d", uint8(r))
}

// Times that a receipt may carry: 2020-01-01 to 10000-01-01.
const (
	minTime = 1_577_836_800
	maxTime = 253_402_300_800
)

// Check tells the first thing that is wrong with r.
func (r *Receipt) Check() error {
	switch {
	case r.Version != Version:
		return bad("receipt of version %d, want %d", r.Version, Version)
	case !ValidDevice(r.Device):
		return bad("receipt for device %q, want 1 to %d of a-z, 0-9 and hyphen", r.Device, maxDevice)
	case r.Number == Number{}:
		return bad("receipt for number zero")
	case r.Verdicts == nil || len(r.Verdicts) > MaxItems:
		return bad("receipt with %d verdicts, want a list of 0 to %d", len(r.Verdicts), MaxItems)
	case r.At < minTime || r.At >= maxTime:
		return bad("receipt from %d, want Unix seconds from %d on", r.At, minTime)
	}
	for i, v := range r.Verdicts {
		if v.Outcome > Refused || v.Reason > maxReason || (v.Outcome == Refused) != (v.Reason > 0) {
			return bad("verdict %d: outcome %d, reason %d", i, v.Outcome, v.Reason)
		}
	}
	return nil
}

// Answers tells why r is no receipt for b: another device, another batch, not one verdict for each item,
// or not these bytes. A receipt that a valid key signed is still not for any batch but one.
func (r *Receipt) Answers(b *Batch) error {
	switch {
	case r.Device != b.Device:
		return bad("receipt for device %q, want %q", r.Device, b.Device)
	case r.Number != b.Number:
		return bad("receipt for batch %x, want %x; an old answer comes again", r.Number, b.Number)
	case len(r.Verdicts) != len(b.Items):
		return bad("receipt with %d verdicts for %d items", len(r.Verdicts), len(b.Items))
	}
	encoded, err := Encode(b)
	if err != nil {
		return err
	}
	if r.Batch != DigestOf(encoded) {
		return bad("receipt for other bytes than those of this batch; somebody on the way altered it")
	}
	return nil
}

// SealReceipt checks r and signs it with the collector's key for receipts.
func SealReceipt(key sign.Key, r *Receipt) ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	payload, err := coding.Marshal(r)
	if err != nil {
		return nil, err
	}
	return key.Sign(sign.Receipt, payload)
}

// OpenReceipt checks signature and form. The error wraps sign.ErrSignature, sign.ErrInvalid or
// ErrInvalid.
func OpenReceipt(key sign.Public, signed []byte) (Receipt, error) {
	if len(signed) > MaxReceipt {
		return Receipt{}, bad("receipt of %d bytes, want at most %d", len(signed), MaxReceipt)
	}
	payload, err := sign.Open(sign.Receipt, key, signed)
	if err != nil {
		return Receipt{}, err
	}
	return decodeReceipt(payload)
}

func decodeReceipt(payload []byte) (Receipt, error) {
	var r Receipt
	if err := decode(payload, MaxReceipt, &r); err != nil {
		return Receipt{}, err
	}
	if err := r.Check(); err != nil {
		return Receipt{}, err
	}
	again, err := coding.Marshal(&r)
	if err != nil {
		return Receipt{}, err
	}
	return r, same(payload, again)
}
