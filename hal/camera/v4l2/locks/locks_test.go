package locks

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"tellijn/hal/camera/v4l2/abi"
)

// played is a camera whose controls are numbers in a table.
type played struct {
	values map[uint32]int32
	deaf   uint32 // takes this one and does not change
	broken uint32 // refuses this one
}

func (p *played) Control(id uint32) (int32, error) {
	v, ok := p.values[id]
	if !ok {
		return 0, errors.New("asked for a control that it never offered")
	}
	return v, nil
}

func (p *played) SetControl(id uint32, v int32) error {
	if id == p.broken {
		return errors.New("refused")
	}
	if id != p.deaf {
		p.values[id] = v
	}
	return nil
}

// held locks everything and gives the report.
func held(p *played, leave bool, mains int, moved Values) string {
	l := Prepare(p, slices.Collect(maps.Keys(p.values)), leave, mains)
	l.Hold(moved)
	return fmt.Sprint(l.List())
}

func TestHold(t *testing.T) {
	full := func() *played {
		return &played{values: map[uint32]int32{abi.ExposurePriority: 1, abi.PowerLine: 0, abi.ExposureAuto: 3, abi.ExposureAbsolute: 100,
			abi.AutoGain: 1, abi.Gain: 7, abi.FocusAbsolute: 30}}
	}
	for _, tc := range []struct {
		turn  func(*played)
		leave bool
		mains int
		want  string
	}{
		{func(*played) {}, false, 50, "[frame rate locked at 0 mains locked at 50 exposure locked at 100 gain locked at 7 white balance absent focus locked at 30]"},
		{func(p *played) { p.deaf = abi.AutoGain }, false, 60, "[frame rate locked at 0 mains locked at 60 exposure locked at 100 gain refused white balance absent focus locked at 30]"},
		{func(p *played) { p.broken = abi.ExposureAuto }, false, 0, "[frame rate locked at 0 mains left alone exposure refused gain locked at 7 white balance absent focus locked at 30]"},
		{func(p *played) { p.values = map[uint32]int32{} }, false, 50, "[frame rate absent mains absent exposure absent gain absent white balance absent focus absent]"},
		{func(*played) {}, true, 0, "[frame rate left alone mains left alone exposure left alone gain left alone white balance left alone focus left alone]"},
	} {
		p := full()
		tc.turn(p)
		before := maps.Clone(p.values)
		if got := held(p, tc.leave, tc.mains, Values{}); got != tc.want {
			t.Errorf("got  %s\nwant %s", got, tc.want)
		}
		if tc.leave && !maps.Equal(before, p.values) {
			t.Errorf("left alone, and changed: %v", p.values)
		}
	}
}

// A camera that changes nothing by itself need not settle.
func TestAutomatic(t *testing.T) {
	for _, tc := range []struct {
		id   uint32
		want bool
	}{{abi.Gain, false}, {abi.AutoGain, true}, {abi.FocusAuto, true}, {abi.PowerLine, false}} {
		if got := Prepare(&played{values: map[uint32]int32{}}, []uint32{tc.id}, true, 0).Automatic(); got != tc.want {
			t.Errorf("control %#x: %v", tc.id, got)
		}
	}
}
