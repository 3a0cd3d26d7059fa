// Package page shows a running counter in a browser: a black screen with its counting lines, the
// totals, and the newest record as it was queued. What it is given is firmware/view, 64 bytes a
// beat, so it has no pixels to show. It loads nothing from elsewhere and answers this computer only.
package page

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"tellijn/counting"
	"tellijn/firmware/view"
	"tellijn/privacy/record"
)

// Hub keeps the newest state and record and hands them to everybody who looks.
type Hub struct {
	mu      sync.Mutex
	state   *view.State
	at      time.Time                       // of the state
	passed  [counting.MaxLines][2]time.Time // when somebody last passed, forward and backward
	record  []byte
	records int
	ended   bool
	looking map[chan struct{}]bool
}

// NewHub is empty.
func NewHub() *Hub { return &Hub{looking: map[chan struct{}]bool{}} }

// Take takes one message of the warden at a time.
func (h *Hub) Take(m view.Message, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if m.State != nil {
		h.state, h.at = m.State, at
		for i, l := range m.State.Lines {
			if l.LitForward {
				h.passed[i][0] = at
			}
			if l.LitBackward {
				h.passed[i][1] = at
			}
		}
	}
	if m.Record != nil {
		h.record = m.Record
		h.records++
	}
	h.wake()
}

// End says that nothing more will come.
func (h *Hub) End() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	h.wake()
}

// wake tells everybody that there is something new; who is busy finds out later.
func (h *Hub) wake() {
	for c := range h.looking {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// State gives the newest state, nil before the first, and the number of records.
func (h *Hub) State() (*view.State, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state, h.records
}

// look joins; leave must be called.
func (h *Hub) look() (news <-chan struct{}, leave func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looking[c] = true
	c <- struct{}{}
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.looking, c)
	}
}

// stateEvent is what the browser gets each beat.
type stateEvent struct {
	Counting bool        `json:"counting"`
	Ended    bool        `json:"ended"`
	Age      int64       `json:"age"` // milliseconds since the state came
	Lines    []lineEvent `json:"lines"`
	Zones    []int       `json:"zones"`
}

type lineEvent struct {
	Forward  uint32 `json:"forward"`
	Backward uint32 `json:"backward"`
	// Milliseconds since somebody passed, or -1. A browser that misses a beat still lights up.
	ForwardAgo  int64 `json:"forwardAgo"`
	BackwardAgo int64 `json:"backwardAgo"`
}

// recordEvent is the newest record.
type recordEvent struct {
	Count int    `json:"count"`
	Size  int    `json:"size"`
	Text  string `json:"text"`
	Hex   string `json:"hex"`
	Walls string `json:"walls"` // what held the eye in, and what was missing
	Whole bool   `json:"whole"` // nothing was
}

// events gives the newest state, and the newest record if it is not the one of this count.
func (h *Hub) events(count int, now time.Time) (state, rec []byte, records int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.state; s != nil || h.ended {
		e := stateEvent{Ended: h.ended, Lines: []lineEvent{}, Zones: []int{}}
		if s != nil {
			e.Counting, e.Age = s.Counting && !h.ended, now.Sub(h.at).Milliseconds()
			for i, l := range s.Lines {
				e.Lines = append(e.Lines, lineEvent{l.Forward, l.Backward, ago(now, h.passed[i][0]), ago(now, h.passed[i][1])})
			}
			for _, n := range s.Zones {
				e.Zones = append(e.Zones, int(n)) // bytes would become text
			}
		}
		if state, err = json.Marshal(e); err != nil {
			return nil, nil, count, err
		}
	}
	if h.records != count && h.record != nil {
		text, err := record.Diag(h.record)
		if err != nil {
			return nil, nil, count, err
		}
		walls, whole, err := HeldIn(h.record)
		if err != nil {
			return nil, nil, count, err
		}
		if rec, err = json.Marshal(recordEvent{h.records, len(h.record), text, rows(h.record), walls, whole}); err != nil {
			return nil, nil, count, err
		}
	}
	return state, rec, h.records, nil
}

// ago is -1 for what never was.
func ago(now, at time.Time) int64 {
	if at.IsZero() {
		return -1
	}
	return now.Sub(at).Milliseconds()
}

// rows writes bytes in hex, 32 a row.
func rows(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		n := min(len(b), 32)
		out.WriteString(hex.EncodeToString(b[:n]) + "\n")
		b = b[n:]
	}
	return out.String()
}
