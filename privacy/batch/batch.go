// Package batch is what device and collector say to each other: a batch of items one way, an answer
// with a signed receipt the other, the same bytes over HTTPS, over MQTT and as files (batch.cddl).
// It never looks into an item, knows no key but the one that signs receipts, and takes nothing of
// the other side's on trust: each form is closed, bounded and has one encoding. It stands between
// the queue of firmware/courier and tools/collector.
package batch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"tellijn/privacy/coding"
)

// ErrInvalid is wrapped by every error about the form of a batch, an answer or a receipt.
var ErrInvalid = errors.New("batch: invalid")

// Version of these forms. Another field is another version.
const Version = 1

// Bounds, in bytes unless they count something.
const (
	MaxItems     = 64       // items of a batch
	MaxItem      = 1024     // one item
	MaxSize      = 96 << 10 // an encoded batch
	MaxEnvelopes = 16       // envelopes of an answer
	MaxEnvelope  = 768      // one envelope
	MaxReceipt   = 512      // a signed receipt; the largest has 391
	MaxAnswer    = 32 << 10 // an encoded answer
	maxDevice    = 32       // characters of a device id
)

// Kind says what an item is. The numbers are those of firmware/handoff and firmware/queue.
type Kind uint8

// The kinds of items.
const (
	Record   Kind = 1 // a signed record
	Log      Kind = 2 // a signed entry of the device log
	Envelope Kind = 3 // a sealed message between the doors of a room
)

// Item is one thing that the device sends.
type Item struct {
	_     struct{} `cbor:",toarray"`
	Kind  Kind
	Bytes []byte // 1 to MaxItem, as it was signed
}

// Number names a batch. It is random, and the answer carries it, so that an answer to one batch
// cannot be kept and given to another.
type Number [8]byte

// Batch is what a device sends.
type Batch struct {
	Device  string // 1 to 32 of a-z, 0-9 and hyphen
	Number  Number
	Items   []Item // oldest first, at most MaxItems
	Waiting uint64 // items in the device's queue, these among them
	Dropped uint64 // items that the queue ever pushed out unsent
	Poll    bool   // asks for the envelopes that wait for this device
}

// form is a batch on the wire. The two counts have eight bytes whatever they count, so that a
// batch tells nothing by its size.
type form struct {
	Version uint8   `cbor:"1,keyasint"`
	Device  string  `cbor:"2,keyasint"`
	Number  Number  `cbor:"3,keyasint"`
	Items   []Item  `cbor:"4,keyasint"`
	Waiting [8]byte `cbor:"5,keyasint"`
	Dropped [8]byte `cbor:"6,keyasint"`
	Poll    bool    `cbor:"7,keyasint"`
}

// Check tells the first thing that is wrong with b.
func (b *Batch) Check() error {
	if !ValidDevice(b.Device) {
		return bad("device %q, want 1 to %d of a-z, 0-9 and hyphen", b.Device, maxDevice)
	}
	if b.Number == (Number{}) {
		return bad("number is zero, want a random one")
	}
	if len(b.Items) > MaxItems {
		return bad("%d items, want at most %d", len(b.Items), MaxItems)
	}
	for i, it := range b.Items {
		if it.Kind < Record || it.Kind > Envelope {
			return bad("item %d: kind %d, want %d to %d", i, it.Kind, Record, Envelope)
		}
		if n := len(it.Bytes); n < 1 || n > MaxItem {
			return bad("item %d: %d bytes, want 1 to %d", i, n, MaxItem)
		}
	}
	return nil
}

// Encode checks b and gives its only encoding, at most MaxSize bytes.
func Encode(b *Batch) ([]byte, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	f := form{Version: Version, Device: b.Device, Number: b.Number, Items: b.Items, Poll: b.Poll}
	if f.Items == nil {
		f.Items = []Item{}
	}
	binary.BigEndian.PutUint64(f.Waiting[:], b.Waiting)
	binary.BigEndian.PutUint64(f.Dropped[:], b.Dropped)
	return coding.Marshal(&f)
}

// Decode reads a batch and refuses everything that Encode would not have written.
func Decode(encoded []byte) (Batch, error) {
	var f form
	if err := decode(encoded, MaxSize, &f); err != nil {
		return Batch{}, err
	}
	if f.Version != Version {
		return Batch{}, bad("version %d, want %d", f.Version, Version)
	}
	b := Batch{Device: f.Device, Number: f.Number, Items: f.Items, Poll: f.Poll,
		Waiting: binary.BigEndian.Uint64(f.Waiting[:]), Dropped: binary.BigEndian.Uint64(f.Dropped[:])}
	again, err := Encode(&b)
	if err != nil {
		return Batch{}, err
	}
	return b, same(encoded, again)
}

// ValidDevice tells whether a device id is 1 to 32 characters of a-z, 0-9 and hyphen.
func ValidDevice(s string) bool { return coding.ValidName(s) }

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
