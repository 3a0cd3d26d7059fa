package release

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestReference compares with an independent implementation in another language: 24 streams of 8 or
// 15 days, half of them doors that are alone. A stream is three lines: single, first day, days,
// secret and the digest of the state after each slot; what was counted; what is published. Slots
// with nothing but zeros are left out.
func TestReference(t *testing.T) {
	f, err := os.Open("testdata/streams.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	streams, numbers := 0, 0
	for ; lines.Scan(); streams++ {
		var single, start, days int
		var key, digest string
		if _, err := fmt.Sscan(lines.Text(), &single, &start, &days, &key, &digest); err != nil {
			t.Fatal(err)
		}
		lines.Scan()
		counted := lines.Text()
		lines.Scan()
		want := lines.Text()
		got, sum := replay(t, single == 1, start, days, key, counted)
		if got != want {
			t.Fatalf("stream %d: published\n%s\nwant\n%s", streams, got, want)
		}
		if sum != digest {
			t.Fatalf("stream %d: what is published agrees, what is carried does not", streams)
		}
		numbers += len(strings.Fields(want))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if streams != 24 || numbers < 2000 {
		t.Fatalf("%d streams with %d publications, want 24 with 2000 and more", streams, numbers)
	}
}

// replay runs one stream, with what was counted as "slot,forward,backward ...".
func replay(t *testing.T, single bool, start, days int, key, counted string) (published, digest string) {
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != 32 {
		t.Fatalf("secret %q: %v", key, err)
	}
	secret := [32]byte(raw)
	stream := make([][2]uint32, 96*days)
	for _, w := range strings.Fields(counted) {
		var i int
		var f, b uint32
		if _, err := fmt.Sscanf(w, "%d,%d,%d", &i, &f, &b); err != nil {
			t.Fatal(err)
		}
		stream[i] = [2]uint32{f, b}
	}
	var s Line
	var out []string
	p, sum := Default(), sha256.New()
	for i, c := range stream {
		o := s.Step(&p, &secret, Slot{int64(start + i/96), i % 96 * 15}, single, c[0], c[1])
		if o.Forward|o.Backward|o.CorrectedForward|o.CorrectedBackward != 0 {
			out = append(out, fmt.Sprintf("%d,%d,%d,%d,%d", i, o.Forward, o.Backward, o.CorrectedForward, o.CorrectedBackward))
		}
		fmt.Fprintf(sum, "%d %d %d %d\n", s.in, s.out, s.level-s.shown, s.imbalance)
	}
	return strings.Join(out, " "), hex.EncodeToString(sum.Sum(nil))
}
