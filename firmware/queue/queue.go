// Package queue keeps what the device has to send on disk until somebody takes receipt of it, through
// power cuts and full disks: records, entries of the device log, envelopes for other doors. It never
// changes an item, never looks into one, and never drops one silently: when it is full, or holds more
// than seven days, the oldest goes and is counted. It is the end of the data path inside the device;
// the courier fills it and empties it.
package queue

import (
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Errors that a caller branches on.
var (
	// ErrBusy is returned by Open when another program has the file open.
	ErrBusy = errors.New("queue: in use by another program")
	// ErrNoRoom is returned by Put when the disk is full: nothing of the batch was stored,
	// everything stored before is still there, and a later try may work.
	ErrNoRoom = errors.New("queue: no room on the disk")
	// ErrInvalid is returned by Put for items that cannot be stored at all.
	ErrInvalid = errors.New("queue: invalid item")
)

// MaxItem bounds one item in bytes.
const MaxItem = 1024

// Options bound the queue.
type Options struct {
	// MaxRecords is how many items are kept; more push out the oldest. 0 means DefaultRecords.
	MaxRecords int
	// MaxSize of the file in bytes; 0 means DefaultSize, the least is MinSize.
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
	// pageSize in bytes, on every kernel: those of some boards have pages of 16 KB, and four times as
	// much would be written for each record.
	pageSize = 4096
)

// Queue is an open queue. It may be used from several goroutines; one that writes waits for another.
type Queue struct {
	db   *bbolt.DB
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
	o.MaxSize = max(o.MaxSize, MinSize)
	if o.Wait <= 0 {
		o.Wait = 5 * time.Second
	}
	q := &Queue{opts: o}
	err := q.open(path)
	if err == nil {
		return q, nil
	}
	if !errors.Is(err, errDamaged) {
		return nil, err
	}
	q.Why = err
	if q.Aside, err = setAside(path); err != nil {
		return nil, err
	}
	if err := q.open(path); err != nil {
		return nil, err
	}
	return q, nil
}

func (q *Queue) open(path string) error {
	if err := examine(path); err != nil {
		return err
	}
	done, err := attempt(path)
	if err != nil {
		return err
	}
	db, err := openDB(path, &bbolt.Options{Timeout: q.opts.Wait,
		MaxSize: q.opts.MaxSize, NoStatistics: true, PageSize: pageSize})
	switch {
	case err == nil:
	case errors.Is(err, berrors.ErrTimeout):
		done()
		return fmt.Errorf("%w: %s; is a second courier running?", ErrBusy, path)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum),
		errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, errDamaged):
		done()
		return fmt.Errorf("%w: %s: %w", errDamaged, path, err)
	default:
		done()
		return fmt.Errorf("queue: %w; does the directory exist, and may it be written?", err)
	}
	// Growing in small steps keeps the bound on the file honest.
	db.AllocSize = 1 << 20
	q.db = db
	err = q.Check()
	done()
	if err != nil {
		db.Close()
		return fmt.Errorf("%w: %s: %w", errDamaged, path, err)
	}
	if err := q.begin(); err != nil {
		db.Close()
		return err
	}
	return nil
}

// openDB is bbolt's Open, which panics on some damaged files.
func openDB(path string, o *bbolt.Options) (db *bbolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	return bbolt.Open(path, 0o600, o)
}

// Close writes nothing: everything stored is on disk already.
func (q *Queue) Close() error {
	if err := q.db.Close(); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}
