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
	"tellijn/hal/camera"
	"tellijn/privacy/record"
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

// Records lets the warden's book make records of the fullest message and gives the size of the
// largest in bytes.
func Records(b *boards.Board, f camera.Format) (size int, err error) {
	m := Fullest(b, f)
	var buf [wire.Size]byte
	wire.Encode(&buf, &m)
	back, err := wire.Decode(&buf)
	if err != nil || back != m {
		return 0, fmt.Errorf("the fullest tally does not come back: %w", err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	simulated := b.Kind != boards.Real || b.Driver != "v4l2"
	l, err := book.New(book.Setup{Device: b.Device, Boot: [16]byte{1}, Interval: b.Interval, Lines: b.Scene.NLines, Zones: b.Scene.NZones,
		Driver: b.Driver, Simulated: simulated, ByFrames: b.Driver != "v4l2", Grace: 2*b.Beat + time.Second}, now)
	if err != nil {
		return 0, err
	}
	l.Eye([32]byte{0xff})
	sealed, err := l.Add(&m, now.Add(b.Beat))
	if err != nil {
		return 0, err
	}
	sealed = append(sealed, l.Finish(now.Add(b.Interval))...)
	if len(sealed) == 0 {
		return 0, errors.New("what was counted never gets into one")
	}
	for _, s := range sealed {
		if err := Closed(s.Bytes, simulated); err != nil {
			return 0, err
		}
		size = max(size, len(s.Bytes))
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
	if have, want := sortedInts(all), span(19); !slices.Equal(have, want) {
		return fmt.Errorf("fields %v, want %v", have, want)
	}
	if have, want := sortedInts(eye), span(5); !slices.Equal(have, want) {
		return fmt.Errorf("fields of the camera %v, want %v", have, want)
	}
	if r.Simulated != simulated || !r.Unreleased || r.Camera.Kind != "camera" {
		return fmt.Errorf("says simulated %v, want %v; unreleased %v; kind %q", r.Simulated, simulated, r.Unreleased, r.Camera.Kind)
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
