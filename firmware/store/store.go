// Package store opens bbolt files for programs that must start again after anything: what is in the
// way is set aside and said, a second user is refused, a full disk is an error that a later try may
// get over. It knows nothing of what the files hold. After Open it opens no file: it works on one
// descriptor, so that its program may give up opening files.
package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Errors that a caller branches on.
var (
	// ErrBusy is returned by Open when another program has the file open.
	ErrBusy = errors.New("store: in use by another program")
	// ErrNoRoom is returned by Update when the disk or the file is full: nothing of the
	// transaction was stored, all before is still there, and a later try may work.
	ErrNoRoom = errors.New("store: no room on the disk")
	// ErrBroken is returned once the file cannot be trusted while it is open: writing to the disk
	// failed halfway, or a page made no sense. Opening it again examines it.
	ErrBroken = errors.New("store: cannot go on with this file; start again")
	// errDamaged marks a file that is set aside.
	errDamaged = errors.New("store: damaged file")
)

// Options of a file.
type Options struct {
	// MaxSize of the file in bytes, a power of two, at least 64 KiB. All of it is mapped at once,
	// so the map is never made again; a page that is not used takes no memory.
	MaxSize int
	// Wait for another program to let go of the file; 0 means five seconds.
	Wait time.Duration
	// Fits looks into a file that was there: one that it has an error for is set aside, as if it
	// were damaged. It may be nil.
	Fits func(*bbolt.Tx) error
}

const (
	// pageSize in bytes of new files, whatever the kernel's pages are: one of 16 KiB would
	// write four times as much to the card. Less than a block of a file system must not be: one
	// torn write could hit both heads of the file.
	pageSize = 4096
	// growth of the file in bytes, small so that the bound on it stays honest: bbolt refuses to grow
	// when the next step would not fit any more. For a small file it is a sixteenth of the bound.
	growth = 128 << 10
)

// File is an open file.
type File struct {
	db   *bbolt.DB
	file *os.File
	bad  error
	// Aside is the new name of a damaged file that was found in its place, or empty, and Why
	// says what was wrong with it.
	Aside string
	Why   error
	// Made says that there was no file before, or none that could be used.
	Made bool
}

// Open opens the file at path, mode 0600, or starts a new one. A file that does not pass its check
// is kept under another name, see Aside.
func Open(path string, o Options) (*File, error) {
	if o.MaxSize < 64<<10 || o.MaxSize&(o.MaxSize-1) != 0 {
		return nil, fmt.Errorf("store: size %d, want a power of two of at least 65536", o.MaxSize)
	}
	if o.Wait <= 0 {
		o.Wait = 5 * time.Second
	}
	f := &File{}
	err := f.open(path, o)
	if errors.Is(err, errDamaged) {
		f.Why = err
		if f.Aside, err = setAside(path); err == nil {
			err = f.open(path, o)
		}
	}
	if err == nil && f.Made {
		// The name of a new file is on disk only when its directory is.
		err = Sync(filepath.Dir(path))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) open(path string, o Options) error {
	f.bad = nil
	done := func() {}
	defer func() { done() }()
	var err error
	f.db, err = f.database(path, &bbolt.Options{Timeout: o.Wait, MaxSize: o.MaxSize, InitialMmapSize: o.MaxSize,
		PageSize: pageSize, NoStatistics: true,
		OpenFile: func(path string, flag int, mode os.FileMode) (*os.File, error) {
			note, err := f.hold(path, flag, mode, o.Wait)
			if done = note; err != nil {
				return nil, err
			}
			return f.file, nil
		}})
	switch {
	case err == nil:
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%w: %s; is it running twice?", ErrBusy, path)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum),
		errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, errDamaged):
		return fmt.Errorf("%w: %s: %w", errDamaged, path, err)
	default:
		return said(fmt.Errorf("store: %w; does the directory exist, and may it be written?", err))
	}
	f.db.AllocSize = min(growth, o.MaxSize/16)
	err = f.Check()
	if err == nil && o.Fits != nil && !f.Made {
		err = f.View(o.Fits)
	}
	if err != nil {
		f.Close()
		return fmt.Errorf("%w: %s: %w", errDamaged, path, err)
	}
	return nil
}

// hold opens the file for bbolt, locks it, looks at it, and notes the attempt: all that only once nobody else
// has it, so that a second program that waits in vain changes nothing. done takes the note away.
func (f *File) hold(path string, flag int, mode os.FileMode, wait time.Duration) (done func(), err error) {
	done = func() {}
	if f.file, err = os.OpenFile(path, flag|syscall.O_NOFOLLOW, mode); err != nil {
		return done, err
	}
	defer func() {
		if err != nil {
			f.file.Close()
		}
	}()
	for end := time.Now().Add(wait); ; time.Sleep(retry) {
		err = syscall.Flock(int(f.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // bbolt takes the same lock again
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		if time.Now().After(end) {
			return done, berrors.ErrTimeout
		}
	}
	if err != nil {
		return done, err
	}
	size, err := examine(path)
	if err != nil {
		return done, err
	}
	f.Made = size == 0
	return attempt(path)
}

// retry is how often a locked file is asked for.
const retry = 50 * time.Millisecond

// database is bbolt's Open, which panics on some damaged files and then keeps them open.
func (f *File) database(path string, o *bbolt.Options) (db *bbolt.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			f.file.Close()
			db, err = nil, fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	return bbolt.Open(path, 0o600, o)
}

// Fd is the descriptor of the file, the only one that is used from now on.
func (f *File) Fd() uintptr { return f.file.Fd() }

// Update runs one transaction: all of it is on disk when it returns nil, and nothing of it
// otherwise, but for ErrBroken, after which only opening the file again tells.
func (f *File) Update(do func(*bbolt.Tx) error) error {
	var own error // of the caller, in its own words
	err := f.run(f.db.Update, func(tx *bbolt.Tx) error { own = do(tx); return own })
	if err == nil || own != nil || errors.Is(err, ErrBroken) {
		return said(err)
	}
	if err = said(err); !errors.Is(err, ErrNoRoom) {
		f.bad = err
		err = fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return err
}

// View runs one transaction that only reads.
func (f *File) View(do func(*bbolt.Tx) error) error { return f.run(f.db.View, do) }

// run keeps a page that makes no sense from ending the program.
func (f *File) run(with func(func(*bbolt.Tx) error) error, do func(*bbolt.Tx) error) (err error) {
	if f.bad != nil {
		return fmt.Errorf("%w: %w", ErrBroken, f.bad)
	}
	defer func() {
		if p := recover(); p != nil {
			f.bad = fmt.Errorf("store: %v", p)
			err = fmt.Errorf("%w: %w", ErrBroken, f.bad)
		}
	}()
	return with(do)
}

// said puts errors that mean a lack of room into one word. bbolt loses the number of some.
func said(err error) error {
	if err == nil {
		return nil
	}
	for _, n := range []error{berrors.ErrMaxSizeReached, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, n) || strings.HasSuffix(err.Error(), ": "+n.Error()) {
			return fmt.Errorf("%w: %w; nothing stored before is lost", ErrNoRoom, err)
		}
	}
	return err
}

// Close writes nothing: everything stored is on disk already.
func (f *File) Close() error {
	if f.db == nil {
		return nil
	}
	if err := f.db.Close(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Sync makes the names in a directory durable. Some file systems know no such thing.
func Sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
