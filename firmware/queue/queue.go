// Package queue keeps what the device has to send on disk until somebody takes receipt of it, through
// power cuts and full disks: records, entries of the device log, envelopes for other doors. It never
// changes an item, never looks into one, and never drops one silently: when it is full, or holds more
// than seven days, the oldest goes and is counted. It is the end of the data path inside the device;
// the courier fills it and empties it.
package queue

import (
	"errors"
	"fmt"
	"math/bits"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"tellijn/firmware/store"
)

// Errors that a caller branches on.
var (
	// ErrBusy is returned by Open when another program has the file open.
	ErrBusy = store.ErrBusy
	// ErrNoRoom is returned by Put and Settle when disk or file are full: nothing of the call was
	// stored, everything stored before is still there, and a later try may work.
	ErrNoRoom = store.ErrNoRoom
	// ErrBroken is returned when the file cannot be trusted any more while it is open; whether the
	// last call was stored is not known. Only a new start helps.
	ErrBroken = store.ErrBroken
	// ErrInvalid is returned by Put for items that cannot be stored at all.
	ErrInvalid = errors.New("queue: invalid item")
)

// MaxItem bounds one item in bytes.
const MaxItem = 1024

// Options bound the queue.
type Options struct {
	// MaxRecords is how many items are kept; more push out the oldest. 0 means DefaultRecords.
	MaxRecords int
	// MaxSize of the file in bytes; 0 means DefaultSize, the least is MinSize. What is no power of
	// two counts as the next lower one.
	MaxSize int
	// Wait for another program to let go of the file; 0 means five seconds.
	Wait time.Duration
	// After is where the numbers of a new file begin: for items whose numbers of an old file are
	// still in use somewhere.
	After uint64
}

// Defaults and bounds.
const (
	// DefaultRecords is how many items a device may hold back while nobody collects: seven days of
	// quarters of an hour are 672 records, the rest is for its log and for the doors of its room.
	DefaultRecords = 4096
	// DefaultSize of the file in bytes. A third is for the items, which 4096 of the common size need;
	// the rest is for half-full pages and the copies that a commit makes. All of the file is read,
	// and so in memory, while it is opened.
	DefaultSize = 8 << 20
	// MinSize in bytes, a few dozen items.
	MinSize = 256 << 10
	// MaxAge is how long an item waits, in time of its records: what a device may hold back at most.
	MaxAge = 7 * 24 * time.Hour
	// MaxStep is by how much one item can make all others older. A device that was off for longer,
	// or whose clock jumped, loses nothing by that.
	MaxStep = 12 * time.Hour
	// MaxRefused items that the collector refused are kept, at most MaxAge, for people to look at.
	MaxRefused = 256
	// EnvelopeAge is after how long an envelope goes before any record when there is no room.
	EnvelopeAge = 24 * time.Hour
)

// Queue is an open queue. It may be used from several goroutines; one call runs at a time.
type Queue struct {
	mu   sync.Mutex
	file *store.File
	opts Options
	// Aside is the new name of a damaged file that was found in the queue's place, or empty.
	Aside string
	// Why says what was wrong with that file.
	Why error
}

// Open opens the queue at path or starts a new one. A file that is no queue or does not pass its
// check is kept under another name, see Aside.
func Open(path string, o Options) (*Queue, error) {
	if o.MaxRecords <= 0 {
		o.MaxRecords = DefaultRecords
	}
	if o.MaxSize <= 0 {
		o.MaxSize = DefaultSize
	}
	o.MaxSize = 1 << (bits.Len(uint(max(o.MaxSize, MinSize))) - 1)
	f, err := store.Open(path, store.Options{MaxSize: o.MaxSize, Wait: o.Wait, Fits: fits})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	q := &Queue{file: f, opts: o, Aside: f.Aside, Why: f.Why}
	if err := q.begin(); err != nil {
		f.Close()
		return nil, err
	}
	return q, nil
}

// errSame ends a transaction that has nothing to store: a commit writes three pages even so.
var errSame = errors.New("queue: nothing new")

// update runs one transaction: all of it is on disk when it returns nil.
func (q *Queue) update(do func(*bbolt.Tx) error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	err := q.file.Update(do)
	if errors.Is(err, errSame) {
		return nil
	}
	return said(err)
}

// view runs one transaction that only reads.
func (q *Queue) view(do func(*bbolt.Tx) error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return said(q.file.View(do))
}

func said(err error) error {
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

// Check reads the whole file and tells the first thing that is wrong with it.
func (q *Queue) Check() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return said(q.file.Check())
}

// Close writes nothing: everything stored is on disk already.
func (q *Queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return said(q.file.Close())
}
