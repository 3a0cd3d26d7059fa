package leaving

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

// tampered is how many changes of one kind were tried, and how many nobody noticed.
type tampered struct {
	name          string
	tried, missed int
}

// bits changes single bits of signed records, and gives them to another key.
func bits(seed uint64, d *device, n int) []tampered {
	g := rand.New(rand.NewPCG(seed, 4))
	changed, other := tampered{name: "changed bits of records"}, tampered{name: "records of another key"}
	stranger := sign.NewKey([32]byte{0xbe, 0xef}).Public()
	for range n {
		b := bytes.Clone(d.signed[g.IntN(len(d.signed))])
		if _, err := record.Open(stranger, b); err == nil {
			other.missed++
		}
		b[g.IntN(len(b))] ^= 1 << g.IntN(8)
		if _, err := record.Open(d.setup.Key.Public(), b); err == nil {
			changed.missed++
		}
		changed.tried, other.tried = changed.tried+1, other.tried+1
	}
	return []tampered{changed, other}
}

// logged writes a log of n entries, and gives with it what records have seen of its end.
func logged(key sign.Key, name string, n int) (all [][]byte, end devicelog.State, err error) {
	c := devicelog.Chain{Key: key, Device: name, Boot: [16]byte{1}}
	for i := range n {
		e := devicelog.Event{Kind: devicelog.PowerOn, A: 1}
		if i%3 == 1 {
			e = devicelog.Event{Kind: devicelog.ClockStep, A: int32(i), B: 1}
		}
		var signed []byte
		if signed, c, err = c.Append(e, devicelog.Moment{At: monday + int64(i), Clock: 2, Uptime: uint32(i)}); err != nil {
			return nil, end, err
		}
		all = append(all, signed)
	}
	return all, c.State, nil
}

// logs makes every change to a log that somebody could make who has no key: each entry removed, changed,
// moved, said twice or replaced by one of another key; and each end cut off.
func logs(seed uint64, entries int) (out []tampered, size int, err error) {
	const name = "north-door"
	key := sign.NewKey([32]byte{7})
	all, end, err := logged(key, name, entries)
	if err != nil {
		return nil, 0, err
	}
	forged, _, err := logged(sign.NewKey([32]byte{8}), name, entries)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range all {
		if size = len(e); size != len(all[0]) {
			return nil, 0, nil // more than one size
		}
	}
	g := rand.New(rand.NewPCG(seed, 5))
	if faults := devicelog.Verify(all, key.Public(), name, 1, end); len(faults) > 0 {
		return []tampered{{"a log that nobody touched", 1, 1}}, size, nil
	}
	for _, c := range []struct {
		name string
		do   func(i int) [][]byte
	}{
		{"entries removed", func(i int) [][]byte { return slices.Delete(slices.Clone(all), i, i+1) }},
		{"entries changed", func(i int) [][]byte {
			b := bytes.Clone(all[i])
			b[g.IntN(len(b))] ^= 1 << g.IntN(8)
			return slices.Replace(slices.Clone(all), i, i+1, b)
		}},
		{"entries in another place", func(i int) [][]byte {
			l := slices.Clone(all)
			j := (i + 1 + g.IntN(entries-1)) % entries
			l[i], l[j] = l[j], l[i]
			return l
		}},
		{"entries said twice", func(i int) [][]byte { return slices.Insert(slices.Clone(all), i, all[i]) }},
		{"entries of another key", func(i int) [][]byte { return slices.Replace(slices.Clone(all), i, i+1, forged[i]) }},
		{"ends cut off", func(i int) [][]byte { return slices.Clone(all[:i]) }},
	} {
		t := tampered{name: c.name, tried: entries}
		for i := range entries {
			if len(devicelog.Verify(c.do(i), key.Public(), name, 1, end)) == 0 {
				t.missed++
			}
		}
		out = append(out, t)
	}
	return out, size, nil
}
