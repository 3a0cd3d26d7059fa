package page

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

// stateEvent is what the browser gets each beat.
type stateEvent struct {
	Ended bool        `json:"ended"`
	Doors []doorEvent `json:"doors"`
}

type doorEvent struct {
	Seen     bool        `json:"seen"` // there was a state
	Counting bool        `json:"counting"`
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

// recordEvent is the newest record of one door.
type recordEvent struct {
	Door  int    `json:"door"`
	Count int    `json:"count"` // from 1, as the device numbers them; 0 if the signature is wrong
	Says  string `json:"says"`  // in plain words
	Size  int    `json:"size"`
	Good  bool   `json:"good"` // the signature is that of the device
	Text  string `json:"text"`
	Hex   string `json:"hex"`
	Walls string `json:"walls"` // what held the eye in, and what was missing
	Whole bool   `json:"whole"` // nothing was
}

// event is one message to a browser.
type event struct {
	name string
	data any
}

// seen is what one browser has got so far.
type seen struct {
	records []int
	house   int
}

// events gives what is new for a browser that has seen this, and notes it there.
func (h *Hub) events(s *seen, now time.Time) (out []event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.records == nil {
		s.records = make([]int, len(h.doors))
	}
	state := stateEvent{Ended: h.ended}
	some := h.ended
	for i := range h.doors {
		state.Doors = append(state.Doors, h.doors[i].event(now, h.ended))
		some = some || h.doors[i].state != nil
	}
	if some {
		out = append(out, event{"state", state})
	}
	if h.house != nil && h.changed != s.house {
		s.house = h.changed
		out = append(out, event{"house", *h.house})
	}
	for i := range h.doors {
		if d := &h.doors[i]; d.records != s.records[i] {
			s.records[i] = d.records
			out = append(out, event{"record", d.newest(i)})
		}
	}
	return out
}

func (d *door) event(now time.Time, ended bool) doorEvent {
	e := doorEvent{Lines: []lineEvent{}, Zones: []int{}}
	s := d.state
	if s == nil {
		return e
	}
	e.Seen, e.Counting, e.Age = true, s.Counting && !ended, now.Sub(d.at).Milliseconds()
	for i, l := range s.Lines {
		e.Lines = append(e.Lines, lineEvent{l.Forward, l.Backward, ago(now, d.passed[i][0]), ago(now, d.passed[i][1])})
	}
	for _, n := range s.Zones {
		e.Zones = append(e.Zones, int(n)) // bytes would become text
	}
	return e
}

// newest checks the newest record as anybody can who has the device's public key. What is not signed
// with it is not read any further.
func (d *door) newest(n int) recordEvent {
	e := recordEvent{Door: n, Size: len(d.record), Hex: rows(d.record)}
	r, err := record.Open(d.Key, d.record)
	if err != nil {
		return e
	}
	payload, err := sign.Open(sign.Record, d.Key, d.record)
	if err != nil {
		return e
	}
	if e.Text, err = record.Diag(payload); err != nil {
		return e
	}
	e.Good, e.Count, e.Says = true, int(r.Sequence)+1, says(&r)
	e.Walls, e.Whole = HeldIn(&r)
	return e
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

// text writes an event as a stream of events has it (HTML standard, section 9.2.6).
func (e event) text() (string, error) {
	b, err := json.Marshal(e.data)
	return "event: " + e.name + "\ndata: " + string(b) + "\n\n", err
}
