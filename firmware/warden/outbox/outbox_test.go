package outbox

import (
	"testing"

	"tellijn/firmware/warden/book"
)

func TestOrderAndReceipts(t *testing.T) {
	var o Outbox
	for n := range uint32(100) {
		o.Add(book.Sealed{Sequence: n})
	}
	stored, next := uint32(0), uint32(0)
	for round := 0; o.Held() > 0; round++ {
		for {
			s, ok := o.Next()
			if !ok {
				break
			}
			if s.Sequence != next {
				t.Fatalf("sent %d, want %d", s.Sequence, next)
			}
			next++
		}
		if o.Sent() > Window || next-stored > Window {
			t.Fatalf("%d on their way, at most %d", o.Sent(), Window)
		}
		if round%3 == 1 { // the courier died with these in hand
			o.Again()
			next = stored
			continue
		}
		for _, s := range o.Stored(next - 1) {
			if s.Sequence != stored {
				t.Fatalf("receipt for %d, want %d", s.Sequence, stored)
			}
			stored++
		}
	}
	if stored != 100 || o.Dropped != 0 {
		t.Fatalf("%d stored, %d dropped", stored, o.Dropped)
	}
}

func TestReceiptForWhatWasNotSent(t *testing.T) {
	var o Outbox
	o.Add(book.Sealed{Sequence: 0})
	o.Add(book.Sealed{Sequence: 1})
	if done := o.Stored(7); len(done) != 0 || o.Held() != 2 {
		t.Fatal("a receipt freed a record that was never sent")
	}
	o.Next()
	if done := o.Stored(7); len(done) != 1 || o.Held() != 1 {
		t.Fatalf("%d freed, %d held", len(done), o.Held())
	}
}

func TestFull(t *testing.T) {
	var o Outbox
	for n := range uint32(MaxHeld + 5) {
		o.Add(book.Sealed{Sequence: n})
		if n == 3 {
			for range 4 {
				o.Next()
			}
		}
	}
	if o.Held() != MaxHeld || o.Dropped != 5 || o.Sent() != 0 {
		t.Fatalf("held %d, dropped %d, sent %d", o.Held(), o.Dropped, o.Sent())
	}
	if s, ok := o.Next(); !ok || s.Sequence != 5 {
		t.Fatalf("next %d, want 5", s.Sequence)
	}
}
