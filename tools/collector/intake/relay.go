package intake

import (
	"tellijn/privacy/batch"
	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/store"
)

// enterEnvelope holds an envelope for the device that it is for. A tally is held until the head has
// booked it, since an answer may not have arrived; of receipts, which cover all before, the newest.
func (v *visit) enterEnvelope(w store.Writer, it *examined) error {
	e := &it.envelope
	keep := store.Envelope{Room: e.Room, From: e.From, To: e.To, Kind: uint8(e.Kind), N: e.N, Arrived: v.at, Bytes: it.signed}
	if e.Kind == envelope.Receipt {
		older, err := v.older(w, it)
		if err != nil || older {
			return err
		}
		if _, err := w.Release(e.From, e.To, uint8(envelope.Receipt), 1<<32-1); err != nil {
			return err
		}
		if _, err := w.Release(e.To, e.From, uint8(envelope.Tally), e.N); err != nil {
			return err
		}
		return w.Hold(keep)
	}
	n, err := w.Holding(e.From, e.To)
	if err != nil {
		return err
	}
	if n >= MaxHeld {
		it.reason = batch.Full // the door has it still, and sends it again
		return nil
	}
	return w.Hold(keep)
}

// older tells whether a newer receipt for the same door is held. One of other keys counts from the
// beginning, so it is never older.
func (v *visit) older(w store.Reader, it *examined) (older bool, err error) {
	err = w.Held(it.envelope.To, func(e store.Envelope) error {
		if e.From != it.envelope.From || e.Kind != uint8(envelope.Receipt) || e.N <= it.envelope.N {
			return nil
		}
		held, err := envelope.Decode(e.Bytes)
		if err != nil {
			return nil // it helps nobody; the new one takes its place
		}
		payload, err := sign.Open(sign.Booked, v.key, held.Body)
		if err != nil {
			return nil
		}
		r, err := message.DecodeReceipt(payload)
		older = older || err == nil && r.Bond == it.booked.Bond
		return nil
	})
	return older, err
}

// waiting gives what is held for a device, the first of each sender before the second of any, so that
// no door waits for another; at most what an answer has room for.
func waiting(w store.Reader, device string) ([][]byte, error) {
	from := map[string][][]byte{}
	var senders []string
	err := w.Held(device, func(e store.Envelope) error {
		key := string(e.Kind) + e.From
		if from[key] == nil {
			senders = append(senders, key)
		}
		if len(from[key]) < batch.MaxEnvelopes {
			from[key] = append(from[key], e.Bytes)
		}
		return nil
	})
	var out [][]byte
	for round := 0; round < batch.MaxEnvelopes; round++ {
		for _, s := range senders {
			if round < len(from[s]) && len(out) < batch.MaxEnvelopes {
				out = append(out, from[s][round])
			}
		}
	}
	return out, err
}
