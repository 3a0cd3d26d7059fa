// Package made is what somebody makes up who has no key that anybody believes: envelopes and receipts in the
// right form. It never has a key of a device or of a collector.
package made

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/room/envelope"
	"tellijn/privacy/sign"
)

// Letter is an envelope that nobody wrote.
func Letter(room, from, to string, choose uint32) []byte {
	if from == to {
		from = "stranger"
	}
	noise := sha256.Sum256([]byte(fmt.Sprint(choose)))
	b, err := (&envelope.Envelope{Header: envelope.Header{Room: room, From: from, To: to, Kind: envelope.Kind(1 + choose%2), N: 1 + choose%5000},
		Body: bytes.Repeat(noise[:], 9)}).Encode()
	if err != nil {
		return noise[:]
	}
	return b
}

// Answer makes an answer that calls everything stored, signed with a key that is not the collector's.
func Answer(b *batch.Batch) []byte { return Signed(Key(), b, batch.Digest{}) }

// Key is one that nobody believes.
func Key() sign.Key { return sign.NewKey([32]byte{66}) }

// Signed makes the same for the batch of a digest, signed with any key; nil if there is no such answer.
func Signed(key sign.Key, b *batch.Batch, of batch.Digest) []byte {
	r := batch.Receipt{Version: batch.Version, Device: b.Device, Number: b.Number, Verdicts: make([]batch.Verdict, len(b.Items)), At: time.Now().Unix(), Batch: of}
	s, err := batch.SealReceipt(key, &r)
	if err != nil {
		return nil
	}
	a, err := batch.EncodeAnswer(&batch.Answer{Receipt: s})
	if err != nil {
		return nil
	}
	return a
}
