package handoff

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"

	"tellijn/privacy/wire/fixed"
)

func TestReceipts(t *testing.T) {
	in := Receipt{Stored, [16]byte{1, 2}, 7, [32]byte{9}, 11, 12}
	c := fixed.Writing(make([]byte, 200))
	if in.layout(&c); c.At() != receiptSize {
		t.Fatalf("the layout has %d bytes, receiptSize says %d", c.At(), receiptSize)
	}
	var pipe bytes.Buffer
	if err := WriteReceipt(&pipe, in); err != nil {
		t.Fatal(err)
	}
	whole := bytes.Clone(pipe.Bytes())
	if out, err := ReadReceipt(&pipe); err != nil || !reflect.DeepEqual(in, out) {
		t.Fatalf("%+v, %v", out, err)
	}
	if _, err := ReadReceipt(&pipe); err != io.EOF {
		t.Fatalf("at the end: %v", err)
	}
	for i := range whole {
		whole[i] ^= 1
		if _, err := ReadReceipt(bytes.NewReader(whole)); !errors.Is(err, ErrInvalid) {
			t.Fatalf("byte %d bent: %v", i, err)
		}
		whole[i] ^= 1
	}
}
