package tell

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// kmsg takes records as the kernel does: one a write.
type kmsg struct{ records []string }

func (k *kmsg) Write(b []byte) (int, error) {
	k.records = append(k.records, string(b))
	return len(b), nil
}

func TestSay(t *testing.T) {
	k := &kmsg{}
	teller := New(k, func() time.Duration { return 0 })
	teller.Source("eye").Say("Loaded   camera\n<0>kernel: forged\x1b[2J \u00e9")
	teller.Source("").Say("memory: 1")
	want := []string{"<5>tellijn: eye: Loaded   camera?<0>kernel: forged?[2J ?\n", "<5>tellijn: memory: 1\n"}
	if fmt.Sprint(k.records) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", k.records, want)
	}
}

// TestBound has a program go mad: its lines are few, those left out are counted, and others are heard.
func TestBound(t *testing.T) {
	k, now := &kmsg{}, time.Duration(0)
	teller := New(k, func() time.Duration { return now })
	mad, calm := teller.Source("mad"), teller.Source("calm")
	for range 1000 {
		mad.Say("x")
	}
	if len(k.records) != Burst {
		t.Errorf("%d lines at once, want %d", len(k.records), Burst)
	}
	if calm.Say("y"); k.records[len(k.records)-1] != "<5>tellijn: calm: y\n" {
		t.Error("the other is not heard")
	}
	now = Every // one line may pass, and it is not spent on saying what was left out
	k.records = nil
	mad.Say("1")
	now = 10 * Every
	mad.Say("2")
	mad.Say("3")
	want := []string{"<5>tellijn: mad: 1\n", "<5>tellijn: mad: 940 lines are not shown: more than one a second\n", "<5>tellijn: mad: 2\n", "<5>tellijn: mad: 3\n"}
	if fmt.Sprint(k.records) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", k.records, want)
	}
	k.records = nil
	for i := range 3 * 3600 { // three hours of ten lines a second
		now += Every
		for range 10 {
			mad.Say(fmt.Sprint(i))
		}
	}
	if n := len(k.records); n < 3*3600-10 || n > 3*3600+Burst+10 {
		t.Errorf("%d lines in three hours", n)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{"": "", "a\tb\r\n": "a b", "\x00\x7f": "??", strings.Repeat("x", 3*Longest): strings.Repeat("x", Longest-3) + "..."} {
		if got := Clean(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Loaded   camera")
	f.Add("\xff\n<3>x\u2028")
	f.Fuzz(func(t *testing.T, in string) {
		got := Clean(in)
		if len(got) > Longest || strings.ContainsFunc(got, func(c rune) bool { return c < ' ' || c > '~' }) || Clean(got) != got {
			t.Errorf("%q becomes %q", in, got)
		}
	})
}

// TestFollow says lines as they come, the head of one that is far too long, and the last without an end.
func TestFollow(t *testing.T) {
	k := &kmsg{}
	New(k, func() time.Duration { return 0 }).Source("p").Follow(&broken{bytes.NewReader([]byte("one\n\ntwo\n" + strings.Repeat("z", 100_000) + "\nlast"))})
	if len(k.records) != 4 || k.records[0] != "<5>tellijn: p: one\n" || k.records[1] != "<5>tellijn: p: two\n" ||
		len(k.records[2]) != Longest+len("<5>tellijn: p: \n") || k.records[3] != "<5>tellijn: p: last\n" {
		t.Errorf("%.200q", k.records)
	}
}

// broken ends with an error.
type broken struct{ *bytes.Reader }

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p[:min(len(p), 700)])
	if err != nil {
		err = errors.New("pipe: broken")
	}
	return n, err
}
