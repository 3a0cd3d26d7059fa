package handoff

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"

	"tellijn/privacy/record"
	"tellijn/privacy/wire/fixed"
)

func good(t testing.TB) []byte {
	t.Helper()
	r := record.Record{
		Version: 1, Device: "d", Boot: [16]byte{1}, From: 1_800_000_000, To: 1_800_000_060, Interval: 60,
		Lines: []record.Line{{Forward: 1}}, Zones: []record.Zone{},
		Camera:   record.Camera{Kind: "camera", Driver: "v4l2", Width: 640, Height: 480, Pixel: "YUYV"},
		Firmware: [32]byte{1}, Unreleased: true,
	}
	b, err := record.Encode(&r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRecords(t *testing.T) {
	b := good(t)
	var pipe bytes.Buffer
	for range 3 {
		if err := WriteRecord(&pipe, b); err != nil {
			t.Fatal(err)
		}
	}
	whole := bytes.Clone(pipe.Bytes())
	for range 3 {
		r, got, err := ReadRecord(&pipe)
		if err != nil || !bytes.Equal(got, b) || r.Device != "d" {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if _, _, err := ReadRecord(&pipe); err != io.EOF {
		t.Fatalf("at the end: %v", err)
	}
	for n := 1; n < len(b)+2; n++ {
		if _, _, err := ReadRecord(bytes.NewReader(whole[:n])); err == nil || err == io.EOF {
			t.Fatalf("cut after %d bytes: %v", n, err)
		}
	}
	if err := WriteRecord(&pipe, make([]byte, record.MaxSize+1)); !errors.Is(err, ErrInvalid) {
		t.Fatalf("large: %v", err)
	}
	for _, bad := range [][]byte{{0, 0}, {0xff, 0xff, 1}, {1, 0, 0xa0}} {
		if _, _, err := ReadRecord(bytes.NewReader(bad)); !errors.Is(err, ErrInvalid) {
			t.Fatalf("% x: %v", bad, err)
		}
	}
}

func TestReceipts(t *testing.T) {
	in := Receipt{Stored, [16]byte{1, 2}, 7, record.Hash{9}, 11, 12}
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

// FuzzReadRecord looks for bytes that end the program or get past the check.
func FuzzReadRecord(f *testing.F) {
	var pipe bytes.Buffer
	if err := WriteRecord(&pipe, good(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(pipe.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		r, got, err := ReadRecord(bytes.NewReader(b))
		if err != nil {
			return
		}
		if again, err := record.Encode(&r); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("not the same bytes again: %v", err)
		}
	})
}
