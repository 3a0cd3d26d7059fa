package record

import (
	"bytes"
	"crypto/sha256"
	"math"
	"reflect"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"tellijn/counting/tally"
	"tellijn/privacy/layers"
	"tellijn/privacy/sign"
)

// shape draws what is configured on a device; any draws what a record of it may say.
func shape(t *rapid.T) Record {
	r := good()
	r.Device = rapid.StringMatching(`[a-z0-9-]{1,32}`).Draw(t, "device")
	r.Interval = rapid.SampledFrom([]uint32{900, 1800, 3600, 86_400}).Draw(t, "interval")
	r.Lines = make([]Line, rapid.IntRange(1, 8).Draw(t, "lines"))
	r.Zones = make([]uint16, rapid.IntRange(0, 8).Draw(t, "zones"))
	r.Camera.Driver = rapid.SampledFrom([]string{"v4l2", "sim", "clip"}).Draw(t, "driver")
	r.Camera.Width = rapid.Uint16Range(8, 4096).Draw(t, "width")
	r.Camera.Height = rapid.Uint16Range(8, 4096).Draw(t, "height")
	r.Camera.Pixel = rapid.SampledFrom([]string{"YUYV", "UYVY", "NV12", "YU12", "GREY", "MJPG"}).Draw(t, "pixel")
	r.Simulated = r.Camera.Driver != "v4l2" || rapid.Bool().Draw(t, "simulated")
	r.Rule.K = rapid.Uint8Range(3, 255).Draw(t, "k")
	if rapid.Bool().Draw(t, "room") {
		r.Rule.Room = rapid.StringMatching(`[a-z0-9-]{1,32}`).Draw(t, "name")
		r.Rule.Doors = rapid.Uint8Range(1, maxDoors).Draw(t, "doors")
	}
	return r
}

func anyOf(t *rapid.T, shape Record) Record {
	r := shape
	hash := func(label string) Hash {
		return sha256.Sum256(rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, label))
	}
	boot := hash("boot")
	r.Boot = [16]byte(boot[:16])
	// Not evenly, so that numbers of every width come.
	number := func(label string) uint32 {
		return rapid.Uint32().Draw(t, label) >> rapid.IntRange(0, 31).Draw(t, label+" width")
	}
	r.Sequence = number("sequence")
	r.From = rapid.Int64Range(minTime, maxTime-1).Draw(t, "from")
	r.To = min(maxTime, r.From+rapid.Int64Range(1, maxStretch).Draw(t, "long"))
	if r.Rule.Room != "" {
		r.Rule.Mode = rapid.Uint8Range(ModeRoom, ModeAlone).Draw(t, "mode")
		r.Rule.Heard = rapid.Uint8Range(0, r.Rule.Doors).Draw(t, "heard")
	}
	r.Lines = make([]Line, len(shape.Lines))
	for i := range r.Lines {
		l := Line{TotalForward: number("total"), TotalBackward: number("total")}
		if r.Rule.Mode != ModeMember {
			k := uint32(r.Rule.K)
			l.CorrectedForward, l.CorrectedBackward, l.Level = number("c")>>16, number("c")>>16, number("level")>>16
			if people := number("people") >> 16 / k * k; rapid.Bool().Draw(t, "forward") {
				l.Forward = people
			} else {
				l.Backward = people
			}
		}
		r.Lines[i] = l
	}
	r.Zones = make([]uint16, len(shape.Zones))
	for i := range r.Zones {
		if z := rapid.Uint16Range(0, 64).Draw(t, "zone"); z >= uint16(r.Rule.K) {
			r.Zones[i] = z
		}
	}
	r.Coverage = rapid.Uint8Range(0, 100).Draw(t, "coverage")
	r.Dropped, r.Damaged = rapid.Uint8Range(0, 15).Draw(t, "dropped"), rapid.Uint8Range(0, 15).Draw(t, "damaged")
	class := rapid.SampledFrom([]uint8{1, 2, 5, 10, 20, 50, 100, 200, 255})
	r.Lifetime = Lifetime{Worst: class.Draw(t, "worst"), P999: class.Draw(t, "p999")}
	r.Quality = Lacking(layers.Layers(rapid.Uint16().Draw(t, "held"))) | rapid.Uint32Range(0, 31).Draw(t, "quality")
	r.Firmware, r.Previous = hash("firmware"), hash("previous")
	r.Clock = rapid.Uint8Range(0, 2).Draw(t, "clock")
	r.Uptime, r.Lost = number("uptime"), number("lost")
	r.Log = Log{}
	if n := number("entries"); n > 0 {
		r.Log = Log{Entries: n, Head: hash("head")}
	}
	return r
}

