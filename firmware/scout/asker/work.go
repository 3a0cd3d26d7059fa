package asker

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"tellijn/firmware/scout/dhcp"
	"tellijn/firmware/scout/sntp"
	"tellijn/firmware/scout/talk"
)

// due does what is to be done by now.
func (a *asker) due() error {
	if a.client != nil {
		out, e := a.client.Step(a.Boot())
		if err := a.after(out, e); err != nil {
			return err
		}
	}
	for {
		i := a.turns.Due(a.Boot())
		if i < 0 {
			return nil
		}
		round, server, names := a.round, a.servers[i], a.lease.Servers()
		go func() {
			t := told{round: round, server: i}
			t.a, t.err = a.Ask(server, names)
			a.times <- t
		}()
	}
}

// wait is how long nothing is due.
func (a *asker) wait() time.Duration {
	now, d := a.Boot(), time.Hour
	if a.client != nil {
		d = min(d, a.client.Next()-now)
	}
	if at, ok := a.turns.Next(); ok {
		d = min(d, at-now)
	}
	return max(d, 10*time.Millisecond)
}

// after sends a frame and says what came of a step or a packet.
func (a *asker) after(out []byte, e dhcp.Event) error {
	if out != nil {
		_, _ = a.packets.Write(out) // a frame that is lost is sent again
	}
	m := talk.Message{Index: a.link.Index}
	switch e {
	case dhcp.Bound:
		l, times := a.client.Lease(), a.client.Times()
		m.Kind, m.Lease = talk.Leased, l
		if err := a.Line.Send(m, -1); err != nil {
			return err
		}
		was, other := a.lease, l
		was.For, other.For = 0, 0
		a.last = l.Address.Addr()
		if a.leased && was == other && slices.Equal(a.named, times) {
			return nil // the same again
		}
		a.leased, a.named = true, times
		return a.begin(l, times)
	case dhcp.Lost, dhcp.Refused:
		a.turns.Restart(0, 0)
		if e == dhcp.Refused {
			a.last = netip.Addr{} // not that one again
			if err := a.word(talk.Refused, 0); err != nil {
				return err
			}
		}
		if !a.leased {
			return nil
		}
		a.leased, m.Kind = false, talk.Gone
		return a.Line.Send(m, -1)
	case dhcp.Silent:
		return a.word(talk.NoServer, 0)
	case dhcp.Unfit:
		return a.word(talk.BadOffer, 0)
	}
	return nil
}

// heard says what a time server answered.
func (a *asker) heard(t told) error {
	if t.round != a.round {
		return nil // of another network
	}
	a.turns.Done(t.server, t.err, a.Boot())
	switch {
	case t.err == nil:
		return a.Line.Send(talk.Message{Kind: talk.Sample, Source: uint8(t.server), Boot: t.a.Boot, Time: t.a.Time, Error: t.a.Error}, -1)
	case errors.Is(t.err, sntp.ErrLess), errors.Is(t.err, sntp.ErrNever):
		return a.word(talk.Kissed, t.server)
	case errors.Is(t.err, sntp.ErrBad):
		return a.word(talk.BadTime, t.server)
	case errors.Is(t.err, ErrName):
		return a.word(talk.NoName, t.server)
	}
	return a.word(talk.NoTime, t.server)
}
