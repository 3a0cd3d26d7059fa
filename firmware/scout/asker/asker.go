// Package asker is the half of the scout that hears strangers: it asks for a lease and for the time, and
// says in messages of one size what it made of the answers. It has no rights, opens no file, and sets
// nothing: the other half does that, if it agrees. Nobody can connect to it. It stands beside the data
// path.
package asker

import (
	"errors"
	"io"
	"net/netip"
	"time"

	"tellijn/firmware/scout/dhcp"
	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/sntp"
	"tellijn/firmware/scout/talk"
)

// Line is the asker's end of the socket to the setter: talk.Line.
type Line interface {
	Send(m talk.Message, fd int) error
	Receive() (talk.Message, int, error)
}

// Packets is a socket for whole frames on one interface.
type Packets interface {
	// Read gives a frame in b, and whether its sum of UDP was not finished when it was sent.
	Read(b []byte) (n int, unsummed bool, err error)
	Write(b []byte) (int, error)
	Close() error
}

// Setup is all that the asker has.
type Setup struct {
	Line    Line
	Servers []string // of time, host:port, at most talk.MaxSources; none takes those of the network
	Boot    func() time.Duration
	Random  func() uint32
	// Open makes a socket of a descriptor that came with a link, and Pipe a reader of one with the words
	// of a supplicant.
	Open func(fd int) Packets
	Pipe func(fd int) io.ReadCloser
	// Ask asks a server for the time, whose name is found by those name servers.
	Ask func(server string, names []netip.Addr) (sntp.Answer, error)
}

// asker is one run. See Run.
type asker struct {
	Setup
	link    talk.Message
	packets Packets
	client  *dhcp.Client
	last    netip.Addr // address that it had
	lease   lease.Lease
	leased  bool
	named   []netip.Addr // time servers that came with the lease
	round   int          // counts leases, so that late answers of an old one are known
	servers []string     // that are asked now
	turns   sntp.Turns
	said    map[talk.Message]time.Duration
	frames  chan frame
	times   chan told
	radio   chan talk.Code
}

type frame struct {
	from     Packets
	b        []byte
	unsummed bool
}

type told struct {
	round, server int
	a             sntp.Answer
	err           error
}

type order struct {
	m   talk.Message
	fd  int
	err error
}

// settles is how long the setter may take to set what it was told.
const settles = time.Second

// again is how long the same word is not said again.
const again = 10 * time.Minute

// Run asks until the setter is gone, which is no error.
func Run(s Setup) error {
	a := &asker{Setup: s, said: map[talk.Message]time.Duration{}, frames: make(chan frame), times: make(chan told, talk.MaxSources), radio: make(chan talk.Code)}
	orders := make(chan order)
	go func() {
		for {
			m, fd, err := s.Line.Receive()
			orders <- order{m, fd, err}
			if err != nil {
				return
			}
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var err error
		select {
		case o := <-orders:
			if errors.Is(o.err, io.EOF) {
				return nil
			}
			if err = o.err; err == nil {
				err = a.follow(o.m, o.fd)
			}
		case f := <-a.frames:
			if f.from == a.packets && a.client != nil {
				if m, bad := dhcp.Unwrap(f.b, f.unsummed); bad == nil {
					out, e := a.client.Hear(s.Boot(), m)
					err = a.after(out, e)
				}
			}
		case t := <-a.times:
			err = a.heard(t)
		case c := <-a.radio:
			err = a.word(c, 0)
		case <-timer.C:
		}
		if err == nil {
			err = a.due()
		}
		if err != nil {
			return err
		}
		timer.Reset(a.wait())
	}
}

// follow does what the setter says.
func (a *asker) follow(m talk.Message, fd int) error {
	if m.Kind == talk.Radio {
		go listen(a.Pipe(fd), a.radio)
		return nil
	}
	if a.packets != nil {
		a.packets.Close()
	}
	a.link, a.packets, a.client, a.leased = m, nil, nil, false
	a.turns.Restart(0, 0)
	switch {
	case m.Kind == talk.NoLink:
	case m.Lent:
		a.packets = a.Open(fd)
		a.client = dhcp.New(m.MAC, a.last, a.Random, a.Boot())
		go read(a.packets, a.frames)
	default:
		return a.begin(m.Lease, nil)
	}
	return nil
}

// read passes on frames until there is no interface any more.
func read(p Packets, to chan<- frame) {
	for {
		b := make([]byte, 2048)
		n, unsummed, err := p.Read(b)
		if err != nil {
			return
		}
		to <- frame{p, b[:n], unsummed}
	}
}

// begin asks for the time with what is known now.
func (a *asker) begin(l lease.Lease, times []netip.Addr) error {
	servers := a.Servers
	if len(servers) == 0 {
		for _, t := range times[:min(len(times), talk.MaxSources)] {
			servers = append(servers, netip.AddrPortFrom(t, 123).String())
		}
	}
	a.lease, a.servers = l, servers
	a.round++
	a.turns.Restart(len(servers), a.Boot()+settles)
	if len(servers) == 0 {
		return a.word(talk.NoTimes, 0)
	}
	return nil
}

// word says something to people, if it was not said a moment ago.
func (a *asker) word(c talk.Code, source int) error {
	m := talk.Message{Kind: talk.Word, Code: c, Source: uint8(source)}
	now := a.Boot()
	if at, ok := a.said[m]; ok && now-at < again {
		return nil
	}
	a.said[m] = now
	return a.Line.Send(m, -1)
}
