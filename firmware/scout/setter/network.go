package setter

import (
	"fmt"
	"syscall"
	"time"

	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/links"
	"tellijn/firmware/scout/talk"
)

// look sees which interfaces there are, and goes to another if it must.
func (s *Setter) look() {
	now := s.Clock.Boot()
	s.looked = now
	all, err := s.Network.List()
	if err != nil {
		s.say.tell("network", "Failed", err.Error())
		return
	}
	for i := range all {
		l := &all[i]
		if s.Plan.Interface != "" && l.Name != s.Plan.Interface {
			continue
		}
		if !l.Up {
			if err := s.Network.Up(l.Index); err != nil {
				s.say.tell("network "+l.Name, "Failed", err.Error())
			}
		}
		// A cable that is out for a moment is no reason to go elsewhere.
		if l.Index == s.used.Index && !l.Carrier && s.used.Carrier {
			if s.out == 0 {
				s.out = max(now, 1)
			}
			l.Carrier = now-s.out < hold
		} else if l.Index == s.used.Index && l.Carrier && s.out > 0 {
			s.out = 0
			s.ask() // it may be another network by now
		}
	}
	s.tune(all)
	s.use(links.Choose(all, s.Plan.Interface, s.used.Index))
}

// tune has a supplicant run for a radio.
func (s *Setter) tune(all []links.Link) {
	if s.Radio == nil || s.asker == nil { // which hears its words
		return
	}
	l := links.Wireless(all, s.Plan.Interface)
	if l.Index == 0 {
		s.say.tell("radio", "Skipped", "no radio is there yet")
		return
	}
	fd, err := s.Radio(l.Name)
	switch {
	case err != nil:
		s.say.tell("radio", "Failed", err.Error())
	case fd >= 0:
		s.say.tell("radio", "Loaded", l.Name)
		s.send(talk.Message{Kind: talk.Radio}, fd)
		syscall.Close(fd)
	}
}

// use goes to an interface, or sees that the one that is used changed.
func (s *Setter) use(l links.Link) {
	was := s.used
	s.used = l
	if l.Index != was.Index {
		s.out = 0
		if was.Index != 0 {
			s.used = was
			s.free("another interface is used")
			s.used = l
		}
	}
	switch {
	case l.Index == 0:
		s.say.tell("network", "Skipped", "no interface is there yet")
		if was.Index != 0 {
			s.send(talk.Message{Kind: talk.NoLink}, -1)
		}
	case !l.Carrier:
		s.say.tell("network", "Skipped", l.Name+": nobody is at its other end")
		if was.Carrier || was.Index != l.Index {
			s.out = 0
			s.send(talk.Message{Kind: talk.NoLink}, -1)
		}
	case l.Index != was.Index || l.MAC != was.MAC || !was.Carrier:
		s.ask()
	}
}

// ask has the asker ask on the interface, or sets it to what the configuration says.
func (s *Setter) ask() {
	m := talk.Message{Kind: talk.Link, Index: uint32(s.used.Index), MAC: s.used.MAC, Lent: s.Plan.Fixed == nil}
	if s.Plan.Fixed != nil {
		m.Lease = *s.Plan.Fixed
		s.set(m.Lease, 0)
		s.send(m, -1)
		return
	}
	if !s.lease.Address.IsValid() {
		s.say.tell("network", "Loaded", s.used.Name+": asks for a lease")
	}
	if s.asker == nil {
		return
	}
	fd, err := s.Network.Packet(s.used.Index)
	if err != nil {
		s.say.tell("network", "Failed", err.Error())
		s.used.Carrier = false // so that it is tried again
		return
	}
	s.send(m, fd)
	syscall.Close(fd)
}

// take takes a lease that the asker heard of.
func (s *Setter) take(m *talk.Message, now time.Duration) {
	if int(m.Index) != s.used.Index || s.Plan.Fixed != nil {
		return // of an interface that is not used any more
	}
	if err := m.Lease.Check(true); err != nil {
		s.say.tell("lease", "Failed", err.Error())
		return
	}
	s.set(m.Lease, now)
}

// set sets the interface that is used.
func (s *Setter) set(l lease.Lease, now time.Duration) {
	if err := s.Network.Set(s.used.Index, l); err != nil {
		s.say.tell("network", "Failed", fmt.Sprintf("%s: %v", s.used.Name, err))
		return
	}
	if l.Names != s.lease.Names || !s.lease.Address.IsValid() {
		if err := s.Names(l.Servers()); err != nil {
			s.say.tell("names", "Failed", err.Error())
		}
	}
	s.lease, s.end = l, 0
	if l.For > 0 {
		s.end = now + l.For
	}
	s.say.tell("network", "Loaded", fmt.Sprintf("%s: %v", s.used.Name, &l))
}

// free takes from the interface that is used what it was set to.
func (s *Setter) free(why string) {
	if !s.lease.Address.IsValid() {
		return
	}
	if err := s.Network.Clear(s.used.Index); err != nil {
		s.say.tell("network", "Failed", fmt.Sprintf("%s: %v", s.used.Name, err))
	}
	if err := s.Names(nil); err != nil {
		s.say.tell("names", "Failed", err.Error())
	}
	s.lease, s.end = lease.Lease{}, 0
	s.say.tell("network", "Skipped", fmt.Sprintf("%s: no address, %s", s.used.Name, why))
}
