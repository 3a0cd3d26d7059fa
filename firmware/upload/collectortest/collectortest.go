// Package collectortest stands in for a collector in tests of uploads: it takes batches, remembers
// what was in them and signs receipts, right or wrong as the test wants. It checks no record and
// stores nothing on a disk. No program of the device links it.
package collectortest

import (
	"io"
	"net/http"
	"sync"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
)

// Collector answers batches. Its functions may be called from anywhere; its fields are set before.
type Collector struct {
	Key       sign.Key
	Envelopes [][]byte                      // given to whoever polls
	Refuse    func(batch.Item) batch.Reason // nil or 0 stores
	// Bend changes a receipt before it is signed, Break the encoded answer after; nil leaves it.
	Bend  func(*batch.Receipt)
	Break func([]byte) []byte

	mu      sync.Mutex
	items   []batch.Item   // in the order in which they came first
	times   map[string]int // how often each came
	batches []batch.Batch
}

// New makes a collector with a key of its own.
func New() *Collector {
	return &Collector{Key: sign.NewKey([32]byte{'c', 'o', 'l'}), times: map[string]int{}}
}

// Answer takes an encoded batch and gives the encoded answer.
func (c *Collector) Answer(encoded []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := batch.Decode(encoded)
	if err != nil {
		return nil, err
	}
	c.batches = append(c.batches, b)
	r := batch.Receipt{Version: batch.Version, Device: b.Device, Number: b.Number, Verdicts: []batch.Verdict{}, At: 1_795_330_800,
		Batch: batch.DigestOf(encoded)}
	for _, it := range b.Items {
		var v batch.Verdict
		if c.Refuse != nil {
			v.Reason = c.Refuse(it)
		}
		if v.Reason != 0 {
			v.Outcome = batch.Refused
		} else {
			name := string(rune(it.Kind)) + string(it.Bytes)
			if c.times[name]++; c.times[name] == 1 {
				c.items = append(c.items, it)
			}
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	if c.Bend != nil {
		c.Bend(&r)
	}
	signed, err := batch.SealReceipt(c.Key, &r)
	if err != nil {
		return nil, err
	}
	a := batch.Answer{Receipt: signed}
	if b.Poll {
		a.Envelopes = c.Envelopes
	}
	out, err := batch.EncodeAnswer(&a)
	if err == nil && c.Break != nil {
		out = c.Break(out)
	}
	return out, err
}

// Items gives what was stored, each once, in the order in which it came.
func (c *Collector) Items() []batch.Item {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]batch.Item(nil), c.items...)
}

// Batches gives all batches that came.
func (c *Collector) Batches() []batch.Batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]batch.Batch(nil), c.batches...)
}

// ServeHTTP answers as a collector does over HTTPS.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, batch.MaxSize+1))
	if err != nil || r.Method != http.MethodPost || r.URL.Path != batch.Path || r.Header.Get("Content-Type") != batch.Type {
		http.Error(w, "not so", http.StatusBadRequest)
		return
	}
	answer, err := c.Answer(b)
	if err != nil {
		http.Error(w, "no batch", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", batch.Type)
	_, _ = w.Write(answer)
}
