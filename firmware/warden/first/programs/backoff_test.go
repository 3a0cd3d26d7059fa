package programs

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	var b Backoff
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		if got := b.Wait(9 * time.Minute); got != want*time.Second {
			t.Errorf("wait %d: %v, want %v", i, got, want*time.Second)
		}
	}
	if got := b.Wait(Calm); got != First {
		t.Errorf("after a calm run: %v", got)
	}
	if got := b.Wait(0); got != 2*time.Second {
		t.Errorf("and then: %v", got)
	}
	// A program that always ends at once is started less than 70 times in the first hour.
	b, n := Backoff{}, 0
	for at := time.Duration(0); at < time.Hour; at += b.Wait(0) {
		n++
	}
	if n > 70 || n < 60 {
		t.Errorf("%d starts in an hour", n)
	}
}
