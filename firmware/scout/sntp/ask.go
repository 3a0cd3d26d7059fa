// Package sntp asks time servers (RFC 4330, RFC 5905): one question to one server, and when to ask which
// one again. It believes nothing: whether a time can be is for firmware/scout/belief, in the other half.
// It reads no clock but the one that it is given, and sets none. It stands beside the data path, in the
// asker.
package sntp

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/beevik/ntp"
)

// Patience is how long a server has to answer.
const Patience = 4 * time.Second

// MostError is more than any answer of use may be off; a larger one is said to be this far off.
const MostError = 16 * time.Second

// Reasons why there is no answer.
var (
	// ErrSilent is that nobody answers.
	ErrSilent = errors.New("sntp: no answer")
	// ErrBad is of all answers that are of no use.
	ErrBad = errors.New("sntp: an answer that makes no sense, or of a server that knows no time")
	// ErrLess is what a server says that was asked too often.
	ErrLess = errors.New("sntp: asked too often")
	// ErrNever is what a server says that should not have been asked.
	ErrNever = errors.New("sntp: not for this device")
)

// Answer is what a server said.
type Answer struct {
	Boot  time.Duration // since the machine started, when it was Time
	Time  time.Time
	Error time.Duration // at most this far off, if the server does not lie
}

// epoch is where the clock of the questions begins. It could be any: only differences are used, so the wall
// clock may be set meanwhile. One within the years of the answers keeps differences small.
func epoch() time.Time { return time.Unix(1<<31, 0).UTC() }

// Ask asks one question on a connection that dial makes, which it closes. boot is the time since the machine
// started.
func Ask(dial func() (net.Conn, error), boot func() time.Duration) (Answer, error) {
	o := ntp.QueryOptions{Timeout: Patience, Version: 4, GetSystemTime: func() time.Time { return epoch().Add(boot()) },
		Dialer: func(string, string) (net.Conn, error) { return dial() }}
	r, err := ntp.QueryWithOptions("server:123", o)
	var of net.Error
	switch {
	case errors.As(err, &of) || errors.Is(err, net.ErrClosed):
		return Answer{}, fmt.Errorf("%w: %w", ErrSilent, err)
	case err != nil:
		return Answer{}, fmt.Errorf("%w: %w", ErrBad, err)
	}
	switch {
	case r.IsKissOfDeath() && r.KissCode == "RATE":
		return Answer{}, ErrLess
	case r.IsKissOfDeath() && (r.KissCode == "DENY" || r.KissCode == "RSTR"):
		return Answer{}, ErrNever
	}
	if err := r.Validate(); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrBad, err)
	}
	now := boot()
	a := Answer{Boot: now, Time: epoch().Add(now).Add(r.ClockOffset), Error: min(max(r.RootDistance, 0), MostError)}
	if y := a.Time.Year(); y < 1971 || y > 2200 { // a difference that did not fit
		return Answer{}, ErrBad
	}
	return a, nil
}
