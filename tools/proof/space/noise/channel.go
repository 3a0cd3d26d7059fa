package noise

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"math/bits"
	"reflect"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/counting"
	"tellijn/firmware/eye/cycle"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/space/walk"
)

// Names of the parts of a message that are no field.
const (
	head     = "head" // magic and version
	checksum = "checksum"
)

// Layout names every byte of a wire message by the field that it belongs to, such as "Tally.Quality".
// It finds them out by setting each field of wire.Message, however deep, to all ones and looking
// which bytes change.
func Layout() (names [wire.Size]string) {
	var plain, other [wire.Size]byte
	wire.Encode(&plain, &wire.Message{})
	for i := range names {
		names[i] = head
		if i >= wire.Size-4 {
			names[i] = checksum
		}
	}
	var m wire.Message
	leaves(reflect.ValueOf(&m).Elem(), "", func(name string, set func(on bool)) {
		set(true)
		wire.Encode(&other, &m)
		set(false)
		for i := range wire.Size - 4 {
			if plain[i] != other[i] {
				names[i] = name
			}
		}
	})
	return names
}

// leaves hands every number of a value to use, with a way to set all its bits or none.
func leaves(v reflect.Value, name string, use func(name string, set func(on bool))) {
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			part := name
			if strings.Count(name, ".") < 1 { // lines and zones are named as a whole
				part = strings.TrimPrefix(name+"."+v.Type().Field(i).Name, ".")
			}
			leaves(v.Field(i), part, use)
		}
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			leaves(v.Index(i), name, use)
		}
	case v.CanInt():
		use(name, func(on bool) { v.SetInt(map[bool]int64{true: -1}[on]) })
	case v.CanUint():
		use(name, func(on bool) { v.SetUint(map[bool]uint64{true: 1<<v.Type().Bits() - 1}[on]) })
	}
}

// Moved gives, for each field, the bits in which two messages differ.
func Moved(a, b *[wire.Size]byte, names *[wire.Size]string) map[string]int {
	m := map[string]int{}
	for i := range a {
		if n := bits.OnesCount8(a[i] ^ b[i]); n > 0 {
			m[names[i]] += n
		}
	}
	return m
}

// Free changes each bit of a message alone, mends the checksum, and counts the bits of each field
// for which the warden's end of the pipe still takes the message.
func Free(m *wire.Message, t wire.Terms) map[string]int {
	free := map[string]int{}
	var plain [wire.Size]byte
	wire.Encode(&plain, m)
	for i, name := range Layout() {
		for bit := range 8 {
			b := plain
			b[i] ^= 1 << bit
			if name != checksum {
				binary.LittleEndian.PutUint32(b[wire.Size-4:], crc32.ChecksumIEEE(b[:wire.Size-4]))
			}
			if _, err := wire.NewReader(bytes.NewReader(b[:]), t).Next(); err == nil {
				free[name]++
			}
		}
	}
	return free
}

// Terms are what the warden holds the eye of a board to.
func Terms(b *boards.Board) wire.Terms {
	return wire.Terms{Lines: b.Scene.NLines, Zones: b.Scene.NZones, Beat: b.Beat, Speed: 1, Since: func() time.Duration { return time.Hour }}
}

// Refuses tells whether the warden's end refuses a message that is cut or one byte longer.
func Refuses(m *wire.Message, t wire.Terms) bool {
	var b [wire.Size]byte
	wire.Encode(&b, m)
	_, cut := wire.NewReader(bytes.NewReader(b[:wire.Size-1]), t).Next()
	r := wire.NewReader(io.MultiReader(bytes.NewReader(b[:]), bytes.NewReader([]byte{0})), t)
	_, first := r.Next()
	_, second := r.Next()
	return cut != nil && first == nil && second != nil
}

// Bounds are upper bounds on what one tally can say, in bits: the logarithm of the number of
// different messages.
type Bounds struct {
	// Counts is what crossings and people in zones can say: what the device is for.
	Counts float64
	// Frames is what else an honest eye lets frames move: quality, drops, damaged frames.
	Frames float64
	// Time is what lifetimes can say, which come from a clock and not from frames.
	Time float64
}

// Bound counts the messages that the warden takes from the eye of a board in one beat.
func Bound(b *boards.Board, f camera.Format) (o Bounds) {
	n := float64(walk.Fullest(b, f).Tally.Cycles)
	most := counting.MaxTracks * (n + 1) // crossings of one line, both ways together
	o.Counts = float64(b.Scene.NLines)*math.Log2((most+1)*(most+2)/2) +
		float64(b.Scene.NZones)*math.Log2((counting.MaxTracks+1)*(counting.MaxTracks+2)/2)
	// Cycles and damaged frames together are at most n; drops at most that of a full grid; of the
	// quality bits "coarse" comes from the configuration, and "starved" follows from cycles but is
	// counted all the same.
	o.Frames = math.Log2((n+1)*(n+2)/2) + math.Log2(counting.MaxCells*(n+1)+1) + 4
	o.Time = 2 * math.Log2(float64(cycle.MaxLife.Microseconds())+1)
	return o
}
