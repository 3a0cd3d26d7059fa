package record

import (
	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// The widest that numbers take in CBOR, in bytes.
const (
	wide8  = 2 // below 2^8
	wide16 = 3 // below 2^16
	wide32 = 5 // below 2^32
)

// spare is how many bytes shorter the numbers of r are than the widest that Check lets pass. Numbers of
// one width, such as the times, and those that stay as they are configured do not count.
func (r *Record) spare() (n int) {
	add := func(v uint32, widest int) { n += widest - coding.Width(uint64(v)) }
	add(r.Sequence, wide32)
	for _, l := range r.Lines {
		for _, v := range [...]uint32{l.Forward, l.Backward, l.CorrectedForward, l.CorrectedBackward, l.Level} {
			add(v, wide16)
		}
		add(l.TotalForward, wide32)
		add(l.TotalBackward, wide32)
	}
	for _, z := range r.Zones {
		add(uint32(z), wide8)
	}
	add(uint32(r.Coverage), wide8)
	add(uint32(r.Lifetime.Worst), wide8)
	add(uint32(r.Lifetime.P999), wide8)
	add(r.Quality, wide32)
	add(r.Uptime, wide32)
	add(r.Lost, wide32)
	add(r.Log.Entries, wide32)
	return n
}

// Size gives the bytes of r once it is signed, which are the same for every record of a device as it is
// configured: its name, interval, lines, zones, camera, k and room. It is 0 for a record that Encode refuses.
func Size(r *Record) int {
	signed, err := Seal(sign.NewKey([32]byte{}), r)
	if err != nil {
		return 0
	}
	return len(signed)
}
