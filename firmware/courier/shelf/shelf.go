// Package shelf is the courier's work so far: take records from the warden, check them again, put
// them on disk and give receipts. It has no network, and never changes or drops a record itself;
// firmware/queue drops the oldest when it is full, and counts that.
package shelf

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/queue"
)

// maxBatch records go to disk in one commit: what comes in a burst after a stall.
const maxBatch = 60

// Shelf takes records from In and answers on Out.
type Shelf struct {
	In    io.Reader
	Out   io.Writer
	Queue *queue.Queue
	// Say prints one line for people.
	Say func(line string)
	// Rest waits between two tries on a full disk. It returns false when that should end.
	Rest func(time.Duration) bool
}

// retry is the time between two tries on a full disk.
const retry = 2 * time.Second

// lastTries on a full disk after the warden hung up.
const lastTries = 3

// Run works until the warden hangs up and everything it sent is on disk.
func (s *Shelf) Run() error {
	if err := s.answer(handoff.Receipt{Kind: handoff.Hello}); err != nil {
		return err
	}
	items, failed := make(chan queue.Item, maxBatch), make(chan error, 1)
	go func() {
		defer close(items)
		failed <- s.receive(items)
	}()
	gone := false
	for it := range items {
		batch := []queue.Item{it}
		for more := true; more && len(batch) < maxBatch; {
			select {
			case it, ok := <-items:
				if more = ok; ok {
					batch = append(batch, it)
				}
			default:
				more = false
			}
		}
		if err := s.put(batch, &gone); err != nil {
			return err
		}
	}
	return <-failed
}

// receive reads records until the warden hangs up.
func (s *Shelf) receive(items chan<- queue.Item) error {
	for {
		r, b, err := handoff.ReadRecord(s.In)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		items <- queue.Item{Kind: queue.Record, Boot: r.Boot, Sequence: r.Sequence, Bytes: b}
	}
}

// put stores a batch, waiting for room if it must, and gives the receipt. gone remembers that
// nobody takes receipts any more; the records are stored all the same.
func (s *Shelf) put(batch []queue.Item, gone *bool) error {
	said := false
	for left := lastTries; ; {
		_, err := s.Queue.Put(batch)
		if err == nil {
			break
		}
		if !errors.Is(err, queue.ErrNoRoom) {
			return err
		}
		if !said {
			s.Say(fmt.Sprintf("%v; %d records wait for room", err, len(batch)))
			said = true
		}
		if !*gone && s.answer(handoff.Receipt{Kind: handoff.Held}) != nil {
			*gone = true
		}
		if *gone {
			left--
		}
		if left == 0 || !s.Rest(retry) {
			return fmt.Errorf("shelf: %d records not stored: %w", len(batch), err)
		}
	}
	if said {
		s.Say("there is room again")
	}
	last := &batch[len(batch)-1]
	if !*gone && s.answer(handoff.Receipt{Kind: handoff.Stored, Boot: last.Boot, Sequence: last.Sequence}) != nil {
		*gone = true
	}
	return nil
}

// answer sends a receipt with the state of the queue.
func (s *Shelf) answer(r handoff.Receipt) error {
	st, err := s.Queue.Stats()
	if err != nil {
		return err
	}
	r.Tail, r.Waiting, r.Dropped = st.Tail, st.Waiting, st.Dropped
	return handoff.WriteReceipt(s.Out, r)
}
