// Package page shows running counters in a browser: for each door a black screen with its counting
// lines, the totals, and the newest signed record as it leaves; beside them what a network and a
// collector made of it. What it is given of a camera is firmware/view, 64 bytes a beat, so it has no
// pixels to show. It loads nothing from elsewhere and answers this computer only.
package page

import (
	"sync"
	"time"

	"tellijn/counting"
	"tellijn/firmware/view"
	"tellijn/privacy/sign"
)

// Door is one counter.
type Door struct {
	Name string
	Role string      // in the room, in plain words; may be empty
	Key  sign.Public // of its records
}

// House is what becomes of records once they are made.
type House struct {
	Pulled   bool   `json:"pulled"`   // the network is out
	Calendar string `json:"calendar"` // what time it is for the records
	Doors    []Kept `json:"doors"`
	// Estimate is how many people the collector thinks are inside, as a range; empty if it does not know.
	// Upto is the end of the newest interval that it knows of, and Old says that this is no news.
	Estimate string `json:"estimate"`
	Upto     string `json:"upto"`
	Old      bool   `json:"old"`
}

// Kept is how many records of one door are where.
type Kept struct {
	Made    uint64 `json:"made"`
	Waiting uint64 `json:"waiting"` // on the device
	Lost    uint64 `json:"lost"`    // pushed out of the device's queue, which holds seven days
	Stored  uint64 `json:"stored"`  // at the collector
	Missing uint64 `json:"missing"` // that the collector knows of and does not have
	Late    uint64 `json:"late"`    // that came to it late
	Refused uint64 `json:"refused"` // by it
}

// Hub keeps the newest of everything and hands it to everybody who looks. Its methods may be called
// from anywhere.
type Hub struct {
	// Plug pulls the network out or puts it back. nil leaves everything about a network off the page.
	// It is set before the hub is used.
	Plug func(out bool)

	mu      sync.Mutex
	doors   []door
	house   *House
	changed int // of the house
	ended   bool
	looking map[chan struct{}]bool
}

// door is what is known of one counter.
type door struct {
	Door
	state   *view.State
	at      time.Time                       // of the state
	passed  [counting.MaxLines][2]time.Time // when somebody last passed, forward and backward
	record  []byte
	records int
}

// NewHub is empty. Without doors it is for one whose records cannot be checked.
func NewHub(doors ...Door) *Hub {
	h := &Hub{looking: map[chan struct{}]bool{}, doors: make([]door, max(1, len(doors)))}
	for i, d := range doors {
		h.doors[i].Door = d
	}
	return h
}

// Take takes one message of the first door's warden.
func (h *Hub) Take(m view.Message, at time.Time) { h.From(0, m, at) }

// From takes one message of the warden of door n, from 0.
func (h *Hub) From(n int, m view.Message, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := &h.doors[n]
	if m.State != nil {
		d.state, d.at = m.State, at
		for i, l := range m.State.Lines {
			if l.LitForward {
				d.passed[i][0] = at
			}
			if l.LitBackward {
				d.passed[i][1] = at
			}
		}
	}
	if m.Record != nil {
		d.record = m.Record
		d.records++
	}
	h.wake()
}

// Show takes what became of records.
func (h *Hub) Show(s House) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.house = &s
	h.changed++
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

// State gives the newest state of door n, nil before the first.
func (h *Hub) State(n int) *view.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.doors[n].state
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
