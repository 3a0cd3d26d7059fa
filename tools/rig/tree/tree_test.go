package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"
)

// written by hand from chapter 5 of the specification: a root with one property and one node with one.
func byHand() []byte {
	w := func(v ...uint32) (b []byte) {
		for _, v := range v {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return b
	}
	names := []byte("model\x00x\x00")
	structure := bytes.Join([][]byte{w(beginNode, 0), w(property, 5, 0), []byte("abcd\x00\x00\x00\x00"), w(nothing),
		w(beginNode), []byte("bus@1\x00\x00\x00"), w(property, 0, 6), w(endNode), w(endNode), w(end)}, nil)
	reserved := bytes.Join([][]byte{w(0, 0x1000, 0, 0x2000), make([]byte, 16)}, nil)
	at := uint32(headBytes)
	head := w(magic, at+uint32(len(reserved)+len(structure)+len(names)), at+uint32(len(reserved)), at+uint32(len(reserved)+len(structure)), at,
		version, compatible, 3, uint32(len(names)), uint32(len(structure)))
	return bytes.Join([][]byte{head, reserved, structure, names}, nil)
}

func TestByHand(t *testing.T) {
	n, err := Parse(byHand())
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := n.Get("model"); !ok || string(v) != "abcd\x00" || n.cpu != 3 || len(n.reserved) != 32 {
		t.Errorf("%+v", n)
	}
	bus := n.Find("/bus@1")
	if bus == nil || n.Find("/bus@2") != nil || n.Find("/") != n {
		t.Fatalf("%+v", n.Children)
	}
	if v, ok := bus.Get("x"); !ok || len(v) != 0 {
		t.Errorf("%q, %v", v, ok)
	}
	bus.Set("names", Texts("one", "", "three"))
	n.Set("model", Texts("other board"))
	again, err := Parse(n.Bytes())
	if err != nil || !reflect.DeepEqual(again, n) {
		t.Fatalf("%v: %+v, want %+v", err, again, n)
	}
	if v, _ := again.Find("bus@1").Get("names"); string(v) != "one\x00\x00three\x00" {
		t.Errorf("%q", v)
	}
}

func TestMalformed(t *testing.T) {
	good := byHand()
	if _, err := Parse(nil); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	for n := range len(good) - 1 { // cut off anywhere; only names may go without an end
		if _, err := Parse(good[:n]); n < len(good)-8 && !errors.Is(err, ErrMalformed) {
			t.Errorf("cut off at %d: %v", n, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(byHand())
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := Parse(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Error(err)
			}
			return
		}
		once := n.Bytes()
		again, err := Parse(once)
		if err != nil || !bytes.Equal(again.Bytes(), once) {
			t.Errorf("written and read again: %v", err)
		}
	})
}
