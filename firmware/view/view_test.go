package view

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
)

func full() State {
	s := State{Number: 0xfffe, Counting: true, Zones: []uint8{1, 2, 3, 4, 5, 6, 7, 64}}
	for i := range uint32(8) {
		s.Lines = append(s.Lines, Line{i%2 == 0, i%3 == 0, maxTotal - i, 1000 * i})
	}
	return s
}

func TestThereAndBack(t *testing.T) {
	for _, in := range []State{full(), {Lines: []Line{{Forward: 7}}, Zones: []uint8{}}} {
		var pipe bytes.Buffer
		if err := WriteState(&pipe, &in); err != nil {
			t.Fatal(err)
		}
		if n := pipe.Len() - 3; n > 64 {
			t.Fatalf("%d bytes, at most 64", n)
		}
		out, err := Read(&pipe)
		if err != nil || out.State == nil || !reflect.DeepEqual(*out.State, in) {
			t.Fatalf("%+v, %v, want %+v", out.State, err, in)
		}
		if _, err := Read(&pipe); err != io.EOF {
			t.Fatalf("at the end: %v", err)
		}
	}
}

func TestLargeTotalsStay(t *testing.T) {
	in := State{Lines: []Line{{Forward: 1 << 31}}}
	b, err := Encode(&in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Decode(b[:])
	if err != nil || out.Lines[0].Forward != maxTotal || out.Lines[0].Backward != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
}

func TestRefused(t *testing.T) {
	if _, err := Encode(&State{Lines: make([]Line, 9)}); !errors.Is(err, ErrInvalid) {
		t.Errorf("nine lines: %v", err)
	}
	wild := append([]byte{kindState, 64, 0}, make([]byte, 64)...)
	wild[3+3] = 0xff
	for what, b := range map[string][]byte{
		"kind": {9, 0, 0}, "length": {kindState, 0xff, 0xff}, "short state": {kindState, 1, 0, 0},
		"no record": {kindRecord, 1, 0, 0}, "nine lines": wild,
	} {
		if _, err := Read(bytes.NewReader(b)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
