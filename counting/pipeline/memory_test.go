package pipeline

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
	"tellijn/hal/memory"
	"tellijn/privacy/wipe"
)

// blocks gives memory outside the heap, full of what somebody left there.
func blocks(t *testing.T) Memory {
	t.Helper()
	var m Memory
	a, b := Sizes()
	for _, part := range []struct {
		to   *[]byte
		get  func(int) (*memory.Block, error)
		size int
	}{{&m.Scratch, memory.Scratch, a}, {&m.Carry, memory.Secret, b}} {
		block, err := part.get(part.size)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := block.Close(); err != nil {
				t.Error(err)
			}
		})
		*part.to = block.Bytes()
		for i := range *part.to {
			(*part.to)[i] = 0xEE
		}
	}
	return m
}

// In memory of the caller a pipeline counts the same as on the heap, keeps its state there and nowhere
// else, and leaves it zero.
func TestNewIn(t *testing.T) {
	seconds := int32(12)
	if raceEnabled {
		seconds = 4
	}
	f, script := shape(camera.GREY, 160, 120), sim.Door(14, sim.Nominal(), seconds)
	m := blocks(t)
	p, err := NewIn(m, across(36_000), f)
	if err != nil {
		t.Fatal(err)
	}
	q := made(t, across(36_000), f)
	if !bytes.Equal(view(q.scratch), m.Scratch) || !bytes.Equal(view(q.carry), m.Carry) {
		t.Fatal("it begins otherwise than on the heap")
	}
	got := counted(t, p, door(t, f, 36_000, script), nil)
	want := counted(t, q, door(t, f, 36_000, script), nil)
	if !slices.Equal(got, want) || len(want) == 0 && !raceEnabled {
		t.Errorf("crossings %v, want %v", got, want)
	}
	if !bytes.Equal(view(q.scratch), m.Scratch) || !bytes.Equal(view(q.carry), m.Carry) {
		t.Error("after the last cycle the memory is not as on the heap")
	}
	if n, _ := set(m.Carry); n < 1000 {
		t.Fatalf("only %d bytes of carry are set: this test tests nothing", n)
	}
	if tally, other := p.Close(1000), q.Close(1000); tally != other || tally.Cycles == 0 {
		t.Errorf("tally %+v, want %+v", tally, other)
	}
	p.Wipe()
	for name, part := range map[string][]byte{"scratch": m.Scratch, "carry": m.Carry} {
		if n, at := set(part); n > 0 {
			t.Errorf("%d bytes of %s are left after Wipe, the first at %d", n, name, at)
		}
	}
}

func TestNewInRefuses(t *testing.T) {
	f, good := shape(camera.GREY, 160, 120), heap()
	for name, m := range map[string]Memory{
		"nothing":           {},
		"no carry":          {Scratch: good.Scratch},
		"no scratch":        {Carry: good.Carry},
		"scratch too short": {good.Scratch[1:], good.Carry},
		"carry too short":   {good.Scratch, good.Carry[:len(good.Carry)-1]},
		"out of step":       {append(good.Scratch, 0)[1:], good.Carry},
	} {
		if p, err := NewIn(m, across(36_000), f); !errors.Is(err, wipe.ErrPlace) || p != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := across(36_000)
	bad.NLines = 0
	if _, err := NewIn(good, bad, f); err == nil {
		t.Error("a scene without a line passes")
	}
	if _, err := NewIn(good, across(36_000), f); err != nil {
		t.Error(err)
	}
}

// What is placed holds no pointer at any depth, or the collector would free what it points to.
func TestPlacedHoldsNoPointer(t *testing.T) {
	for _, v := range []any{scratch{}, carry{}} {
		if at := pointer(reflect.TypeOf(v), "it"); at != "" {
			t.Errorf("%T holds a pointer: %s", v, at)
		}
	}
	for _, c := range []struct {
		v    any
		want string
	}{
		{[4]struct{ A, B uint16 }{}, ""},
		{struct{ A [3]struct{ B, C any } }{}, "it.A[].B"},
		{struct {
			A int
			B []byte
		}{}, "it.B"},
		{new(int), "it"}, {[2]map[int]int{}, "it[]"}, {struct{ A string }{}, "it.A"}, {struct{ A func() }{}, "it.A"},
		{struct{ A chan int }{}, "it.A"}, {struct{ A unsafe.Pointer }{}, "it.A"}, {struct{ A error }{}, "it.A"},
	} {
		if at := pointer(reflect.TypeOf(c.v), "it"); at != c.want {
			t.Errorf("%T: a pointer at %q, want %q", c.v, at, c.want)
		}
	}
}

// pointer gives the way to the first pointer in a type, "" if there is none. What is not known to be
// free of them counts as one.
func pointer(t reflect.Type, way string) string {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return ""
	case reflect.Array:
		return pointer(t.Elem(), way+"[]")
	case reflect.Struct:
		for i := range t.NumField() {
			if at := pointer(t.Field(i).Type, way+"."+t.Field(i).Name); at != "" {
				return at
			}
		}
		return ""
	}
	return way
}
