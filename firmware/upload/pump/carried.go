package pump

import (
	"bytes"
	"context"
	"fmt"

	"tellijn/firmware/queue"
	"tellijn/privacy/batch"
)

// Folder is where batches wait for somebody to carry them away; firmware/upload/file is one. A batch
// has the number of the last item in it.
type Folder interface {
	Write(n uint64, encoded []byte) error
	Batches() ([]uint64, error)
	Answers() ([]uint64, error)
	Batch(n uint64) ([]byte, error)
	Answer(n uint64) ([]byte, error)
	Remove(n uint64) error
}

// RunFolder puts what waits into the folder and takes receipts from there, until ctx ends. Poll has
// to be set: nobody else says when answers have come.
func (p *Pump) RunFolder(ctx context.Context, f Folder) {
	p.run(ctx, func(context.Context) (more bool, err error) { return false, p.carry(f) })
}

// carry looks at answers first: what they free need not be written again. One answer that is none, or
// is not all there yet, stands in nobody's way.
func (p *Pump) carry(f Folder) error {
	answers, err := f.Answers()
	if err != nil {
		return err
	}
	var bad error
	for _, n := range answers {
		if err := p.take(f, n); err != nil && bad == nil {
			bad = fmt.Errorf("answer %d: %w", n, err)
		}
	}
	last, err := p.tidy(f)
	if err != nil {
		return err
	}
	for {
		items, err := p.o.Queue.Oldest(last, batch.MaxItems, maxBytes)
		if err != nil || len(items) == 0 {
			return firstOf(err, bad)
		}
		_, encoded, err := p.pack(items)
		if err != nil {
			return err
		}
		last = items[len(items)-1].Number
		if err := f.Write(last, encoded); err != nil {
			return err
		}
	}
}

// take settles the batch that an answer is for, and removes both.
func (p *Pump) take(f Folder, n uint64) error {
	encoded, err := f.Batch(n)
	if err != nil {
		return err
	}
	b, err := batch.Decode(encoded)
	if err != nil {
		return err
	}
	answer, err := f.Answer(n)
	if err != nil {
		return err
	}
	items, err := p.find(&b, n)
	if err != nil {
		return err
	}
	if err := p.settle(&b, items, answer); err != nil {
		return err
	}
	return f.Remove(n)
}

// find gives the items of a batch as they wait in the queue, up to number n; one that waits no more has
// number 0.
func (p *Pump) find(b *batch.Batch, n uint64) ([]queue.Item, error) {
	found := make([]queue.Item, len(b.Items))
	next := 0 // items of a batch are in the order of the queue
	for after := uint64(0); next < len(found); {
		some, err := p.o.Queue.Oldest(after, batch.MaxItems, maxBytes)
		if err != nil {
			return nil, err
		}
		for _, it := range some {
			if after = it.Number; after > n {
				return found, nil
			}
			for i := next; i < len(found); i++ {
				if batch.Kind(it.Kind) == b.Items[i].Kind && bytes.Equal(it.Bytes, b.Items[i].Bytes) {
					found[i], next = it, i+1
					break
				}
			}
		}
		if len(some) == 0 {
			break
		}
	}
	return found, nil
}

// tidy removes batches of which nothing waits any more, and gives the number of the last item that is
// in some batch. Batches of an earlier queue, which was damaged, may be all that is left of it: they
// stay as long as things in a queue do.
func (p *Pump) tidy(f Folder) (last uint64, err error) {
	batches, err := f.Batches()
	if err != nil {
		return 0, err
	}
	oldest, err := p.o.Queue.Oldest(0, 1, maxBytes)
	if err != nil {
		return 0, err
	}
	st, err := p.o.Queue.Stats()
	if err != nil {
		return 0, err
	}
	for _, n := range batches {
		last = n
		if len(oldest) > 0 && n >= oldest[0].Number || n <= st.First && st.Age <= queue.MaxAge {
			continue
		}
		if err := f.Remove(n); err != nil {
			return 0, err
		}
	}
	return last, nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
