// Package told is what the eye is told: the orders that a board gives, and a walk through every field
// of them at the edges of its numbers. It starts nothing. tools/proof/space/walk makes the boards.
package told

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/firmware/orders"
)

// Sum is what a walk through the orders came to.
type Sum struct {
	Fields, Tried, Refused, Accepted int
	Wrong                            []string
}

// Orders makes the orders that a board gives its eye, as the warden does; the proof also asks the
// warden itself. A number that has no room in the orders is an error.
func Orders(b *boards.Board) (orders.Orders, error) {
	o := orders.Orders{
		Device: b.Path, Scene: b.Scene, Beat: b.Beat, Speed: uint16(b.Speed),
		Wanted: orders.Wanted{Pixel: b.Wanted.Pixel, Width: uint16(b.Wanted.Width),
			Height: uint16(b.Wanted.Height), Interval: b.Wanted.Interval},
		Board:  map[boards.Kind]orders.Board{boards.Real: orders.Real, boards.Simulated: orders.Simulated, boards.Virtual: orders.Virtual}[b.Kind],
		Driver: map[string]orders.Driver{"v4l2": orders.V4L2, "sim": orders.Sim, "clip": orders.Feed}[b.Driver],
	}
	if int(o.Speed) != b.Speed || int(o.Wanted.Width) != b.Wanted.Width || int(o.Wanted.Height) != b.Wanted.Height {
		return o, fmt.Errorf("speed %d or size %dx%d has no room in the orders", b.Speed, b.Wanted.Width, b.Wanted.Height)
	}
	if o.Driver == orders.Sim {
		o.Sim = orders.Scripted{Seed: 1}
	}
	return o, nil
}

// SameBytes encodes orders, decodes them and encodes them again.
func SameBytes(o *orders.Orders) error {
	first, err := orders.Encode(o)
	if err != nil {
		return err
	}
	back, err := orders.Decode(&first)
	if err != nil {
		return err
	}
	if back != *o {
		return errors.New("what comes back is not what was sent")
	}
	again, err := orders.Encode(&back)
	if err != nil || again != first {
		return fmt.Errorf("two spellings of the same orders: %w", err)
	}
	if len(first) != orders.Size {
		return fmt.Errorf("%d bytes", len(first))
	}
	return nil
}

// bound keeps lists of faults short.
const bound = 20

// leaf is one number or text of the orders.
type leaf struct {
	name string
	path []int
}

// leaves finds every field of a type, however deep, by reflection: a new one is found too. Of an
// array it takes the first and the last element.
func leaves(t reflect.Type, name string, path []int) (all []leaf, err error) {
	down := func(i int) []int { return append(append([]int{}, path...), i) }
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			more, err := leaves(t.Field(i).Type, name+"."+t.Field(i).Name, down(i))
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
	case reflect.Array:
		for _, i := range []int{0, t.Len() - 1} {
			more, err := leaves(t.Elem(), fmt.Sprintf("%s[%d]", name, i), down(i))
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
	case reflect.String, reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		all = append(all, leaf{strings.TrimPrefix(name, "."), path})
	default:
		return nil, fmt.Errorf("walk: field %s of the orders is a %v; orders hold numbers and one path, of a fixed size", name, t.Kind())
	}
	return all, nil
}

func field(v reflect.Value, path []int) reflect.Value {
	for _, i := range path {
		if v.Kind() == reflect.Array {
			v = v.Index(i)
		} else {
			v = v.Field(i)
		}
	}
	return v
}

// edges are values at the edge of every kind of number, and at edges that orders declare.
func edges() []int64 {
	return []int64{math.MinInt64, math.MinInt32, -1, 0, 1, 2, 3, 4, 7, 8, 9, 12, 13, 255, 256, 499, 500, 999, 1000, 1001, 4096, 4097, 65535, 65536, 65537,
		400_000, 400_001, orders.MaxSeconds, orders.MaxSeconds + 1, int64(99 * time.Millisecond), int64(orders.MinBeat), int64(orders.MaxBeat), int64(orders.MaxBeat) + 1e6,
		math.MaxUint32, math.MaxUint32 + 1, 1e3 * (math.MaxUint32 + 2), 1e6 * (math.MaxUint32 + 200), math.MaxInt64}
}

