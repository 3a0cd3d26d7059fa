package house

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrTaken is wrapped when another house stands at that place.
var ErrTaken = errors.New("in use by another tools/try; hint: choose another one with -dir")

// Take makes a directory ready for a new house and keeps it until leave is called. What is in the
// directory of an earlier one is deleted. A directory that has something in it and was never that of a
// house is not touched, and then there is an error.
func Take(dir string) (leave func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty, and not of an earlier try; hint: choose another directory with -dir", dir)
	}
	lock, err := os.OpenFile(filepath.Join(dir, locked), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return nil, fmt.Errorf("%s: %w", dir, ErrTaken)
	}
	leave = func() { lock.Close() }
	if err := write(filepath.Join(dir, marker), "Everything here is of drawn people. The next go run ./tools/try deletes it.\n"); err != nil {
		leave()
		return nil, err
	}
	for _, e := range entries {
		if e.Name() == marker || e.Name() == locked {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			leave()
			return nil, err
		}
	}
	return leave, nil
}
