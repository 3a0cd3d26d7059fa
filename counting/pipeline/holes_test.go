package pipeline

import (
	"reflect"
	"testing"

	"tellijn/hal/camera"
)

// Where fields of a struct do not touch, a copy of the whole struct copies what lies between them, and
// that is whatever was on the stack: part of a pixel, at worst. So nothing may ever be there.

// holes calls f for each run of bytes of a type, at an offset, that belong to no field.
func holes(t reflect.Type, at uintptr, way string, f func(way string, from, to uintptr)) {
	switch t.Kind() {
	case reflect.Array:
		if t.Elem().Kind() != reflect.Struct && t.Elem().Kind() != reflect.Array {
			return
		}
		for i := range t.Len() {
			holes(t.Elem(), at+uintptr(i)*t.Elem().Size(), way+"[]", f)
		}
	case reflect.Struct:
		end := uintptr(0)
		for i := range t.NumField() {
			field := t.Field(i)
			if field.Offset > end {
				f(way+", before "+field.Name, at+end, at+field.Offset)
			}
			holes(field.Type, at+field.Offset, way+"."+field.Name, f)
			end = field.Offset + field.Type.Size()
		}
		if end < t.Size() {
			f(way+", at its end", at+end, at+t.Size())
		}
	}
}

// litter leaves bytes on the stack where the next calls have theirs.
//
//go:noinline
func litter(fill byte) (seen byte) {
	var b [32 << 10]byte
	for i := range b {
		b[i] = fill
	}
	return b[seen] | b[len(b)-1]
}

func TestNothingOfTheStack(t *testing.T) {
	const fill = 0xEE
	type hole struct {
		way      string
		from, to uintptr
	}
	list := [2][]hole{}
	for i, v := range []any{scratch{}, carry{}} {
		holes(reflect.TypeOf(v), 0, reflect.TypeOf(v).Name(), func(way string, from, to uintptr) {
			list[i] = append(list[i], hole{way, from, to})
		})
		if len(list[i]) == 0 {
			t.Errorf("%T has no holes: this test tests nothing", v)
		}
	}
	cycles := 150
	if raceEnabled {
		cycles = 30
	}
	for _, pixel := range formats {
		f, sc, m, s := shape(pixel, 160, 120), across(36_000), heap(), Defaults()
		all := frames(t, f, 36_000, cycles)
		litter(fill)
		p, err := build(m, sc, f, s)
		if err != nil {
			t.Fatal(err)
		}
		for i, data := range all {
			loan := camera.Frame{Data: data}
			litter(fill)
			err := p.Reduce(&loan)
			litter(fill)
			if p.Count(uint32(i)); err != nil {
				t.Fatal(err)
			}
			litter(fill)
			p.Lived(uint32(i))
		}
		litter(fill)
		p.Close(uint32(cycles))
		for i, b := range [][]byte{m.Scratch, m.Carry} {
			for _, h := range list[i] {
				if n, _ := set(b[h.from:h.to]); n > 0 {
					t.Errorf("%v: %s: % x from the stack", pixel, h.way, b[h.from:h.to])
				}
			}
		}
	}
}