// set gives the ways to set one leaf, each of which tells whether it has room there.
func set(v reflect.Value) (ways []func() bool) {
	if v.Kind() == reflect.String {
		for _, s := range []string{"", "/dev/video0", "/dev/" + strings.Repeat("a", 123), "/dev/" + strings.Repeat("a", 124), "/dev/../x", "/dev/a b", "/dev/\x00", "/tmp/x", strings.Repeat("/", 300)} {
			ways = append(ways, func() bool { v.SetString(s); return true })
		}
		return ways
	}
	for _, n := range edges() {
		ways = append(ways, func() bool {
			if v.CanUint() {
				if n < 0 || v.OverflowUint(uint64(n)) {
					return false
				}
				v.SetUint(uint64(n))
				return true
			}
			if v.OverflowInt(n) {
				return false
			}
			v.SetInt(n)
			return true
		})
	}
	return ways
}

// Walk sets each field of the orders, and each two, to values at their edges and looks whether
// what is accepted comes back the same in the same number of bytes, and holds on a real board.
func Walk(from []*boards.Board) (s Sum, err error) {
	all, err := leaves(reflect.TypeFor[orders.Orders](), "", nil)
	if err != nil {
		return s, err
	}
	s.Fields = len(all)
	for _, b := range from {
		plain, err := Orders(b)
		if err != nil {
			return s, err
		}
		if err := plain.Check(); err != nil {
			return s, err
		}
		for i := range all {
			s.cross(&plain, all[i], nil)
			for k := range all[:i] {
				if strings.Contains(all[i].name, "[") && strings.Contains(all[k].name, "[") {
					continue // two coordinates: each alone is enough
				}
				s.cross(&plain, all[i], &all[k])
			}
		}
	}
	return s, nil
}

// cross tries one or two fields at all their edges.
func (s *Sum) cross(plain *orders.Orders, a leaf, b *leaf) {
	o := *plain
	v := reflect.ValueOf(&o).Elem()
	second := []func() bool{func() bool { return true }}
	if b != nil {
		second = set(field(v, b.path))
	}
	for _, one := range set(field(v, a.path)) {
		if !one() {
			continue
		}
		for _, two := range second {
			if !two() {
				continue
			}
			s.Tried++
			err := judgeOrders(&o)
			switch {
			case errors.Is(err, orders.ErrInvalid):
				s.Refused++
			case err != nil && len(s.Wrong) < bound:
				name := a.name
				if b != nil {
					name += " and " + b.name
				}
				s.Wrong = append(s.Wrong, fmt.Sprintf("%s: %v", name, err))
			case err == nil:
				s.Accepted++
			}
		}
	}
}

// judgeOrders gives orders.ErrInvalid for what is refused, and another error for what is accepted
// and should not be, or does not come back.
func judgeOrders(o *orders.Orders) error {
	if err := o.Check(); err != nil {
		return err
	}
	if err := SameBytes(o); err != nil {
		return fmt.Errorf("accepted, but %v", err)
	}
	if o.Board == orders.Real && (o.Driver != orders.V4L2 || o.Speed != 1 || o.Sim != (orders.Scripted{})) {
		return fmt.Errorf("a real board with driver %s, speed %d, play %+v", o.Driver, o.Speed, o.Sim)
	}
	if o.Beat < 100*time.Millisecond || o.Beat > 10*time.Second {
		return fmt.Errorf("beat %v", o.Beat)
	}
	return nil
}

// Fields gives the names of all fields of the orders.
func Fields() (names []string, err error) {
	all, err := leaves(reflect.TypeFor[orders.Orders](), "", nil)
	for _, l := range all {
		names = append(names, l.name)
	}
	return names, err
}
