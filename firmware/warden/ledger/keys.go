package ledger

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"go.etcd.io/bbolt"
)

// Keys are the secrets of a device, each 32 random bytes.
type Keys struct {
	Sign   [32]byte // Ed25519 seed for records and log
	Seal   [32]byte // X25519 private key that tallies of a room are sealed to
	Secret [32]byte // of the release rule
}

// errKeys says that the keys in the file are not those that were put there.
var errKeys = errors.New("ledger: the keys are damaged")

// Layout of the keys: version, the three of them, the first 16 bytes of a SHA-256 over all before.
const (
	keysVersion = 1
	keysSize    = 1 + 3*32 + 16
	keysName    = "keys"
	keysOld     = "damaged" // what was in their place when they were made anew
)

// Bytes gives the keys as they lie in the ledger, and in the file that a new device takes them from: 113
// bytes, all of them secret.
func (k *Keys) Bytes() []byte {
	b := append([]byte{keysVersion}, k.Sign[:]...)
	b = append(append(b, k.Seal[:]...), k.Secret[:]...)
	sum := keysSum(b)
	return append(b, sum[:16]...)
}

// keysSum is the check value of keys. Keys and nothing else are summed in this way.
func keysSum(b []byte) [32]byte { return sha256.Sum256(append([]byte("tellijn.ledger.keys"), b...)) }

// ParseKeys reads what Bytes gave. It fails on any other length, version or check value, and on a key of
// nothing but zeros.
func ParseKeys(b []byte) (k Keys, err error) {
	if err := k.read(b); err != nil {
		return Keys{}, err
	}
	if k.Sign == ([32]byte{}) || k.Seal == ([32]byte{}) || k.Secret == ([32]byte{}) {
		return Keys{}, fmt.Errorf("%w: one of them is nothing but zeros", errKeys)
	}
	return k, nil
}

func (k *Keys) read(b []byte) error {
	if len(b) != keysSize || b[0] != keysVersion {
		return fmt.Errorf("%w: %d bytes", errKeys, len(b))
	}
	sum := keysSum(b[:keysSize-16])
	if !bytes.Equal(sum[:16], b[keysSize-16:]) {
		return fmt.Errorf("%w: wrong check value", errKeys)
	}
	copy(k.Sign[:], b[1:])
	copy(k.Seal[:], b[33:])
	copy(k.Secret[:], b[65:])
	return nil
}

// Keys gives the keys of the device. When there are none they are made from random and are on disk
// before made is given: from then on this is another device for everybody. When there had been
// others, because the file was set aside, the keys are damaged, or the file is in use and has none,
// Lost says so.
func (l *Ledger) Keys(random io.Reader) (keys Keys, made bool, err error) {
	var old []byte
	used := false
	if err := l.View(func(tx *Tx) error {
		old = bytes.Clone(tx.keys().Get([]byte(keysName)))
		k, _ := tx.main.Cursor().First()
		used = k != nil
		return nil
	}); err != nil {
		return Keys{}, false, err
	}
	why := keys.read(old)
	switch {
	case why == nil:
		return keys, false, nil
	case old != nil:
	case used:
		why = errors.New("ledger: in use, but its keys are gone")
	case l.Aside != "":
		why = fmt.Errorf("ledger: the file with the keys was damaged and is now %s: %w", l.Aside, l.Why)
	default:
		why = nil
	}
	for _, k := range []*[32]byte{&keys.Sign, &keys.Seal, &keys.Secret} {
		if _, err := io.ReadFull(random, k[:]); err != nil {
			return Keys{}, false, fmt.Errorf("ledger: no randomness for keys: %w", err)
		}
		if *k == ([32]byte{}) {
			return Keys{}, false, errors.New("ledger: keys of nothing but zeros; randomness does not work")
		}
	}
	if err := l.Update(func(tx *Tx) error {
		if old != nil {
			if err := tx.keys().Put([]byte(keysOld), old); err != nil {
				return err
			}
		}
		return tx.keys().Put([]byte(keysName), keys.Bytes())
	}); err != nil {
		return Keys{}, false, err
	}
	l.Lost = why
	return keys, true, nil
}

// Has tells whether there are keys that can be used.
func (l *Ledger) Has() (has bool) {
	_ = l.View(func(tx *Tx) error {
		var k Keys
		has = k.read(tx.keys().Get([]byte(keysName))) == nil
		return nil
	})
	return has
}

// Taken is what came of Take.
type Taken byte

// What may come of Take.
const (
	TakenNow   Taken = iota // the device has these keys from now on
	TakenThere              // it had them already
	TakenNot                // it has others, and keeps them
)

// Take gives the device its keys, unless it has others: these stay, since it is known by them. They are on
// disk when it returns.
func (l *Ledger) Take(k Keys) (t Taken, err error) {
	err = l.Update(func(tx *Tx) error {
		old := tx.keys().Get([]byte(keysName))
		var has Keys
		switch {
		case has.read(old) != nil:
			return tx.keys().Put([]byte(keysName), k.Bytes())
		case has == k:
			t = TakenThere
		default:
			t = TakenNot
		}
		return nil
	})
	return t, err
}

func (tx *Tx) keys() *bbolt.Bucket { return tx.main.Tx().Bucket([]byte(bucketKeys)) }
