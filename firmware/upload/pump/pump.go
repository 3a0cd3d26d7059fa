// Package pump moves what waits in the queue to the collector, oldest first, a batch at a time, and
// frees only what the collector's signed receipt calls stored. It backs off from whatever is no
// answer to the batch that it sent, believes no time or length of the other side, and loses nothing
// by trying again. How batches travel is for the packages beside it; storing never waits for it.
package pump

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"tellijn/firmware/queue"
	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
)

// Exchanger sends one batch and gives the bytes of the answer. There is never more than one call at a
// time; ctx bounds it.
type Exchanger interface {
	Exchange(ctx context.Context, encoded []byte) (answer []byte, err error)
}

// Source is where items wait; firmware/queue is one.
type Source interface {
	Oldest(after uint64, n, size int) ([]queue.Item, error)
	Settle([]queue.Done) error
	Stats() (queue.Stats, error)
}

// Options of a pump.
type Options struct {
	Device   string
	Receipts sign.Public // of who signs receipts
	Queue    Source
	// Pace is the world time of an interval. Poll is how often the collector is asked for envelopes
	// although nothing is to be sent; 0 is never, and then none are asked for.
	Pace, Poll time.Duration
	// Random fills a slice with what nobody can guess.
	Random func([]byte)
	// Inward takes an envelope for this device, and keeps nobody waiting for long.
	Inward func(envelope []byte)
	// Stranger tells whether an error of the Exchanger says that the other side is not who it should be.
	Stranger func(error) bool
	// Say prints one line for people.
	Say func(line string)
}

// patience bounds one exchange.
const patience = time.Minute

// maxBytes of items in a batch.
const maxBytes = batch.MaxItems * batch.MaxItem

// Pump is one upload. News and Failed may be called from anywhere, all else from one goroutine.
type Pump struct {
	o       Options
	new     chan struct{}
	failed  atomic.Uint64
	trouble string
}

// New makes a pump that does nothing yet.
func New(o Options) *Pump { return &Pump{o: o, new: make(chan struct{}, 1)} }

// News says that something new waits in the queue. It never waits.
func (p *Pump) News() {
	select {
	case p.new <- struct{}{}:
	default:
	}
}

// Failed counts answers and servers that were not who they should be.
func (p *Pump) Failed() uint64 { return p.failed.Load() }

// Run sends until ctx ends.
func (p *Pump) Run(ctx context.Context, via Exchanger) {
	p.run(ctx, func(ctx context.Context) (more bool, err error) { return p.once(ctx, via) })
}

// run takes one step after another, each when it is due. The first is due at once: things may wait
// from before.
func (p *Pump) run(ctx context.Context, step func(context.Context) (more bool, err error)) {
	start := time.Now()
	next := plan{pace: p.o.Pace, poll: p.o.Poll, random: p.o.Random}
	next.news(0)
	for {
		var timer <-chan time.Time
		if d, ok := next.wait(time.Since(start)); ok {
			timer = time.After(d)
		}
		select {
		case <-ctx.Done():
			return
		case <-p.new:
			next.news(time.Since(start))
			continue
		case <-timer:
		}
		more, err := step(ctx)
		if ctx.Err() != nil {
			return
		}
		p.told(err)
		if err != nil {
			next.broke(time.Since(start))
			continue
		}
		next.worked(time.Since(start), more)
	}
}

// told says once why nothing is sent, and once that something is again.
func (p *Pump) told(err error) {
	if err == nil {
		if p.trouble != "" {
			p.o.Say("Loaded   upload: the collector takes what is sent again")
		}
		p.trouble = ""
		return
	}
	if errors.Is(err, sign.ErrSignature) || errors.Is(err, sign.ErrInvalid) || errors.Is(err, batch.ErrInvalid) || p.o.Stranger(err) {
		p.failed.Add(1)
	}
	if why := err.Error(); why != p.trouble {
		p.trouble = why
		p.o.Say(fmt.Sprintf("Failed   upload: %.200s; it is tried again, nothing is lost", why))
	}
}

// once makes one exchange with the oldest that wait, if there is a reason for one.
func (p *Pump) once(ctx context.Context, via Exchanger) (more bool, err error) {
	items, err := p.o.Queue.Oldest(0, batch.MaxItems, maxBytes)
	if err != nil || len(items) == 0 && p.o.Poll == 0 {
		return false, err
	}
	b, encoded, err := p.pack(items)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := via.Exchange(ctx, encoded)
	if err != nil {
		return false, err
	}
	if err := p.settle(b, items, answer); err != nil {
		return false, err
	}
	return len(items) == batch.MaxItems, nil
}

// pack makes a batch of items.
func (p *Pump) pack(items []queue.Item) (*batch.Batch, []byte, error) {
	st, err := p.o.Queue.Stats()
	if err != nil {
		return nil, nil, err
	}
	b := &batch.Batch{Device: p.o.Device, Waiting: st.Waiting, Dropped: st.Dropped, Poll: p.o.Poll > 0}
	p.o.Random(b.Number[:])
	for _, it := range items {
		b.Items = append(b.Items, batch.Item{Kind: batch.Kind(it.Kind), Bytes: it.Bytes})
	}
	encoded, err := batch.Encode(b)
	return b, encoded, err
}

// settle takes an answer for what it is worth: nothing, unless it has a receipt that is signed by the
// collector, for this batch, with a verdict for each item.
func (p *Pump) settle(b *batch.Batch, items []queue.Item, answer []byte) error {
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		return err
	}
	r, err := batch.OpenReceipt(p.o.Receipts, a.Receipt)
	if err != nil {
		return err
	}
	if err := r.Answers(b); err != nil {
		return err
	}
	done := make([]queue.Done, 0, len(items))
	for i, v := range r.Verdicts {
		if items[i].Number == 0 {
			continue // pushed out of the queue meanwhile
		}
		done = append(done, queue.Done{Number: items[i].Number, Refused: v.Outcome == batch.Refused, Reason: uint8(v.Reason)})
		if v.Outcome == batch.Refused {
			p.o.Say(fmt.Sprintf("the collector refused an item for good (%v); it is set aside", v.Reason))
		}
	}
	if err := p.o.Queue.Settle(done); err != nil {
		return err
	}
	for _, e := range a.Envelopes {
		p.o.Inward(e)
	}
	return nil
}
