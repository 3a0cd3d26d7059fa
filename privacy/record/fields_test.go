package record

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestOneFieldList holds struct, CDDL and names against each other.
func TestOneFieldList(t *testing.T) {
	cddl, err := os.ReadFile("record.cddl")
	if err != nil {
		t.Fatal(err)
	}
	block := func(name string) (ks []int) {
		_, rest, ok := strings.Cut(string(cddl), "\n"+name+" = {\n")
		body, _, _ := strings.Cut(rest, "\n}")
		if !ok {
			t.Fatalf("record.cddl has no %s", name)
		}
		for _, m := range regexp.MustCompile(`(?m)^  (\d+) =>`).FindAllStringSubmatch(body, -1) {
			n, _ := strconv.Atoi(m[1])
			ks = append(ks, n)
		}
		return ks
	}
	tags := func(v any) (ks []int) {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			n, err := strconv.Atoi(strings.TrimSuffix(f.Tag.Get("cbor"), ",keyasint"))
			if err != nil {
				t.Errorf("field %s has no number", f.Name)
			}
			ks = append(ks, n)
		}
		return ks
	}
	var named []int
	for _, k := range keys() {
		named = append(named, k.number)
	}
	if a, b := tags(Record{}), block("record"); !slices.Equal(a, b) || !slices.Equal(a, named) {
		t.Errorf("record: struct %v, CDDL %v, names %v", a, b, named)
	}
	if a, b := tags(Camera{}), block("camera"); !slices.Equal(a, b) {
		t.Errorf("camera: struct %v, CDDL %v", a, b)
	}
}

// FuzzDecode looks for bytes that are taken although Encode would not have written them.
func FuzzDecode(f *testing.F) {
	for _, r := range []Record{good(), fullest(), emptiest()} {
		b, err := Encode(&r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0xbf, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v does not wrap ErrInvalid", err)
			}
			return
		}
		again, err := Encode(&r)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not the same bytes again: %v", err)
		}
		if _, err := Diag(b); err != nil {
			t.Fatal(err)
		}
	})
}
