package main

import (
	"fmt"
	"os"

	"github.com/fxamacker/cbor/v2"

	"tellijn/privacy/sign"
)

// item is one signed message and where it stands.
type item struct {
	file   string
	offset int
	bytes  []byte
}

func (i item) String() string { return fmt.Sprintf("%s, byte %d", i.file, i.offset) }

// maxFile bounds what is read of one file in bytes: about ten years of a device.
const maxFile = 256 << 20

// read takes files apart into messages. What follows bytes that are no CBOR cannot be found again, so a
// file is wrong from there on.
func read(files []string, r *report) (items []item, err error) {
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		if info.Size() > maxFile {
			return nil, fmt.Errorf("%s: %d bytes, at most %d; hint: export a part", name, info.Size(), maxFile)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if len(b) == 0 {
			return nil, fmt.Errorf("%s: nothing in it", name)
		}
		found := split(name, b)
		if len(found.items) == 0 {
			return nil, fmt.Errorf("%s: no signed messages; hint: collector export writes them", name)
		}
		items = append(items, found.items...)
		if found.rest != 0 {
			r.fault("%s: from byte %d on it can not be read: %d bytes", name, len(b)-found.rest, found.rest)
		}
	}
	return items, nil
}

// pieces are the messages of a file, and how many bytes behind them cannot be read.
type pieces struct {
	items []item
	rest  int
}

func split(name string, b []byte) (p pieces) {
	for rest := b; len(rest) > 0; {
		var raw cbor.RawMessage
		after, err := cbor.UnmarshalFirst(rest, &raw)
		if err != nil {
			p.rest = len(rest)
			return p
		}
		p.items = append(p.items, item{name, len(b) - len(rest), raw})
		rest = after
	}
	return p
}

// share gives each message to the key that it names. What names none of them is told here.
func share(items []item, keys []sign.Public, r *report) [][]item {
	out := make([][]item, len(keys))
	for _, it := range items {
		kind, id, err := sign.Signer(it.bytes)
		switch to := index(keys, id); {
		case err != nil:
			r.fault("%s: not in the form in which devices sign: %v", it, err)
		case to < 0:
			r.fault("%s: a %s of key %s, which was not given", it, kind, id)
		case kind != sign.Record && kind != sign.Log:
			r.fault("%s: a %s, where only records and log entries belong", it, kind)
		default:
			out[to] = append(out[to], it)
		}
	}
	return out
}

func index(keys []sign.Public, id sign.ID) int {
	for i, k := range keys {
		if k.ID() == id {
			return i
		}
	}
	return -1
}
