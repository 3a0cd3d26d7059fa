package hostile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
	"tellijn/tools/faults/hostile/made"
)

// Theft is what a thief sends who has a device's certificate and knows what it once sent.
type Theft uint8

// The thefts.
const (
	Replayed    Theft = iota // an old batch
	Backwards                // an old batch, its items in the reverse order
	ForgedItem               // a record and an entry that another key signed, under the device's name
	Another                  // what another device signed
	AnotherName              // a batch in the name of another device
	Bent                     // an old record with another bit
	Short                    // an old batch that ends in the middle
	StrangeMail              // envelopes of other senders, rooms and doors
)

// Victim is the device that was stolen from, and what is known of another.
type Victim struct {
	*Past
	Key   sign.Public // of its records
	Other *Past
}

// Steal does it and tells what it met. The error wraps ErrAway when nobody was there, ErrQuiet when
// nothing is known yet, and ErrBelieved when the collector took what it should not.
func (v *Victim) Steal(t Theft, c Client, choose uint32) (met string, err error) {
	body, _ := v.Some(choose)
	if body == nil {
		return "", ErrQuiet
	}
	b, err := batch.Decode(body)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(fmt.Sprint(choose)), body...))
	fresh := batch.Number(sum[:8])
	must := batch.Refused
	switch t {
	case Replayed, Backwards:
		if t == Backwards {
			slices.Reverse(b.Items)
			b.Number = fresh
		}
		must = batch.Stored
	case ForgedItem:
		if b.Items, err = v.forged(b.Items, choose); err != nil {
			return "", err
		}
	case Another:
		other, _ := v.Other.Some(choose)
		if other == nil {
			return "", ErrQuiet
		}
		o, err := batch.Decode(other)
		if err != nil {
			return "", err
		}
		b.Items = o.Items
	case AnotherName:
		b.Device = v.Other.Device
	case Bent:
		for i := range b.Items {
			it := bytes.Clone(b.Items[i].Bytes)
			it[int(choose)%len(it)] ^= 1 << (choose >> 24 & 7)
			b.Items[i].Bytes = it
		}
		b.Items = slices.DeleteFunc(b.Items, func(it batch.Item) bool { return !signed(it) })
	case StrangeMail:
		b.Items = nil
		for i, from := range []string{"stranger", "south", "north"} {
			if from != v.Device {
				b.Items = append(b.Items, batch.Item{Kind: batch.Envelope, Bytes: made.Letter("hall", from, "north", choose+uint32(i))},
					batch.Item{Kind: batch.Envelope, Bytes: made.Letter("attic", v.Device, from, choose+uint32(i))})
			}
		}
	}
	if must == batch.Refused {
		b.Number = fresh
	}
	if len(b.Items) == 0 {
		return "", ErrQuiet
	}
	sent, err := batch.Encode(&b)
	if err != nil {
		return "", err
	}
	if t == Short {
		sent = sent[:int(choose)%len(sent)]
	}
	answer, err := c.Send(sent)
	if err != nil {
		return "", err
	}
	return v.judge(t, sent, answer, must)
}

// judge looks what the collector said.
func (v *Victim) judge(t Theft, sent, answer []byte, must batch.Outcome) (string, error) {
	switch whole := t == Short || t == AnotherName; {
	case answer == nil && whole:
		return "refused whole, or without a word", nil
	case answer == nil: // the collector had a batch to judge and was away
		return "", ErrAway
	case whole:
		return "", fmt.Errorf("%w: a batch that was cut short, or of another device", ErrBelieved)
	}
	b, verdicts, err := v.read(sent, answer)
	if err != nil {
		return "", err
	}
	why := map[batch.Reason]bool{}
	for i, got := range verdicts {
		why[got.Reason] = true
		if signed(b.Items[i]) == (t != StrangeMail) && got.Outcome != must {
			err = errors.Join(err, fmt.Errorf("%w: item %d, of kind %d: %v, reason %v", ErrBelieved, i, b.Items[i].Kind, got.Outcome, got.Reason))
		}
	}
	if must == batch.Stored {
		return "said to be stored, again", err
	}
	met := "refused:"
	for r := range batch.Reason(21) {
		if why[r] && r > 0 {
			met += " " + r.String()
		}
	}
	return met, err
}

// forged makes records and entries that go on where the device's own stand, each once with the name of
// the thief's key and once with that of the device's.
func (v *Victim) forged(items []batch.Item, choose uint32) (out []batch.Item, err error) {
	key := sign.NewKey(sha256.Sum256([]byte(fmt.Sprint("thief", choose))))
	add := func(k batch.Kind, b []byte) {
		own, theirs := key.Public().ID(), v.Key.ID()
		out = append(out, batch.Item{Kind: k, Bytes: b}, batch.Item{Kind: k, Bytes: bytes.Replace(b, own[:], theirs[:], 1)})
	}
	for _, it := range items {
		switch it.Kind {
		case batch.Record:
			r, err := record.Open(v.Key, it.Bytes)
			if err != nil {
				return nil, err
			}
			r.Sequence, r.Previous = r.Sequence+1+choose%3, record.HashOf(it.Bytes)
			if r.Rule.Mode == record.ModeMember { // its counts went to the head
				r.Lines[0].TotalForward += 1 + choose%20
			} else {
				r.Lines[0].Level = 3 * (choose % 20)
			}
			b, err := record.Seal(key, &r)
			if err != nil {
				return nil, err
			}
			add(it.Kind, b)
		case batch.Log:
			e, err := devicelog.Open(v.Key, it.Bytes)
			if err != nil {
				return nil, err
			}
			c := devicelog.Chain{Key: key, Device: e.Device, Boot: e.Boot, State: devicelog.State{Number: e.Number, Head: devicelog.Hash(sha256.Sum256(it.Bytes))}}
			b, _, err := c.Append(devicelog.Event{Kind: devicelog.PowerOn}, devicelog.Moment{At: e.At, Clock: e.Clock, Uptime: e.Uptime})
			if err != nil {
				return nil, err
			}
			add(it.Kind, b)
		}
	}
	return out[:min(len(out), batch.MaxItems)], nil
}
