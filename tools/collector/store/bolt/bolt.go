// Package bolt keeps what package store describes in one file of go.etcd.io/bbolt on this computer,
// synced to disk before any Update ends. It never judges what it keeps. One process has the file
// open at a time; another one asks that process (tools/collector/desk).
package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"tellijn/tools/collector/store"
)

// Reserve is how many bytes of the disk are left free by itself: on a disk with less, Room gives
// store.ErrFull, so that the computer itself goes on.
const Reserve = 16 << 20

// openTimeout is how long a file that another process has open is waited for.
const openTimeout = 300 * time.Millisecond

// Options of Open.
type Options struct {
	MaxSize int    // bytes of the file; 0 for no bound but the disk
	Reserve uint64 // bytes that are left free; 0 for Reserve
	Read    bool   // only to read: nothing is written, not even a missing file
}

// Store is an open file.
type Store struct {
	db      *bbolt.DB
	path    string
	reserve uint64
}

// names of the buckets. Keys in them begin with the device and a zero byte, which no device has.
const (
	items   = "items"   // device, kind, scope, number -> arrival, late, signed bytes
	hashes  = "hashes"  // device, kind, hash -> scope, number
	arrived = "arrived" // arrival, then the key in items -> nothing; for expiry
	forks   = "forks"   // device, kind, scope, number, hash -> as items
	chains  = "chains"  // device, kind, scope -> store.Chain
	states  = "states"  // device -> store.State
	held    = "held"    // to, from, kind, n -> arrival, envelope
	about   = "about"   // "version" -> 1, "clock" -> store.Belief
)

// Open opens or makes the file. It gives an error that wraps store.ErrBusy when another process has
// it open.
func Open(path string, o Options) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: openTimeout, FreelistType: bbolt.FreelistMapType, MaxSize: o.MaxSize, ReadOnly: o.Read})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s", store.ErrBusy, path)
	}
	if err != nil {
		return nil, fmt.Errorf("store: opening %s: %w", path, err)
	}
	s := &Store{db: db, path: path, reserve: cmp.Or(o.Reserve, Reserve)}
	if !o.Read {
		err = db.Update(s.prepare)
	} else {
		err = db.View(version)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("store: %s: %w", path, err)
	}
	return s, nil
}

func (s *Store) prepare(tx *bbolt.Tx) error {
	fresh := tx.Bucket([]byte(about)) == nil
	for _, n := range [...]string{items, hashes, arrived, forks, chains, states, held, about} {
		if _, err := tx.CreateBucketIfNotExists([]byte(n)); err != nil {
			return err
		}
	}
	if fresh {
		return tx.Bucket([]byte(about)).Put([]byte("version"), []byte{1})
	}
	return version(tx)
}

// version refuses a file that another version of this program wrote.
func version(tx *bbolt.Tx) error {
	b := tx.Bucket([]byte(about))
	if b == nil || string(b.Get([]byte("version"))) != "\x01" {
		return errors.New("not a file of this version of the collector")
	}
	return nil
}

// View implements store.Store.
func (s *Store) View(f func(store.Reader) error) error {
	return guard(func() error { return s.db.View(func(tx *bbolt.Tx) error { return f(&work{tx: tx}) }) })
}

// Update implements store.Store.
func (s *Store) Update(f func(store.Writer) error) error {
	return guard(func() error { return s.db.Update(func(tx *bbolt.Tx) error { return f(&work{tx: tx}) }) })
}

// Room implements store.Store.
func (s *Store) Room() error {
	if free, err := free(s.path); err == nil && free < s.reserve {
		return fmt.Errorf("%w: %d bytes are left on the disk of %s", store.ErrFull, free, s.path)
	}
	return nil
}

// guard tells a full disk from other trouble, and a damaged page from the end of the program.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("store: damaged: %v", p)
		}
	}()
	err = f()
	for _, full := range [...]error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, berrors.ErrMaxSizeReached} {
		if errors.Is(err, full) {
			return fmt.Errorf("%w: %w", store.ErrFull, err)
		}
	}
	return err
}

// Check implements store.Store.
func (s *Store) Check() error {
	return guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			var first error
			for err := range tx.Check() {
				if first == nil {
					first = fmt.Errorf("store: %s: %w", s.path, err)
				}
			}
			return first
		})
	})
}

// Close implements store.Store.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// free gives the bytes that this process may still write on the disk of path.
func free(path string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil
}
