// Package kinds has the faults of a campaign, each with the proof that it struck: the process died, the
// bytes were others, the disk gave ENOSPC, the calendar moved. A fault that could not strike is an error,
// and so is anybody who believed a lie. What becomes of the counts is for tools/faults/judge.
package kinds

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"tellijn/tools/faults/hostile"
	"tellijn/tools/faults/judge"
	"tellijn/tools/faults/link"
	"tellijn/tools/faults/site"
)

// Stage is where faults are played.
type Stage struct {
	*site.Site
	Past    map[string]*hostile.Past  // what is known of each device
	Relays  map[string]*hostile.Relay // of the devices over HTTPS
	Thieves map[string]hostile.Client // with a device's certificate
	Inside  map[string]*hostile.Post  // of the devices over MQTT: the broker's own hands

	mu    sync.Mutex
	Kills map[string]int          // of wardens, by device
	Jumps map[string]int          // of clocks, by device
	spans map[string]judge.Span   // what was counted by runs that ended
	books map[string]*site.Counts // of one-door devices, after the run that ended last
}

// Turn is one fault on its way.
type Turn struct {
	*Stage
	Device *site.Device
	Random *rand.Rand
}

// Kind is one kind of fault.
type Kind struct {
	Name   string
	Weight int
	// On says which devices it can strike; nil for all.
	On func(*site.Device) bool
	// Skip says why it cannot be had here, or "".
	Skip func(*Stage) string
	// Strike does it and tells what it met.
	Strike func(*Turn) (met string, err error)
}

// All gives all kinds.
func All() (all []Kind) {
	all = append(all, kills()...)
	all = append(all, network()...)
	all = append(all, disks()...)
	return append(all, lies()...)
}

// Start notes that the campaign has put its stage up.
func (s *Stage) Start() {
	s.Kills, s.Jumps, s.spans, s.books = map[string]int{}, map[string]int{}, map[string]judge.Span{}, map[string]*site.Counts{}
}

// patience bounds how long a fault waits for its chance, in wall time: what it strikes may be away because
// of another fault.
const patience = 120 * time.Second

// again tries until something came that the fault could strike.
func again(do func() (string, error)) (met string, err error) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if met, err = do(); !errors.Is(err, hostile.ErrAway) && !errors.Is(err, hostile.ErrQuiet) && !errors.Is(err, link.ErrQuiet) {
			return met, err
		}
	}
	return met, fmt.Errorf("it did not strike in %v: %w", patience, err)
}

// Ended books a run that has ended, and checks what is on disk of it. The caller holds the device's Life,
// and nothing of the device runs.
func (s *Stage) Ended(d *site.Device, r *site.Run, killed time.Time) error {
	span := judge.Counted(r)
	s.mu.Lock()
	s.spans[d.Name] = s.spans[d.Name].Plus(span)
	before := s.books[d.Name]
	s.mu.Unlock()
	b, err := judge.Read(d)
	if err != nil || d.Room { // of a room only the sum of all doors is known, when nobody runs
		return err
	}
	if before == nil {
		before = &site.Counts{}
	}
	at := judge.Span{Least: *before, Most: *before}.Plus(span)
	err = at.Holds(b.Counts)
	if !killed.IsZero() {
		err = errors.Join(err, judge.Late(r, killed, *before, b.Counts))
	}
	if err != nil {
		err = fmt.Errorf("%s, after a life that ended: %w; %+v before, it said: %s", d.Name, err, *before, r.Tail(5))
	}
	s.mu.Lock()
	s.books[d.Name] = &b.Counts
	s.mu.Unlock()
	return err
}

// Span gives what was counted by all runs of a device.
func (s *Stage) Span(device string) judge.Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spans[device]
}

func (s *Stage) note(m map[string]int, d *site.Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m[d.Name]++
}

// rest waits between least and most.
func (t *Turn) rest(least, most time.Duration) time.Duration {
	d := least + time.Duration(t.Random.Int64N(int64(most-least)))
	time.Sleep(d)
	return d
}
