package setter

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tellijn/firmware/scout/belief"
	"tellijn/firmware/scout/talk"
)

// How often the asker may say something, and how often people are told something: burst at once, then one
// each time.
const (
	burst      = 40
	talksEvery = time.Second
	linesBurst = 60
	linesEvery = time.Minute
)

// bucket bounds how often something happens.
type bucket struct {
	tokens int
	at     time.Duration
	every  time.Duration // 0 is talksEvery
	most   int           // 0 is burst
}

// take takes one at a time of the clock, or says that there is none.
func (b *bucket) take(now time.Duration) bool {
	every, most := b.every, b.most
	if every == 0 {
		every, most = talksEvery, burst
	}
	if n := (now - b.at) / every; n > 0 {
		b.at += n * every
		b.tokens = int(min(time.Duration(most), time.Duration(b.tokens)+n))
	}
	if b.tokens == 0 {
		return false
	}
	b.tokens--
	return true
}

// teller tells people: of each subject only what is new, and not more than so much.
type teller struct {
	out   io.Writer
	clock func() time.Duration
	last  map[string]string
	lines bucket
}

// tell says how a subject is: Loaded, Skipped or Failed, and why.
func (t *teller) tell(subject, state, why string) {
	if line := fmt.Sprintf("%-8s %s: %s", state, subject, strings.ReplaceAll(why, "\n", " ")); t.last[subject] != line && t.line(line) {
		t.last[subject] = line
	}
}

// note says something that happened.
func (t *teller) note(subject, what string) { t.line(fmt.Sprintf("%s: %s", subject, what)) }

func (t *teller) line(line string) bool {
	if t.lines.every == 0 {
		t.lines = bucket{tokens: linesBurst, most: linesBurst, every: linesEvery, at: t.clock()}
	}
	if !t.lines.take(t.clock()) {
		return false // the next change says it
	}
	fmt.Fprintln(t.out, line)
	return true
}

// server names a time server.
func (s *Setter) server(n uint8) string {
	if int(n) < len(s.Plan.Servers) {
		return s.Plan.Servers[n]
	}
	return fmt.Sprintf("%d of the network", int(n)+1)
}

// word tells people what the asker has to say, in words of the setter's own.
func (s *Setter) word(m *talk.Message) {
	server := "time server " + s.server(m.Source)
	switch m.Code {
	case talk.NoServer:
		s.say.tell("lease", "Skipped", "nobody answers who gives addresses; it goes on asking")
	case talk.BadOffer:
		s.say.tell("lease", "Skipped", "a server offers what no device may be set to; it goes on asking")
	case talk.Refused:
		s.say.tell("lease", "Skipped", "the server took the address back; it goes on asking")
	case talk.NoName:
		s.say.tell(server, "Skipped", "its name is not known")
	case talk.NoTime:
		s.say.tell(server, "Skipped", "it does not answer")
	case talk.BadTime:
		s.say.tell(server, "Skipped", "it knows no time, or says something that makes no sense")
	case talk.Kissed:
		s.say.tell(server, "Skipped", "it wants to be asked less or not at all")
	case talk.NoTimes:
		s.say.tell("time server", "Skipped", "none is configured, and the network names none")
	case talk.WrongKey:
		s.say.tell("radio", "Failed", "the access point does not take the password")
	case talk.NotLetIn:
		s.say.tell("radio", "Failed", "the network does not let this device in")
	case talk.WrongPeer:
		s.say.tell("radio", "Failed", "the server of the network does not show the certificate that was asked for; nothing was told to it")
	case talk.NoStation:
		s.say.tell("radio", "Skipped", "no such network is in reach")
	case talk.Associated:
		s.say.tell("radio", "Loaded", "the network let this device in")
	}
}

// words says why a time is not believed.
func words(err error) string {
	switch {
	case errors.Is(err, belief.ErrBefore):
		return "before the time that has been reached"
	case errors.Is(err, belief.ErrAhead):
		return "more than 400 days ahead"
	case errors.Is(err, belief.ErrApart):
		return "the servers disagree, so that none is believed"
	case errors.Is(err, belief.ErrFar):
		return "further off than a clock can be; it is believed when nobody has confirmed the clock for 8 hours"
	}
	return "too vague"
}
