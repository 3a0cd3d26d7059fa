// Package setter is the half of the scout that may set something: interfaces, the list of name servers, the
// clock and its chip. It parses nothing that came from a network. What it is told by the asker, which does,
// it holds to bounds: a lying asker can give this device a wrong address or no network, and before the
// first belief a wrong time within belief.Ahead; it can do nothing else here. It stands beside the data path.
package setter

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"syscall"
	"time"

	"tellijn/firmware/scout/belief"
	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/links"
	"tellijn/firmware/scout/talk"
)

// Network is what sets interfaces: links.Kernel.
type Network interface {
	List() ([]links.Link, error)
	Watch() (<-chan struct{}, error)
	Up(index int) error
	Set(index int, l lease.Lease) error
	Clear(index int) error
	Packet(index int) (fd int, err error)
}

// Asker is the other half as it runs. What it says comes out of Heard, which is closed when it has ended.
type Asker interface {
	Send(m talk.Message, fd int) error
	Heard() <-chan Heard
	End()
}

// Heard is something that the asker said, or why it cannot be listened to any more.
type Heard struct {
	Message talk.Message
	Err     error
}

// Plan is what the configuration wants.
type Plan struct {
	None      bool         // no network at all
	Interface string       // "" for the first wired, then wireless
	Fixed     *lease.Lease // nil asks for a lease
	Servers   []string     // of time, for words only
	Floor     time.Time    // a time that has been reached for sure
	ChipPath  string       // for words only
	// Wait is how long the network is asked before the clock chip is believed, as a rule the constant Wait; 0 believes it at
	// once, as that of an emulated board, which is the computer's.
	Wait time.Duration
}

// Setup is all that the setter has.
type Setup struct {
	Plan    Plan
	Network Network
	Clock   Clock
	Chip    Chip // nil for none
	// Start starts an asker; nil if there is nothing to ask.
	Start func() (Asker, error)
	// Names writes the list of name servers.
	Names func([]netip.Addr) error
	// Radio has a supplicant run for an interface, and gives the end of a pipe with its words, which the
	// caller closes; nil without a configuration for one.
	Radio func(name string) (fd int, err error)
	// Out takes lines for people.
	Out io.Writer
}

// How long things wait.
const (
	tick      = time.Second
	poll      = 15 * time.Second // looks at the interfaces, whatever the kernel says of changes
	hold      = 5 * time.Second  // a cable may be out before another interface is used
	firstRest = time.Second      // before an asker is started again, twice as long each time
	lastRest  = time.Minute
	steady    = 5 * time.Minute // an asker that ran so long begins with firstRest again
)

// Setter is one run. See New.
type Setter struct {
	Setup
	say     teller
	belief  *belief.Keeper
	asker   Asker
	heard   <-chan Heard
	started time.Duration // of the asker
	why     string        // it was ended
	rest    time.Duration
	again   time.Duration // when to start the asker
	talks   bucket
	used    links.Link // the interface that is used
	out     time.Duration
	lease   lease.Lease // that it is set to
	end     time.Duration
	looked  time.Duration
	chip    bool          // the chip was believed
	chipped time.Duration // when it was read or set
	known   bool          // a time from the network was believed
	asks    time.Duration // when the chip is believed if nobody else told the time; 0 when that is over
	most    time.Duration // that asks is put off to
}

// New makes a setter.
func New(s Setup) *Setter {
	now := s.Clock.Boot()
	return &Setter{Setup: s, belief: belief.New(s.Plan.Floor, now), say: teller{out: s.Out, clock: s.Clock.Boot, last: map[string]string{}}, rest: firstRest, looked: -poll}
}

// Run sets and listens until stop is closed.
func (s *Setter) Run(stop <-chan struct{}) {
	s.beginClock()
	beat := time.NewTicker(tick)
	defer beat.Stop()
	var changed <-chan struct{}
	if s.Plan.None {
		s.say.tell("network", "Skipped", "the configuration wants none")
	}
	for {
		if changed == nil && !s.Plan.None {
			var err error
			if changed, err = s.Network.Watch(); err != nil {
				s.say.tell("watching", "Failed", err.Error())
			}
			s.look()
		}
		select {
		case <-stop:
			if s.asker != nil {
				s.asker.End()
			}
			return
		case _, ok := <-changed:
			if !ok {
				changed = nil
			}
			s.look()
		case h, ok := <-s.heard:
			s.listen(h, ok)
		case <-beat.C:
			s.Tick()
		}
	}
}

// Tick does what is due.
func (s *Setter) Tick() {
	now := s.Clock.Boot()
	s.tickClock(now)
	if s.Plan.None {
		return
	}
	if s.asker == nil && s.Start != nil && now >= s.again {
		s.begin(now)
	}
	if s.end > 0 && now >= s.end {
		s.free("the lease ended")
	}
	if now-s.looked >= poll || s.out > 0 && now-s.out >= hold {
		s.look()
	}
}

// begin starts the asker and tells it what there is.
func (s *Setter) begin(now time.Duration) {
	a, err := s.Start()
	if err != nil {
		s.say.tell("asker", "Failed", err.Error())
		s.later(now)
		return
	}
	s.asker, s.heard, s.started, s.why, s.talks = a, a.Heard(), now, "", bucket{tokens: burst, at: now}
	if s.used.Carrier {
		s.ask()
	}
	s.looked = now - poll
}

// later puts off the next start.
func (s *Setter) later(now time.Duration) {
	if s.asker != nil && now-s.started >= steady {
		s.rest = firstRest
	}
	s.asker, s.heard = nil, nil
	s.again, s.rest = now+s.rest, min(2*s.rest, lastRest)
}

// listen takes what the asker said.
func (s *Setter) listen(h Heard, ok bool) {
	now := s.Clock.Boot()
	switch {
	case !ok:
		s.say.tell("asker", "Failed", cmp.Or(s.why, "it ended")+"; it is started again")
		s.later(now)
		return
	case errors.Is(h.Err, io.EOF):
		s.asker.End()
		return
	case h.Err == nil && !s.talks.take(now):
		h.Err = errors.New("it says more than there can be to say")
	}
	if h.Err != nil {
		s.why = h.Err.Error()
		s.asker.End()
		return
	}
	m := &h.Message
	switch m.Kind {
	case talk.Leased:
		s.take(m, now)
	case talk.Gone:
		if int(m.Index) == s.used.Index && s.end > 0 {
			s.free("the lease ended")
		}
	case talk.Sample:
		s.believe(m, now)
	case talk.Word:
		s.word(m)
	}
}

// send tells the asker something. One that does not listen is ended.
func (s *Setter) send(m talk.Message, fd int) {
	if s.asker == nil {
		return
	}
	if err := s.asker.Send(m, fd); err != nil {
		if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) { // which is about to be seen
			s.why = fmt.Sprintf("it does not listen: %v", err)
		}
		s.asker.End()
	}
}
