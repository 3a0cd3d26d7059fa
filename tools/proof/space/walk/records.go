package walk

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"tellijn/boards"
	"tellijn/counting"
	"tellijn/counting/tally"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/desk"
	"tellijn/hal/camera"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
	"tellijn/privacy/wire"
)

// Fullest is the message with the largest numbers that the warden takes from an eye on this board.
func Fullest(b *boards.Board, f camera.Format) wire.Message {
	cycles := uint32(max((b.Beat+f.Interval/2)/f.Interval, 1))
	t := tally.Tally{To: cycles, Cycles: cycles, Dropped: counting.MaxCells * (cycles + 1), Quality: 1<<5 - 1,
		Lifetime: tally.Lifetime{Worst: wire.MaxLifetime, P999: wire.MaxLifetime}}
	for i := range b.Scene.NLines {
		t.Lines[i] = tally.Line{Forward: counting.MaxTracks * (cycles + 1)}
	}
	for i := range b.Scene.NZones {
		t.Zones[i] = tally.Zone{Inside: counting.MaxTracks, Peak: counting.MaxTracks}
	}
	return wire.Message{Stream: wire.StreamOf(f), Tally: t}
}

// Records lets the warden's book and desk make records of the fullest message and of none, by a rule, and
// gives their size in bytes, which must be the same.
func Records(b *boards.Board, f camera.Format, policy release.Policy) (size int, err error) {
	m := Fullest(b, f)
	var buf [wire.Size]byte
	wire.Encode(&buf, &m)
	back, err := wire.Decode(&buf)
	if err != nil || back != m {
		return 0, fmt.Errorf("the fullest tally does not come back: %w", err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	simulated := b.Kind != boards.Real || b.Driver != "v4l2"
	l, err := book.New(book.Setup{Interval: b.Interval, Location: time.UTC, Lines: b.Scene.NLines, Zones: b.Scene.NZones,
		Factor: 1, Grace: 2*b.Beat + time.Second}, now)
	if err != nil {
		return 0, err
	}
	if _, err := l.Add(&m, now.Add(b.Beat)); err != nil {
		return 0, err
	}
	closed := l.Tick(now.Add(b.Interval + time.Minute))
	if len(closed) == 0 {
		return 0, errors.New("what was counted never gets into one")
	}
	d := desk.Setup{Device: b.Device, Boot: [16]byte{1}, Firmware: [32]byte{0xff}, Driver: b.Driver, Simulated: simulated,
		Lines: b.Scene.NLines, Zones: b.Scene.NZones, Policy: policy, Location: time.UTC, Key: sign.NewKey([32]byte{1})}
	quiet := closed[0]
	quiet.From, quiet.To = quiet.To, quiet.To.Add(b.Interval)
	quiet.Lines, quiet.Inside = make([]book.Line, b.Scene.NLines), make([]uint16, b.Scene.NZones)
	quiet.Cycles, quiet.Dropped, quiet.Quality, quiet.Lifetime = 0, 0, 0, tally.Lifetime{}
	closed = append(closed, quiet)
	var state desk.State
	for i := range closed {
		signed, _, err := d.Make(&state, &closed[i], uint32(i), record.Log{}, desk.Stamp{Now: now.Add(2 * b.Interval), Clock: record.ClockKnown})
		if err != nil {
			return 0, err
		}
		payload, err := sign.Open(sign.Record, d.Key.Public(), signed)
		if err != nil {
			return 0, err
		}
		if err := Closed(payload, simulated); err != nil {
			return 0, err
		}
		if r, err := record.Decode(payload); err != nil || int(r.Rule.K) != policy.K {
			return 0, fmt.Errorf("it says steps of %d and has steps of %d (%v)", r.Rule.K, policy.K, err)
		}
		if size != 0 && len(signed) != size {
			return 0, fmt.Errorf("%d bytes, and the one before had %d", len(signed), size)
		}
		size = len(signed)
	}
	return size, nil
}

// Closed tells whether an encoded record has the closed list of fields, no other, within its bound,
// and says simulated when it must.
func Closed(encoded []byte, simulated bool) error {
	if len(encoded) > record.MaxSize {
		return fmt.Errorf("%d bytes, at most %d", len(encoded), record.MaxSize)
	}
	r, err := record.Decode(encoded)
	if err != nil {
		return err
	}
	var all map[int]cbor.RawMessage
	if err := cbor.Unmarshal(encoded, &all); err != nil {
		return err
	}
	var eye map[int]cbor.RawMessage
	if err := cbor.Unmarshal(all[15], &eye); err != nil {
		return err
	}
	if have, want := sortedInts(all), span(24); !slices.Equal(have, want) {
		return fmt.Errorf("fields %v, want %v", have, want)
	}
	if have, want := sortedInts(eye), span(5); !slices.Equal(have, want) {
		return fmt.Errorf("fields of the camera %v, want %v", have, want)
	}
	if r.Simulated != simulated || r.Rule.K < 3 || r.Camera.Kind != "camera" {
		return fmt.Errorf("says simulated %v, want %v; steps of %d; kind %q", r.Simulated, simulated, r.Rule.K, r.Camera.Kind)
	}
	return nil
}

func sortedInts(m map[int]cbor.RawMessage) (keys []int) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func span(n int) (all []int) {
	for i := 1; i <= n; i++ {
		all = append(all, i)
	}
	return all
}
