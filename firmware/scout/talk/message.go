// Package talk is what the two halves of the scout say to each other. The asker hears strangers and says
// what it made of them; the setter says which interface there is to ask on. Messages have one size and no
// text, and are checked by whoever receives them. It stands beside the data path: no record goes through
// it.
package talk

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"tellijn/firmware/scout/lease"
	"tellijn/privacy/wire/fixed"
)

// ErrMalformed is wrapped by errors about what a message says. Whoever gets one ends the other half, for an
// honest half never sends one.
var ErrMalformed = errors.New("talk: malformed message")

// Kind says what a message is for.
type Kind uint8

// The kinds. The setter sends Link, NoLink and Radio, the asker the others.
const (
	Link   Kind = 1 // Index, MAC, Lent, Lease if it is not lent; with a packet socket if it is
	NoLink Kind = 2 // there is nothing to ask on
	Radio  Kind = 3 // with the end of a pipe: the words of the supplicant
	Leased Kind = 4 // Index, Lease
	Gone   Kind = 5 // Index: the lease is not valid any more
	Sample Kind = 6 // Source, Boot, Time, Error
	Word   Kind = 7 // Code, Source
)

// Code is one of the things that the asker has to say to people, of which the setter has the words.
type Code uint8

// The codes. Those of time have a Source.
const (
	NoServer   Code = 1  // nobody answers DHCP
	BadOffer   Code = 2  // what a server offers is outside of what is allowed
	Refused    Code = 3  // a server takes back what it gave
	NoName     Code = 4  // the name of a time server is not known
	NoTime     Code = 5  // a time server does not answer
	BadTime    Code = 6  // a time server says something that makes no sense
	Kissed     Code = 7  // a time server does not want to be asked
	NoTimes    Code = 8  // no time server is configured, and the network names none
	WrongKey   Code = 9  // the access point does not take the password
	NotLetIn   Code = 10 // the access point, or the server behind it, does not let this device in
	WrongPeer  Code = 11 // the server behind the access point has no certificate that was asked for
	NoStation  Code = 12 // there is no such network in reach
	Associated Code = 13 // the radio has a network
	lastCode        = Associated
)

// MaxSources is how many time servers there may be.
const MaxSources = 4

// Message is one message of either half. What a kind does not name is zero.
type Message struct {
	Kind   Kind
	Code   Code
	Source uint8 // of a time: which server, from 0
	Lent   bool  // ask for a lease
	Index  uint32
	MAC    [6]byte
	Lease  lease.Lease
	Boot   time.Duration // since the machine started, when it was Time
	Time   time.Time     // of the world
	Error  time.Duration // at most this far off, as far as the answer goes
}

// Layout, little endian: magic, version, the fields, CRC-32.
const (
	magic   = 'T' | 'L'<<8 | 'S'<<16 | 'C'<<24
	version = 1
	// Size of a message in bytes.
	Size = 80
)

func (m *Message) layout(c *fixed.Cursor) bool {
	mg, v := uint32(magic), uint16(version)
	bits, lent := uint8(max(m.Lease.Address.Bits(), 0)), uint8(0)
	if m.Lent {
		lent = 1
	}
	seconds := uint32(m.Lease.For / time.Second)
	boot, at, off := uint64(m.Boot), uint64(0), uint64(m.Error)
	if !m.Time.IsZero() {
		at = uint64(m.Time.UnixNano())
	}
	c.Uint32(&mg)
	c.Uint16(&v)
	c.Uint8((*uint8)(&m.Kind))
	c.Uint8((*uint8)(&m.Code))
	c.Uint8(&m.Source)
	c.Uint8(&lent)
	c.Bytes(m.MAC[:])
	c.Uint32(&m.Index)
	own := m.Lease.Address.Addr()
	address(c, &own)
	c.Uint8(&bits)
	address(c, &m.Lease.Gateway)
	for i := range m.Lease.Names {
		address(c, &m.Lease.Names[i])
	}
	c.Uint32(&seconds)
	c.Uint64(&boot)
	c.Uint64(&at)
	c.Uint64(&off)
	var rest [7]byte
	c.Bytes(rest[:])
	m.Lent, m.Lease.For = lent == 1, time.Duration(seconds)*time.Second
	m.Lease.Address = netip.Prefix{}
	if own.IsValid() {
		m.Lease.Address = netip.PrefixFrom(own, int(bits))
	}
	m.Boot, m.Error, m.Time = time.Duration(boot), time.Duration(off), time.Time{}
	if at != 0 {
		m.Time = time.Unix(0, int64(at)).UTC()
	}
	honest := lent <= 1 && rest == [7]byte{} && bits <= 32 && (own.IsValid() || bits == 0)
	return c.Sum() && mg == magic && v == version && honest
}

// address puts or takes an address of version 4; 0.0.0.0 is none.
func address(c *fixed.Cursor, a *netip.Addr) {
	var b [4]byte
	if a.Is4() {
		b = a.As4()
	}
	c.Bytes(b[:])
	*a = netip.Addr{}
	if b != [4]byte{} {
		*a = netip.AddrFrom4(b)
	}
}

// Encode puts m into buf.
func Encode(buf *[Size]byte, m *Message) {
	out := *m
	c := fixed.Writing(buf[:])
	out.layout(&c)
}

// Decode takes a message out of buf and checks that it can be meant. asking says which half sent it: true
// for the asker. Whether a lease or a time is within bounds is for the setter to check. Every error wraps
// ErrMalformed.
func Decode(buf *[Size]byte, asking bool) (Message, error) {
	var m Message
	c := fixed.Reading(buf[:])
	if !m.layout(&c) {
		return Message{}, fmt.Errorf("%w: wrong magic, version, filling or checksum", ErrMalformed)
	}
	if m.Kind < Link || m.Kind > Word || asking != (m.Kind >= Leased) {
		return Message{}, fmt.Errorf("%w: kind %d is not for this half", ErrMalformed, m.Kind)
	}
	bare := Message{Kind: m.Kind}
	switch m.Kind {
	case Link:
		bare.Index, bare.MAC, bare.Lent = m.Index, m.MAC, m.Lent
		if !m.Lent {
			bare.Lease = m.Lease
		}
	case Leased:
		bare.Index, bare.Lease = m.Index, m.Lease
	case Gone:
		bare.Index = m.Index
	case Sample:
		bare.Source, bare.Boot, bare.Time, bare.Error = m.Source, m.Boot, m.Time, m.Error
		if m.Boot < 0 || m.Error < 0 || m.Time.IsZero() {
			return Message{}, fmt.Errorf("%w: a time before time began", ErrMalformed)
		}
	case Word:
		bare.Code, bare.Source = m.Code, m.Source
		if m.Code < NoServer || m.Code > lastCode {
			return Message{}, fmt.Errorf("%w: word %d, want %d to %d", ErrMalformed, m.Code, NoServer, lastCode)
		}
	}
	if m != bare {
		return Message{}, fmt.Errorf("%w: kind %d with fields that it does not have", ErrMalformed, m.Kind)
	}
	if m.Source >= MaxSources {
		return Message{}, fmt.Errorf("%w: source %d, want 0 to %d", ErrMalformed, m.Source, MaxSources-1)
	}
	return m, nil
}
