package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"tellijn/tools/collector/store"
)

// heldHeader is the arrival before an envelope, then the length of its room's name and that name.
const heldHeader = 8 + 1

func pairKey(to, from string) []byte { return append(deviceKey(to), deviceKey(from)...) }

func heldKey(e *store.Envelope) []byte {
	return binary.BigEndian.AppendUint32(append(pairKey(e.To, e.From), e.Kind), e.N)
}

// Hold implements store.Writer.
func (w *work) Hold(e store.Envelope) error {
	v := binary.BigEndian.AppendUint64(nil, uint64(max(0, e.Arrived.UnixMilli())))
	v = append(append(v, byte(len(e.Room))), e.Room...)
	return w.put(held, heldKey(&e), append(v, e.Bytes...))
}

// Release implements store.Writer.
func (w *work) Release(from, to string, kind uint8, upto uint32) (n int, err error) {
	var old [][]byte
	err = w.each(held, append(pairKey(to, from), kind), func(k, v []byte) error {
		e, err := heldOf(k, v)
		if err == nil && e.N <= upto {
			old = append(old, bytes.Clone(k))
		}
		return err
	})
	for _, k := range old {
		if err == nil {
			err = w.del(held, k)
		}
	}
	return len(old), err
}

// Held implements store.Reader.
func (w *work) Held(to string, f func(store.Envelope) error) error {
	return w.each(held, deviceKey(to), func(k, v []byte) error {
		e, err := heldOf(k, v)
		if err != nil {
			return err
		}
		return f(e)
	})
}

// Holding implements store.Reader.
func (w *work) Holding(from, to string) (n int, err error) {
	err = w.each(held, pairKey(to, from), func(_, _ []byte) error { n++; return nil })
	return n, err
}

// expireHeld deletes envelopes that came before that time.
func (w *work) expireHeld(before time.Time, most int) (int, error) {
	var old [][]byte
	err := w.each(held, nil, func(k, v []byte) error {
		e, err := heldOf(k, v)
		if err == nil && e.Arrived.Before(before) && len(old) < most {
			old = append(old, bytes.Clone(k))
		}
		return err
	})
	for _, k := range old {
		if err == nil {
			err = w.del(held, k)
		}
	}
	return len(old), err
}

func heldOf(k, v []byte) (e store.Envelope, err error) {
	parts := bytes.SplitN(k, []byte{0}, 3)
	if len(parts) != 3 || len(parts[2]) != 5 || len(v) < heldHeader || len(v) < heldHeader+int(v[8]) {
		return e, fmt.Errorf("store: damaged: an envelope with a key of %d bytes", len(k))
	}
	room := heldHeader + int(v[8])
	return store.Envelope{
		Room: string(v[heldHeader:room]), To: string(parts[0]), From: string(parts[1]),
		Kind: parts[2][0], N: binary.BigEndian.Uint32(parts[2][1:]),
		Arrived: time.UnixMilli(int64(binary.BigEndian.Uint64(v))).UTC(), Bytes: bytes.Clone(v[room:]),
	}, nil
}
