// Package file keeps batches as files in a folder, for places without a network: somebody carries
// them to the collector and brings its answers back. A file has its name only once all of it is on the
// disk, and none is ever written over. It reads answers, which may be anything, with a bound. It has
// no network.
package file

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"tellijn/privacy/batch"
)

// Errors that a caller branches on.
var (
	// ErrFull is returned by Write when nobody has carried files away for too long.
	ErrFull = errors.New("file: the folder is full")
	// ErrTaken is returned by Write when a file of that name is there.
	ErrTaken = errors.New("file: exists already")
)

// MaxFiles bounds the batches in the folder: seven days of quarters of an hour, and some.
const MaxFiles = 1024

// Folder is the folder of one device.
type Folder struct {
	dir, device string
	most        int
}

// Open makes the folder if it is not there, and removes what an earlier run did not finish.
func Open(dir, device string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "tellijn-*"+batch.BatchFile+part))
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil {
			return nil, fmt.Errorf("file: %w", err)
		}
	}
	return &Folder{dir, device, MaxFiles}, nil
}

// part is the end of the name of a file that is being written.
const part = ".part"

func (f *Folder) path(n uint64, end string) string {
	return filepath.Join(f.dir, batch.FileName(f.device, n, end))
}

// Write puts one batch into the folder as its file n. It returns when file and name are on the disk.
// The error may wrap ErrFull or ErrTaken.
func (f *Folder) Write(n uint64, encoded []byte) error {
	there, err := f.Batches()
	if err != nil {
		return err
	}
	if len(there) >= f.most {
		return fmt.Errorf("%w: %d batches wait for somebody to carry them away", ErrFull, len(there))
	}
	path := f.path(n, batch.BatchFile)
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%w: %s", ErrTaken, filepath.Base(path))
	}
	if err := write(path+part, encoded); err != nil {
		os.Remove(path + part)
		return fmt.Errorf("file: %w", err)
	}
	if err := os.Rename(path+part, path); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return f.settle()
}

func write(path string, b []byte) error {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return errors.Join(err, w.Sync(), w.Close())
}

// settle puts the names in the folder on the disk.
func (f *Folder) settle() error {
	d, err := os.Open(f.dir)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}

// Batches gives the numbers of the batches in the folder, rising.
func (f *Folder) Batches() ([]uint64, error) { return f.list(batch.BatchFile) }

// Answers gives the numbers of the answers that somebody brought, rising. Only those to a batch that
// is still there count.
func (f *Folder) Answers() ([]uint64, error) {
	batches, err := f.Batches()
	if err != nil {
		return nil, err
	}
	answers, err := f.list(batch.AnswerFile)
	return slices.DeleteFunc(answers, func(n uint64) bool {
		_, ok := slices.BinarySearch(batches, n)
		return !ok
	}), err
}

func (f *Folder) list(end string) (ns []uint64, err error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	for _, e := range entries {
		if device, n, its, ok := batch.ParseFileName(e.Name()); ok && device == f.device && its == end && e.Type().IsRegular() {
			ns = append(ns, n)
		}
	}
	slices.Sort(ns)
	return ns, nil
}

// Batch reads batch n, at most batch.MaxSize bytes.
func (f *Folder) Batch(n uint64) ([]byte, error) {
	return read(f.path(n, batch.BatchFile), batch.MaxSize)
}

// Answer reads the answer to batch n, at most batch.MaxAnswer bytes. It may not be all there yet.
func (f *Folder) Answer(n uint64) ([]byte, error) {
	return read(f.path(n, batch.AnswerFile), batch.MaxAnswer)
}

func read(path string, most int64) ([]byte, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	if int64(len(b)) > most {
		return nil, fmt.Errorf("file: %s has more than %d bytes", filepath.Base(path), most)
	}
	return b, nil
}

// Remove removes batch n and its answer.
func (f *Folder) Remove(n uint64) error {
	for _, end := range []string{batch.BatchFile, batch.AnswerFile} {
		if err := os.Remove(f.path(n, end)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("file: %w", err)
		}
	}
	return nil
}
