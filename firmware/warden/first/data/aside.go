package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tellijn/boards/card"
)

// Where a damaged file system lies in the partition: the copy, and a head behind it.
const (
	CopyAt   = card.Aside // of the copy, in bytes from the start of the partition
	headAt   = CopyAt + card.DataSize
	headSize = card.Sector // one sector is written whole or not at all
	// Least is how long a partition has to be, in bytes.
	Least = headAt + card.MiB
)

// chunk is how much is copied at once, grain how little of it is given up when the card cannot read it.
const (
	chunk = card.MiB
	grain = 4096
)

// headMagic begins a head.
const headMagic = "TELLIJN ASIDE 1\n"

// Head says what is set aside. It counts only once the whole copy is on the card.
type Head struct {
	At      int64 // Unix seconds by a clock that need not be right
	Why     Why
	Lost    int64    // bytes that could not be read, zeros in the copy
	Carried bool     // its files were taken over
	Sum     [32]byte // SHA-256 of the copy
}

// Device is a partition, or a file in its place.
type Device interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
}

func (h *Head) bytes() []byte {
	b := make([]byte, headSize)
	copy(b, headMagic)
	binary.LittleEndian.PutUint64(b[16:], uint64(h.At))
	binary.LittleEndian.PutUint64(b[24:], uint64(h.Lost))
	b[32] = byte(h.Why)
	if h.Carried {
		b[33] = 1
	}
	copy(b[64:], h.Sum[:])
	sum := sha256.Sum256(b[:96])
	copy(b[96:], sum[:])
	return b
}

// ReadHead gives the head of what is set aside in a partition; ok is false when there is nothing.
func ReadHead(r io.ReaderAt) (h Head, ok bool) {
	b := make([]byte, headSize)
	if _, err := r.ReadAt(b, headAt); err != nil || string(b[:16]) != headMagic {
		return Head{}, false
	}
	h = Head{At: int64(binary.LittleEndian.Uint64(b[16:])), Lost: int64(binary.LittleEndian.Uint64(b[24:])),
		Why: Why(b[32]), Carried: b[33] == 1, Sum: [32]byte(b[64:])}
	if !bytes.Equal(h.bytes(), b) {
		return Head{}, false
	}
	return h, true
}

func writeHead(d Device, h Head) error {
	if _, err := d.WriteAt(h.bytes(), headAt); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	return d.Sync()
}

// setAside copies the file system and then writes the head.
func setAside(d Device, why Why, now int64) (Head, error) {
	h, sum, buf, old := Head{At: now, Why: why}, sha256.New(), make([]byte, chunk), make([]byte, chunk)
	for at := int64(0); at < card.DataSize; at += chunk {
		if _, err := d.ReadAt(buf, at); err != nil {
			h.Lost += patient(d, buf, at)
		}
		sum.Write(buf)
		if err := put(d, buf, old, CopyAt+at); err != nil {
			return h, fmt.Errorf("data: setting the damaged file system aside: %w", err)
		}
	}
	if err := d.Sync(); err != nil {
		return h, fmt.Errorf("data: setting the damaged file system aside: %w", err)
	}
	h.Sum = [32]byte(sum.Sum(nil))
	return h, writeHead(d, h)
}

// put writes what is not there already: most of a file system is zeros over zeros, and a card reads faster than it
// writes, and wears out by writing. old is room as long as b.
func put(d Device, b, old []byte, at int64) error {
	if _, err := d.ReadAt(old, at); err == nil && bytes.Equal(old, b) {
		return nil
	}
	_, err := d.WriteAt(b, at)
	return err
}

// patient reads in small pieces what cannot be read as a whole, and gives how much of it is lost.
func patient(r io.ReaderAt, buf []byte, at int64) (lost int64) {
	for i := 0; i < len(buf); i += grain {
		piece := buf[i : i+grain]
		if _, err := r.ReadAt(piece, at+int64(i)); err != nil {
			clear(piece)
			lost += grain
		}
	}
	return lost
}

// renew writes the empty file system over the damaged one. Its first part, which holds the super block,
// is wiped first and written last, so that one which is cut off is never taken for whole.
func renew(d Device, pristine io.Reader) error {
	fail := func(err error) error { return fmt.Errorf("data: writing an empty file system: %w", err) }
	z, err := gzip.NewReader(pristine)
	if err != nil {
		return fail(err)
	}
	first, buf, old := make([]byte, grain), make([]byte, chunk), make([]byte, chunk)
	if _, err := d.WriteAt(first, 0); err != nil {
		return fail(err)
	}
	if err := d.Sync(); err != nil {
		return fail(err)
	}
	for at := int64(0); at < card.DataSize; at += chunk {
		if _, err := io.ReadFull(z, buf); err != nil {
			return fail(err)
		}
		if at == 0 {
			copy(first, buf)
			clear(buf[:grain])
		}
		if err := put(d, buf, old, at); err != nil {
			return fail(err)
		}
	}
	if n, err := z.Read(buf); n > 0 || !errors.Is(err, io.EOF) {
		return fail(fmt.Errorf("it is longer than %d bytes, or damaged: %w", int64(card.DataSize), err))
	}
	if err := d.Sync(); err != nil {
		return fail(err)
	}
	if _, err := d.WriteAt(first, 0); err != nil {
		return fail(err)
	}
	if err := d.Sync(); err != nil {
		return fail(err)
	}
	return nil
}
