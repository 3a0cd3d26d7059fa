// Package door plays drawn people through the door of the simulated board, with the counting and the
// record keeping of every device: frames, tallies through the pipe, records. It shows no frame and
// judges nothing. It stands outside the data path; tools/proof/attributes compares what it gives.
package door

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/desk"
	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
	"tellijn/privacy/wire"
)

// Seen is what came of one play.
type Seen struct {
	Truth, Counted []sim.Crossing
	// Frames is a checksum of all frames, to tell whether two plays looked alike.
	Frames uint32
	// Intervals are exact, as they stand in the warden's memory; Records are what is released of them,
	// before the signature.
	Intervals []book.Closed
	Records   [][]byte
}

// Door is a board that draws its people, and the name that its records carry.
type Door struct {
	Board boards.Board
	// Boot stands for the random number of a start of the device. It must not be zero.
	Boot [16]byte
}

// New gives the door of the simulated board.
func New() (*Door, error) {
	b, err := boards.Lookup("sim")
	if err != nil {
		return nil, err
	}
	return &Door{Board: b, Boot: [16]byte{1}}, nil
}

// Play plays a finite script with people dressed like this, and counts.
func (d *Door) Play(s sim.Script, dress sim.Dress) (Seen, error) {
	sc := &d.Board.Scene
	lines := make([]sim.Line, sc.NLines)
	for i := range lines {
		lines[i] = sim.Line{A: sim.Point(sc.Lines[i].A), B: sim.Point(sc.Lines[i].B)}
	}
	c, err := sim.New(sim.Config{Format: d.Board.Wanted, PersonArea: sc.PersonArea, Lines: lines, Script: s, Dress: dress})
	if err != nil {
		return Seen{}, err
	}
	defer c.Close()
	p, err := pipeline.New(sc, c.Format())
	if err != nil {
		return Seen{}, err
	}
	defer p.Wipe()
	e := eye{camera: c, count: p, beat: uint32(d.Board.Beat / c.Format().Interval), table: crc32.MakeTable(crc32.Castagnoli)}
	e.out = wire.NewWriter(&e.pipe, stream(c.Format()))
	if err := e.run(); err != nil {
		return Seen{}, fmt.Errorf("door: seed %d: %w", s.Seed, err)
	}
	e.seen.Truth = c.Truth()
	e.seen.Intervals, e.seen.Records, err = d.Book(&e.pipe)
	return e.seen, err
}

// stream says what is counted on. Nothing confines this eye.
func stream(f camera.Format) wire.Stream {
	return wire.Stream{Pixel: f.Pixel, Width: uint16(f.Width), Height: uint16(f.Height), Interval: f.Interval}
}

// eye is the loop of firmware/eye/cycle that also keeps crossings and a checksum, which the eye
// would never give away.
type eye struct {
	camera         camera.Source
	count          *pipeline.Pipeline
	out            *wire.Writer
	pipe           bytes.Buffer
	beat, next, to uint32
	table          *crc32.Table
	seen           Seen
}

func (e *eye) run() error {
	e.next = e.beat
	var f camera.Frame
	for {
		err := e.camera.Borrow(&f)
		if errors.Is(err, camera.ErrEnded) {
			t := e.count.Close(e.to)
			return e.out.Write(&t)
		}
		if err != nil {
			return err
		}
		n := f.Sequence
		e.seen.Frames = crc32.Update(e.seen.Frames+n, e.table, f.Data)
		if err := e.count.Reduce(&f); err != nil {
			return err
		}
		life, err := e.camera.Return(&f)
		if err != nil {
			return err
		}
		if n >= e.next {
			e.next = n - n%e.beat + e.beat
			t := e.count.Close(n - n%e.beat)
			if err := e.out.Write(&t); err != nil {
				return err
			}
		}
		e.to = n + 1
		e.count.Lived(uint32(life.Microseconds()))
		for _, x := range e.count.Count(n) {
			e.seen.Counted = append(e.seen.Counted, sim.Crossing{Line: x.Line, Forward: x.Forward, Frame: x.Frame})
		}
	}
}

// Factor is how many seconds of the calendar one of the play is: a quarter of an hour passes in ten
// seconds, so that each interval holds few people.
const Factor = 90

// Book makes intervals and records of the tallies in a pipe, as the warden does.
func (d *Door) Book(pipe io.Reader) (all []book.Closed, records [][]byte, err error) {
	b := &d.Board
	t := wire.Terms{Lines: b.Scene.NLines, Zones: b.Scene.NZones, Beat: b.Beat, Speed: b.Speed,
		Since: func() time.Duration { return 0 }, Unpaced: true}
	r := wire.NewReader(pipe, t)
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	k, err := book.New(book.Setup{Interval: b.Interval, Location: time.UTC, Lines: t.Lines, Zones: t.Zones, ByFrames: true, Factor: Factor}, start)
	if err != nil {
		return nil, nil, err
	}
	for {
		m, err := r.Next()
		if errors.Is(err, io.EOF) {
			records, err = d.release(all)
			return all, records, err
		}
		if err != nil {
			return nil, nil, err
		}
		closed, err := k.Add(&m, start.Add(time.Duration(m.Tally.To)*m.Stream.Interval*Factor))
		if err != nil {
			return nil, nil, err
		}
		all = append(all, closed...)
	}
}

// release lets the intervals through the small-count rule.
func (d *Door) release(all []book.Closed) (records [][]byte, err error) {
	b := &d.Board
	policy := release.Default()
	policy.Interval = b.Interval
	s := desk.Setup{Device: b.Device, Boot: d.Boot, Firmware: [32]byte{1}, Driver: "sim", Simulated: true, Lines: b.Scene.NLines, Zones: b.Scene.NZones,
		Policy: policy, Location: time.UTC, Key: sign.NewKey([32]byte{1}), Secret: [32]byte{1}}
	var state desk.State
	for i := range all {
		signed, _, err := s.Make(&state, &all[i], uint32(i), record.Log{}, desk.Stamp{Now: all[i].To, Clock: record.ClockKnown})
		if err != nil {
			return nil, err
		}
		payload, err := sign.Open(sign.Record, s.Key.Public(), signed)
		if err != nil {
			return nil, err
		}
		records = append(records, payload)
	}
	return records, nil
}
