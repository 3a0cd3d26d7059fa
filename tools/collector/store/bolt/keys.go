package bolt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/store"
)

// idSize is the length of a kind, a scope and a number in a key.
const idSize = 1 + len(store.Scope{}) + 4

// itemHeader is what stands before the signed bytes: arrival in milliseconds, and whether it was late.
const itemHeader = 8 + 1

func deviceKey(device string) []byte { return append([]byte(device), 0) }

func kindKey(device string, kind batch.Kind) []byte { return append(deviceKey(device), byte(kind)) }

func idBytes(id store.ID) []byte {
	b := append([]byte{byte(id.Kind)}, id.Scope[:]...)
	return binary.BigEndian.AppendUint32(b, id.Number)
}

func itemKey(device string, id store.ID) []byte { return append(deviceKey(device), idBytes(id)...) }

func arrivalKey(at time.Time, what byte, key []byte) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(max(0, at.UnixMilli())))
	return append(append(b, what), key...)
}

// parseKey reads what itemKey made; more may stand behind it.
func parseKey(k []byte) (device string, id store.ID, err error) {
	name, rest, ok := bytes.Cut(k, []byte{0})
	if !ok || len(rest) < idSize {
		return "", id, fmt.Errorf("store: damaged: key of %d bytes", len(k))
	}
	id, err = parseID(rest[:idSize])
	return string(name), id, err
}

func parseID(b []byte) (id store.ID, err error) {
	if len(b) != idSize {
		return id, fmt.Errorf("store: damaged: name of %d bytes, want %d", len(b), idSize)
	}
	id.Kind = batch.Kind(b[0])
	copy(id.Scope[:], b[1:])
	id.Number = binary.BigEndian.Uint32(b[1+len(id.Scope):])
	return id, nil
}

func itemValue(it *store.Item) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(max(0, it.Arrived.UnixMilli())))
	late := byte(0)
	if it.Late {
		late = 1
	}
	return append(append(b, late), it.Signed...)
}

// itemOf reads what itemValue made. The bytes are a copy.
func itemOf(id store.ID, v []byte) (store.Item, error) {
	if len(v) <= itemHeader {
		return store.Item{}, fmt.Errorf("store: damaged: item of %d bytes", len(v))
	}
	return store.Item{ID: id, Arrived: time.UnixMilli(int64(binary.BigEndian.Uint64(v))).UTC(),
		Late: v[8] == 1, Signed: bytes.Clone(v[itemHeader:])}, nil
}

// write gives the stored form of a chain or state; times keep their milliseconds.
func write(v any) ([]byte, error) {
	mode, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return b, nil
}

func parse(v []byte, into any) error {
	if err := cbor.Unmarshal(v, into); err != nil {
		return fmt.Errorf("store: damaged: %w", err)
	}
	return nil
}

func sortChains(c []store.Chain) {
	slices.SortStableFunc(c, func(a, b store.Chain) int { return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.Order, b.Order)) })
}
