package collectortest

import (
	"testing"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
)

// Read opens the answer to a batch, and fails the test if it is not one.
func Read(tb testing.TB, key sign.Public, b *batch.Batch, answer []byte) ([]batch.Verdict, [][]byte) {
	tb.Helper()
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := batch.OpenReceipt(key, a.Receipt)
	if err != nil {
		tb.Fatal(err)
	}
	if err := r.Answers(b); err != nil {
		tb.Fatal(err)
	}
	return r.Verdicts, a.Envelopes
}

// Reasons gives the reasons of verdicts; 0 is stored.
func Reasons(all []batch.Verdict) (out []batch.Reason) {
	for _, v := range all {
		out = append(out, v.Reason)
	}
	return out
}
