// Package store says what the collector keeps and what it asks of whatever keeps it: items that
// devices signed, what is known of each chain and device, and envelopes that wait. It judges nothing
// and opens nothing: tools/collector/intake does. Package bolt below it is a file on this computer; a
// database that several collectors share would be another package beside bolt, and storetest is what
// it has to pass.
package store

import (
	"crypto/sha256"
	"errors"
	"time"

	"tellijn/privacy/batch"
)

// Errors of a Store.
var (
	ErrFull = errors.New("store: full")                  // no room; nothing was stored
	ErrBusy = errors.New("store: in use by a collector") // another process has it open
)

// Store keeps things through kills and cuts of power.
type Store interface {
	// View lets f read one consistent state. What f gets is not valid behind it.
	View(f func(Reader) error) error
	// Update lets f read and write. When it gives nil, what f wrote is durable, all of it; when it
	// gives an error, nothing of it is there. One Update runs at a time, for each device at least.
	Update(f func(Writer) error) error
	// Room gives an error that wraps ErrFull when there is no room for a batch. Update does not ask,
	// since what expires makes room.
	Room() error
	// Check reads everything and tells the first thing that cannot be read.
	Check() error
	// Close ends it.
	Close() error
}

// Reader reads. Lists are in order of their keys.
type Reader interface {
	Devices() ([]string, error) // that ever sent a batch
	Item(device string, id ID) (it Item, ok bool, err error)
	Boot(device string, kind batch.Kind, scope Scope, f func(Item) error) error // all items of a scope
	Named(device string, kind batch.Kind, h Hash) (id ID, ok bool, err error)   // the item with that hash
	Chain(device string, kind batch.Kind, scope Scope) (c Chain, ok bool, err error)
	Chains(device string, kind batch.Kind) ([]Chain, error) // in order of Began and Order
	Forks(device string) ([]Item, error)
	State(device string) (State, error) // zero for one that never spoke
	Held(to string, f func(Envelope) error) error
	Holding(from, to string) (n int, err error) // how many envelopes are held from one for the other
	Belief() (Belief, error)                    // zero if none was ever put
}

// Writer writes as well.
type Writer interface {
	Reader
	Put(device string, it Item) error
	PutFork(device string, it Item) error // evidence: another item under the name of a stored one
	PutChain(device string, kind batch.Kind, c Chain) error
	PutState(device string, s State) error
	PutBelief(b Belief) error
	Hold(e Envelope) error                                         // in place of one of the same kind, doors and number
	Release(from, to string, kind uint8, upto uint32) (int, error) // envelopes with numbers up to upto
	// Expire deletes at most most items and forks that arrived before that time, oldest first, and
	// notes in their chains what is gone; and envelopes that came before held.
	Expire(before, held time.Time, most int) (int, error)
}

// Scope is the part of an item's name that its numbers count in: of a record the boot, of an entry
// of the log the key that signed it, with zeros behind.
type Scope [16]byte

// ID names an item of one device.
type ID struct {
	Kind   batch.Kind
	Scope  Scope
	Number uint32
}

// Item is what a device signed and the collector stored.
type Item struct {
	ID
	Arrived time.Time // whole milliseconds
	Late    bool
	Signed  []byte
}

// Hash of signed bytes, which the next in the chain carries.
type Hash [sha256.Size]byte

// HashOf gives the hash of signed bytes.
func HashOf(signed []byte) Hash { return sha256.Sum256(signed) }

// Chain is what is known of the items of one scope. It stays when its items expire, so that what is
// gone is not taken again and does not count as missing.
type Chain struct {
	Scope  Scope
	Key    [8]byte   // name of the key that signed it
	Began  time.Time // when the first of it arrived
	Order  uint64    // items of the device that were stored before it; tells chains of one moment apart
	Last   uint32    // greatest number stored
	Count  uint32    // how many were ever stored
	Gone   uint32    // numbers below this have expired, or will not be taken any more
	Whole  uint32    // how many from the first on are there, each linked to the one before
	Link   Hash      // of the last of these
	Before Hash      // what the first names as the one before it; zeros until it is there
	Tail   Hash      // of the item Last
	// Records only: the first one whose time was known, from which earlier ones get theirs.
	Clock Clock
	// Log only: the longest log that a record spoke of.
	Claimed     uint32
	ClaimedHash Hash
}

// Clock says what time it was at an uptime of a boot.
type Clock struct {
	Known    bool
	Sequence uint32 // of the record that says so
	To       int64  // Unix seconds
	Uptime   uint32 // seconds
}

// State is what is known of a device.
type State struct {
	Seen       time.Time // last batch that was taken
	Waiting    uint64    // items in the device's queue, as that batch said
	Dropped    uint64    // items that its queue ever pushed out
	Newest     ID        // newest record; Kind is 0 if there is none
	Stored     uint64
	Again      uint64 // items that were stored already
	Late       uint64
	Refused    [21]uint64 // by batch.Reason
	Alarms     map[uint8]Count
	Suppressed uint64 // forks of which no evidence was kept
}

// Belief is what the collector holds of its computer's clock (tools/collector/clock).
type Belief struct {
	Newest  time.Time // newest reading that was believed
	Settled time.Time // newest reading by which things may be deleted; Newest, unless the clock is on trial
	Since   time.Time // when the trial began, by that clock; zero for none
}

// Count says how often and when last.
type Count struct {
	Times uint64
	Last  time.Time
}

// Envelope is a message between doors of a room that the collector holds and cannot open.
type Envelope struct {
	Room, From, To string
	Kind           uint8
	N              uint32
	Arrived        time.Time
	Bytes          []byte
}
