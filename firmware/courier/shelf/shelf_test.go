package shelf

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/queue"
	"tellijn/privacy/record"
)

// records encodes n records of one boot.
func records(t *testing.T, n int) (out [][]byte) {
	t.Helper()
	for i := range n {
		r := record.Record{
			Version: 1, Device: "d", Boot: [16]byte{1}, Sequence: uint32(i), From: 1_800_000_000 + int64(60*i),
			To: 1_800_000_060 + int64(60*i), Interval: 60, Lines: []record.Line{{Forward: 1}}, Zones: []record.Zone{},
			Camera:   record.Camera{Kind: "camera", Driver: "v4l2", Width: 640, Height: 480, Pixel: "YUYV"},
			Firmware: [32]byte{1}, Unreleased: true,
		}
		b, err := record.Encode(&r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func shelf(t *testing.T, in io.Reader, out io.Writer) *Shelf {
	t.Helper()
	q, err := queue.Open(filepath.Join(t.TempDir(), "q"), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return &Shelf{In: in, Out: out, Queue: q, Say: func(s string) { t.Log(s) }, Rest: func(time.Duration) bool { return true }}
}

// receipts reads everything that was answered.
func receipts(t *testing.T, r io.Reader) (out []handoff.Receipt) {
	t.Helper()
	for {
		a, err := handoff.ReadReceipt(r)
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
}

func TestStoresAndAnswers(t *testing.T) {
	var in, out bytes.Buffer
	all := records(t, 200)
	for _, b := range append(all, all[150:]...) { // the last ones twice
		if err := handoff.WriteRecord(&in, b); err != nil {
			t.Fatal(err)
		}
	}
	s := shelf(t, &in, &out)
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	answers := receipts(t, &out)
	last := answers[len(answers)-1]
	if answers[0].Kind != handoff.Hello || last.Kind != handoff.Stored || last.Sequence != 199 ||
		last.Waiting != 200 || last.Tail != record.HashOf(all[199]) {
		t.Fatalf("first %+v, last %+v", answers[0], last)
	}
	items, err := s.Queue.Peek(1000)
	if err != nil || len(items) != 200 || !bytes.Equal(items[7].Bytes, all[7]) {
		t.Fatalf("%d records, %v", len(items), err)
	}
}

func TestStoresWhatCameBeforeRubbish(t *testing.T) {
	var in, out bytes.Buffer
	all := records(t, 3)
	for _, b := range all {
		if err := handoff.WriteRecord(&in, b); err != nil {
			t.Fatal(err)
		}
	}
	in.WriteString("\x05\x00rubbish")
	s := shelf(t, &in, &out)
	if err := s.Run(); !errors.Is(err, handoff.ErrInvalid) {
		t.Fatalf("%v, want ErrInvalid", err)
	}
	if items, _ := s.Queue.Peek(10); len(items) != 3 {
		t.Fatalf("%d records", len(items))
	}
}

type deaf struct{ hears int }

func (d *deaf) Write(p []byte) (int, error) {
	if d.hears--; d.hears < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// TestStoresForNobody has a warden that died with records on their way.
func TestStoresForNobody(t *testing.T) {
	var in bytes.Buffer
	for _, b := range records(t, 100) {
		if err := handoff.WriteRecord(&in, b); err != nil {
			t.Fatal(err)
		}
	}
	s := shelf(t, &in, &deaf{1})
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	if items, _ := s.Queue.Peek(1000); len(items) != 100 {
		t.Fatalf("%d records, want 100", len(items))
	}
}
