// Package ledger is the warden's own file: its keys, the state of its rules, and what it has said
// but the courier has not yet taken. State and item change in one transaction, so that after a power
// cut neither is there without the other. Uncoarsened counts may lie in it; nobody but the warden
// opens it. It touches no network and, once open, no other file.
package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"tellijn/firmware/store"
)

// Errors that a caller branches on.
var (
	// ErrBusy is returned by Open when another program has the file open.
	ErrBusy = store.ErrBusy
	// ErrNoRoom is returned by Update when disk or file are full: nothing of the transaction was
	// stored, all before is still there, and a later try may work.
	ErrNoRoom = store.ErrNoRoom
	// ErrBroken is returned when the file cannot be trusted any more while it is open; whether
	// the last transaction was stored is not known. Only a new start helps.
	ErrBroken = store.ErrBroken
	// ErrInvalid is returned for what cannot be stored at all: too long, without a name, of an
	// unknown kind, or another content for an item that waits.
	ErrInvalid = errors.New("ledger: invalid")
)

// Options bound the file.
type Options struct {
	// MaxSize of the file in bytes, a power of two; 0 means DefaultSize.
	MaxSize int
	// MaxEach is how many items of each kind wait; more push out the oldest of their kind, which
	// is counted. 0 means DefaultEach.
	MaxEach int
	// Wait for another program to let go of the file; 0 means five seconds.
	Wait time.Duration
}

// Defaults and bounds.
const (
	// DefaultSize of the file in bytes: all kinds full of the longest items, the log and the
	// largest state that is reasonable, with pages half full.
	DefaultSize = 8 << 20
	// DefaultEach is seven days of the shortest intervals, a quarter of an hour.
	DefaultEach = 7 * 24 * 4
	// Kinds of items are numbered from 1 to this.
	Kinds = 7
	// MaxItem bounds an item and an entry of the log, in bytes.
	MaxItem = 1024
	// MaxState bounds one piece of state in bytes, MaxName its name.
	MaxState = 16 << 10
	MaxName  = 64
	// LogTail is how many of the newest entries of the log are kept at least.
	LogTail = 2000
)

// Ledger is an open ledger. Any goroutine may use it; one transaction runs at a time.
type Ledger struct {
	mu   sync.Mutex
	file *store.File
	opts Options
	// Aside is the new name of a damaged file that was found in its place, or empty, and Why
	// says what was wrong with it.
	Aside string
	Why   error
	// Lost says that this device had keys before and has others now, and how that came: it must
	// be enrolled again, and somebody must be told. Keys sets it.
	Lost error
	// Opened says that others could read file or directory until now.
	Opened bool
}

// Buckets of the file. What changes with a record lies in one bucket, so that one page holds it all
// while nothing waits; the log, which is long, in another.
const (
	bucketMain = "main"
	bucketLog  = "log" // number, 8 bytes big endian -> signed entry
	bucketKeys = "keys"

	keyCounts = "c" // counts
	keyState  = "s" // and the name -> state
	keyItem   = "t" // and the number, 8 bytes big endian -> kind, boot, sequence, bytes
	keyLog    = "l" // number and head of the log
)

// Open opens the ledger at path or starts a new one, and makes its directory. A file that does not
// pass its check is kept under another name, see Aside. From here on only its one descriptor is
// used.
func Open(path string, o Options) (*Ledger, error) {
	if o.MaxSize == 0 {
		o.MaxSize = DefaultSize
	}
	if o.MaxEach <= 0 {
		o.MaxEach = DefaultEach
	}
	dir := filepath.Dir(path)
	_, missing := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	if missing != nil {
		if err := store.Sync(filepath.Dir(dir)); err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
	}
	l := &Ledger{opts: o}
	for _, p := range []struct {
		path string
		mode os.FileMode
	}{{dir, 0o700}, {path, 0o600}} {
		if err := l.tighten(p.path, p.mode); err != nil {
			return nil, err
		}
	}
	f, err := store.Open(path, store.Options{MaxSize: o.MaxSize, Wait: o.Wait})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	l.file, l.Aside, l.Why = f, f.Aside, f.Why
	if err := l.begin(); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// begin makes the buckets of a new file; of an old one nothing is written.
func (l *Ledger) begin() error {
	names := []string{bucketMain, bucketLog, bucketKeys}
	whole := true
	if err := l.file.View(func(tx *bbolt.Tx) error {
		for _, name := range names {
			whole = whole && tx.Bucket([]byte(name)) != nil
		}
		return nil
	}); err != nil || whole {
		return err
	}
	return l.file.Update(func(tx *bbolt.Tx) error {
		for _, name := range names {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// tighten takes everybody else's rights away from what is there.
func (l *Ledger) tighten(path string, mode os.FileMode) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		l.Opened = true
		if err = os.Chmod(path, mode); err == nil {
			info, err = os.Lstat(path)
		}
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			err = fmt.Errorf("%s has mode %o and cannot have %o; keys need a file system with rights", path, info.Mode().Perm(), mode)
		}
	}
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// Fd is the descriptor of the file.
func (l *Ledger) Fd() uintptr { return l.file.Fd() }

// Update runs one transaction: when it returns nil all of it is on disk, otherwise nothing is (but
// see ErrBroken). An error of a call inside fails the whole, whether do passes it on or not.
func (l *Ledger) Update(do func(tx *Tx) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Update(func(b *bbolt.Tx) error {
		tx := l.begun(b)
		if err := do(tx); err != nil {
			return err
		}
		return tx.finish()
	})
}

// View runs one transaction that only reads.
func (l *Ledger) View(do func(tx *Tx) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.View(func(b *bbolt.Tx) error { return do(l.begun(b)) })
}

// Check reads the whole file and tells the first thing that is wrong with it.
func (l *Ledger) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Check()
}

// Close writes nothing: everything stored is on disk already.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}
