package leaving

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"time"

	"tellijn/counting"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/desk"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
	"tellijn/privacy/wire"
)

// monday is a Monday in UTC, where the played devices hang.
const monday = 20_458 * 86_400

// device is a warden's desk that is played, and what it has counted.
type device struct {
	setup   desk.Setup
	state   desk.State
	next    uint32 // sequence
	counted [][2]int64
	signed  [][]byte
	records []record.Record
	// bare leaves out the desk, which signs: the rule alone makes the lines and zones of records. It is
	// a thousand times as fast.
	bare  bool
	zones [counting.MaxZones]release.Zone // of a bare one
}

// newDevice gives a desk with a key of its own, a number of lines and zones, and the finest rule that
// there is.
func newDevice(name string, lines, zones int) *device {
	seed := sha256.Sum256([]byte(name))
	return &device{counted: make([][2]int64, lines), setup: desk.Setup{Device: name, Boot: [16]byte(seed[:]), Firmware: [32]byte{1},
		Driver: "v4l2", Lines: lines, Zones: zones, Policy: release.Default(), Location: time.UTC, Key: sign.NewKey(seed), Secret: sha256.Sum256(seed[:])}}
}

// interval is what was counted in a quarter of an hour, exact.
type interval struct {
	lines  []book.Line
	inside []uint16
}

// none is an interval in which nobody came.
func (d *device) none() interval {
	return interval{make([]book.Line, d.setup.Lines), make([]uint16, d.setup.Zones)}
}

// close lets the desk make a record of an interval, the n-th since monday.
func (d *device) close(n int, i interval, quality uint32, dropped uint64) error {
	length := d.setup.Policy.Interval
	for l := range i.lines {
		d.counted[l][0] += int64(i.lines[l].Forward)
		d.counted[l][1] += int64(i.lines[l].Backward)
	}
	d.next++
	from := time.Unix(monday, 0).UTC().Add(time.Duration(n) * length)
	if d.bare {
		d.rule(desk.Slot(from, time.UTC), i)
		return nil
	}
	c := book.Closed{From: from, To: from.Add(length), Lines: i.lines, Inside: i.inside, Cycles: 22_000, Expected: 22_500,
		Dropped: dropped, Damaged: dropped / 2, Quality: quality,
		Stream: wire.Stream{Pixel: camera.YUYV, Width: 640, Height: 480, Interval: time.Second / 25, Held: layers.All}}
	c.Lifetime.Worst, c.Lifetime.P999 = 4_000+uint32(dropped), 3_000
	signed, _, err := d.setup.Make(&d.state, &c, d.next-1, record.Log{}, desk.Stamp{Now: c.To, Clock: record.ClockKnown, Uptime: time.Duration(n+1) * length})
	if err != nil {
		return err
	}
	r, err := record.Open(d.setup.Key.Public(), signed)
	if err != nil {
		return err
	}
	d.signed, d.records = append(d.signed, signed), append(d.records, r)
	return nil
}

// rule makes lines and zones of a record as the desk does for a door by itself.
func (d *device) rule(slot release.Slot, i interval) {
	r := record.Record{Lines: make([]record.Line, len(i.lines)), Zones: make([]uint16, len(i.inside))}
	for l := range i.lines {
		secret, line := release.Secret(&d.setup.Secret, uint8(l)), &d.state.Lines[l]
		o := line.Step(&d.setup.Policy, &secret, slot, true, i.lines[l].Forward, i.lines[l].Backward)
		r.Lines[l] = record.Line{Forward: o.Forward, Backward: o.Backward, CorrectedForward: o.CorrectedForward, CorrectedBackward: o.CorrectedBackward,
			Level: o.Level, TotalForward: line.TotalForward(), TotalBackward: line.TotalBackward()}
	}
	for z := range r.Zones {
		r.Zones[z] = d.zones[z].Step(&d.setup.Policy, slot, i.inside[z])
	}
	d.records = append(d.records, r)
}

// lost gives how many crossings are neither released nor carried, or are so twice, of all lines.
func (d *device) lost() (n int64) {
	last := d.records[len(d.records)-1]
	for l := range d.counted {
		forward, backward := d.state.Lines[l].Carried()
		n += abs(d.counted[l][0]-forward-int64(last.Lines[l].TotalForward)) + abs(d.counted[l][1]-backward-int64(last.Lines[l].TotalBackward))
	}
	return n
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// day is the number of the civil day and the quarter in it of an interval.
func (d *device) day(n int) (day, minute int) {
	each := int(d.setup.Policy.Interval / time.Minute)
	return n * each / 1440, n * each % 1440
}

// crowd draws what a door sees in the n-th interval: nobody at night, classes that come and go by day.
func (d *device) crowd(g *rand.Rand, n int) interval {
	i := d.none()
	_, minute := d.day(n)
	if minute < 8*60 || minute >= 18*60 {
		return i
	}
	for l := range i.lines {
		switch g.IntN(4) {
		case 0:
			i.lines[l] = book.Line{Forward: g.Uint32N(60), Backward: g.Uint32N(8)}
		case 1:
			i.lines[l] = book.Line{Forward: g.Uint32N(8), Backward: g.Uint32N(60)}
		case 2:
			i.lines[l] = book.Line{Forward: g.Uint32N(3), Backward: g.Uint32N(3)}
		}
	}
	for z := range i.inside {
		i.inside[z] = uint16(g.IntN(40))
	}
	return i
}

// played is what came of devices that counted crowds.
type played struct {
	devices, records int
	sizes            int      // devices whose records had more than one size
	fine             []string // numbers that are finer than the rule
	night            int      // records outside the hours that say something
	lost             int64
	people           int64
}

// play lets devices of all shapes count crowds for some days.
func play(seed uint64, devices, days int) (p played, err error) {
	g := rand.New(rand.NewPCG(seed, 1))
	for n := range devices {
		d := newDevice(fmt.Sprintf("door-%d", n), 1+g.IntN(8), g.IntN(9))
		for i := range days * 96 {
			if err := d.close(i, d.crowd(g, i), g.Uint32N(32), uint64(g.IntN(3)*g.IntN(100_000))); err != nil {
				return p, err
			}
		}
		p.judge(d)
	}
	return p, nil
}

// judge looks at all records of a device.
func (p *played) judge(d *device) {
	p.devices++
	p.lost += d.lost()
	same := true
	for n, r := range d.records {
		p.records++
		same = same && len(d.signed[n]) == len(d.signed[0])
		said := false
		for l, line := range r.Lines {
			said = said || line.Forward|line.Backward|line.CorrectedForward|line.CorrectedBackward|line.Level != 0
			if line.Forward%3 != 0 || line.Backward%3 != 0 || line.Forward != 0 && line.Backward != 0 || line.Level%3 != 0 {
				p.fine = append(p.fine, fmt.Sprintf("%s, record %d, line %d: %d and %d, level %d", d.setup.Device, n, l, line.Forward, line.Backward, line.Level))
			}
		}
		for z, shown := range r.Zones {
			if said = said || shown != 0; shown == 1 || shown == 2 {
				p.fine = append(p.fine, fmt.Sprintf("%s, record %d, zone %d: %d", d.setup.Device, n, z, shown))
			}
		}
		if _, minute := d.day(n); said && (minute+15 <= 7*60+30 || minute+15 > 22*60) {
			p.night++
		}
	}
	if !same {
		p.sizes++
	}
	for _, c := range d.counted {
		p.people += c[0] + c[1]
	}
}
