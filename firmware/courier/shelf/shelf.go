// Package shelf is the courier's first work: take items from the warden, put them on disk and say so,
// and give the warden what came for it from outside. It has no network and waits for none, never
// changes an item and never drops one itself; firmware/queue drops the oldest when it is full, and
// counts that.
package shelf

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/queue"
)

// maxBatch items go to disk in one commit: what comes in a burst after a stall.
const maxBatch = 60

// Shelf takes items from In and answers on Out.
type Shelf struct {
	In    io.Reader
	Out   io.Writer
	Queue *queue.Queue
	// News is called when something new is on disk, Failed counts who was not who they should be. Both
	// may be nil, where nothing is sent.
	News   func()
	Failed func() uint64
	// Say prints one line for people.
	Say func(line string)
	// Rest waits between two tries on a full disk. It returns false when that should end.
	Rest func(time.Duration) bool

	mu   sync.Mutex // of Out
	upto uint64     // items since hello that are on disk
	gone bool       // nobody takes answers any more; what comes is stored all the same
}

// retry is the time between two tries on a full disk.
const retry = 2 * time.Second

// lastTries on a full disk after the warden hung up.
const lastTries = 3

// Run works until the warden hangs up and everything it sent is on disk.
func (s *Shelf) Run() error {
	if err := s.answer(handoff.Back{Kind: handoff.Hello, Aside: s.Queue.Aside != ""}); err != nil {
		return err
	}
	items, failed := make(chan queue.Item, maxBatch), make(chan error, 1)
	go func() {
		defer close(items)
		failed <- s.receive(items)
	}()
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
		if err := s.put(batch); err != nil {
			return err
		}
	}
	return <-failed
}

// receive reads items until the warden hangs up.
func (s *Shelf) receive(items chan<- queue.Item) error {
	for {
		it, err := handoff.ReadItem(s.In)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		items <- queue.Item{Kind: queue.Kind(it.Kind), Boot: it.Boot, Sequence: it.Sequence, At: it.At, Bytes: it.Bytes}
	}
}

// put stores a batch, waiting for room if it must, and says so.
func (s *Shelf) put(batch []queue.Item) error {
	said := false
	for left := lastTries; ; {
		stored, err := s.Queue.Put(batch)
		if err == nil {
			if stored > 0 && s.News != nil {
				s.News()
			}
			break
		}
		if !errors.Is(err, queue.ErrNoRoom) {
			return err
		}
		if !said {
			s.Say(fmt.Sprintf("%v; %d items wait for room", err, len(batch)))
			said = true
		}
		if s.tell(handoff.Back{Kind: handoff.Held}); s.gone {
			left--
		}
		if left == 0 || !s.Rest(retry) {
			return fmt.Errorf("shelf: %d items not stored: %w", len(batch), err)
		}
	}
	if said {
		s.Say("there is room again")
	}
	s.upto += uint64(len(batch))
	last := &batch[len(batch)-1]
	s.tell(handoff.Back{Kind: handoff.Stored, Boot: last.Boot, Sequence: last.Sequence, Upto: s.upto})
	return nil
}

// tell answers as long as somebody listens.
func (s *Shelf) tell(m handoff.Back) {
	if !s.gone && s.answer(m) != nil {
		s.gone = true
	}
}

// answer says something with the state of the queue.
func (s *Shelf) answer(m handoff.Back) error {
	st, err := s.Queue.Stats()
	if err != nil {
		return err
	}
	m.Tail, m.Waiting, m.Dropped, m.Refused = st.Tail, st.Waiting, st.Dropped, st.Refused
	if s.Failed != nil {
		m.Failed = s.Failed()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return handoff.WriteBack(s.Out, m)
}

// Inward gives the warden an envelope. It may be called from anywhere; one that nobody takes is lost
// here, and the collector gives it again.
func (s *Shelf) Inward(envelope []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = handoff.WriteBack(s.Out, handoff.Back{Kind: handoff.Inward, Envelope: envelope})
}