// Whatever two records of a device say, they have one size, come back as they were, and are as record.cddl
// has them.
func TestOneSize(t *testing.T) {
	spec := law(t)
	key := sign.NewKey(seed())
	rapid.Check(t, func(t *rapid.T) {
		device := shape(t)
		one, other := anyOf(t, device), anyOf(t, device)
		var sizes [2][2]int
		for i, r := range []Record{one, other} {
			payload, err := Encode(&r)
			if err != nil {
				t.Fatal(err)
			}
			if err := spec.Check("record", payload); err != nil {
				t.Fatal(err)
			}
			if back, err := Decode(payload); err != nil || !reflect.DeepEqual(back, r) {
				t.Fatalf("%v\n%+v\n%+v", err, back, r)
			}
			signed, err := Seal(key, &r)
			if err != nil || len(signed) != Size(&other) {
				t.Fatalf("%d bytes, Size says %d, %v", len(signed), Size(&other), err)
			}
			if !bytes.Contains(payload, make([]byte, 24)) || len(signed) > MaxSize {
				t.Fatalf("no pad, or %d bytes", len(signed))
			}
			sizes[i] = [2]int{len(payload), len(signed)}
		}
		if sizes[0] != sizes[1] {
			t.Fatalf("%v bytes for\n%+v\nand %v for\n%+v", sizes[0], one, sizes[1], other)
		}
	})
}

// TestPadRule computes the pad as record.cddl describes it, from the bytes alone.
func TestPadRule(t *testing.T) {
	for name, r := range examples() {
		payload, err := Encode(&r)
		if err != nil {
			t.Fatal(err)
		}
		var m map[int]any
		if err := cbor.Unmarshal(payload, &m); err != nil {
			t.Fatal(err)
		}
		pad := m[24].([]byte)
		size := func() int {
			delete(m, 24)
			b, err := cbor.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return len(b)
		}
		is := size()
		for _, key := range []int{4, 14, 21, 22} {
			m[key] = uint32(math.MaxUint32)
		}
		for _, l := range m[8].([]any) {
			for i := range 7 {
				l.([]any)[i] = 65_535
				if i >= 5 {
					l.([]any)[i] = uint32(math.MaxUint32)
				}
			}
		}
		for i := range m[9].([]any) {
			m[9].([]any)[i] = 255
		}
		m[10], m[13] = 255, []int{255, 255}
		m[23].([]any)[0] = uint32(math.MaxUint32)
		if want := 24 + size() - is; len(pad) != want || !bytes.Equal(pad, make([]byte, want)) {
			t.Errorf("%s: pad %x, want %d zeros", name, pad, want)
		}
	}
}

func TestClasses(t *testing.T) {
	for n, want := range map[uint64]uint8{0: 0, 1: 1, 2: 2, 3: 2, 4: 3, 7: 3, 8: 4, 16_383: 14, 16_384: 15, 1 << 40: 15} {
		if got := Class(n); got != want {
			t.Errorf("Class(%d) = %d, want %d", n, got, want)
		}
	}
	for _, tc := range []struct{ counted, expected, want uint64 }{{0, 0, 0}, {1, 0, 0}, {0, 5, 0}, {5, 5, 100}, {6, 5, 100},
		{1, 3, 33}, {999, 1000, 99}, {1<<64 - 2, 1<<64 - 1, 99}, {1<<64 - 1, 1<<64 - 1, 100}} {
		if got := Percent(tc.counted, tc.expected); uint64(got) != tc.want {
			t.Errorf("Percent(%d, %d) = %d, want %d", tc.counted, tc.expected, got, tc.want)
		}
	}
	if Weekly != tally.Relit|tally.Crowded || Weekly&^anyQuality != 0 {
		t.Error("weekly bits")
	}
}
