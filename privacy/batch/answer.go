package batch

import "tellijn/privacy/coding"

// Answer is what the collector gives back for a batch.
type Answer struct {
	Receipt []byte // signed, see Receipt
	// Envelopes are for the device, sealed by other doors of its room; oldest first.
	Envelopes [][]byte
}

type answerForm struct {
	Version   uint8    `cbor:"1,keyasint"`
	Receipt   []byte   `cbor:"2,keyasint"`
	Envelopes [][]byte `cbor:"3,keyasint"`
}

// Check tells the first thing that is wrong with the form of a.
func (a *Answer) Check() error {
	if n := len(a.Receipt); n < 1 || n > MaxReceipt {
		return bad("receipt of %d bytes, want 1 to %d", n, MaxReceipt)
	}
	if len(a.Envelopes) > MaxEnvelopes {
		return bad("%d envelopes, want at most %d", len(a.Envelopes), MaxEnvelopes)
	}
	for i, e := range a.Envelopes {
		if n := len(e); n < 1 || n > MaxEnvelope {
			return bad("envelope %d: %d bytes, want 1 to %d", i, n, MaxEnvelope)
		}
	}
	return nil
}

// EncodeAnswer checks a and gives its only encoding, at most MaxAnswer bytes.
func EncodeAnswer(a *Answer) ([]byte, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	f := answerForm{Version: Version, Receipt: a.Receipt, Envelopes: a.Envelopes}
	if f.Envelopes == nil {
		f.Envelopes = [][]byte{}
	}
	return coding.Marshal(&f)
}

// DecodeAnswer reads an answer and refuses everything that EncodeAnswer would not have written. It
// does not look into the receipt: OpenReceipt does.
func DecodeAnswer(encoded []byte) (Answer, error) {
	var f answerForm
	if err := decode(encoded, MaxAnswer, &f); err != nil {
		return Answer{}, err
	}
	if f.Version != Version {
		return Answer{}, bad("version %d, want %d", f.Version, Version)
	}
	a := Answer{Receipt: f.Receipt, Envelopes: f.Envelopes}
	again, err := EncodeAnswer(&a)
	if err != nil {
		return Answer{}, err
	}
	return a, same(encoded, again)
}
