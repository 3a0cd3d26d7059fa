package protocol

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/bench"
)

const good = `# A ladder catches the cable.
title   The camera is unplugged
why     Counting goes on.   # always
board   rpi-zero-2w
film    door 7
format  mjpeg 640x480
rate    30
at      2027-03-01 08:14
clock   1970-01-01 00:00:05
hours   mon-fri 07:30-22:00
hours   sat 10:00-12:00
approval ended
config  [lamp]
config  name = "a # b"
# in between
notime
mute
reader
journal
tags	short camera
expect  1.5 min

switch the board on   # now
  the console says "a # b  \[" within 120 s

# more
check it
`

func TestParse(t *testing.T) {
	s, err := Parse("camera-unplugged", good)
	if err != nil {
		t.Fatal(err)
	}
	want := Scenario{Name: "camera-unplugged", Title: "The camera is unplugged", Why: "Counting goes on.", Tags: []string{"short", "camera"},
		Expect: 90 * time.Second, Text: good, Head: s.Head, Setup: bench.Setup{Name: "camera-unplugged", Board: "rpi-zero-2w", Film: "door 7",
			Format: "mjpeg 640x480", Rate: 30, Now: time.Date(2027, 3, 1, 8, 14, 0, 0, time.UTC), Clock: time.Date(1970, 1, 1, 0, 0, 5, 0, time.UTC),
			Hours: []string{"mon-fri 07:30-22:00", "sat 10:00-12:00"}, Approval: "ended", Config: "[lamp]\nname = \"a # b\"\n",
			NoTime: true, Mute: true, Reader: true, Journal: true},
		Steps: []Line{{22 + 1, "switch the board on"}, {24, `the console says "a # b  \[" within 120 s`}, {27, "check it"}}}
	if !reflect.DeepEqual(*s, want) {
		t.Errorf("got  %+v\nwant %+v", *s, want)
	}
	if len(s.Head) != 19 || s.Head[0] != [2]string{"title", "The camera is unplugged"} || !s.Tagged("short") || s.Tagged("shor") {
		t.Errorf("head: %q", s.Head)
	}
	if s, err := Parse("a", strings.Replace(good, "1970-01-01 00:00:05", "none", 1)); err != nil || !s.Setup.NoClock || !s.Setup.Clock.IsZero() {
		t.Errorf("no clock: %+v, %v", s, err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"title ", "titel ", `a:2: key "titel", want one of title, why, board`},
		{"board   rpi-zero-2w", "", "has no board"}, // and the head ends there
		{"board   rpi-zero-2w", "board   ../x", `a:4: board "../x"`},
		{"format  mjpeg", "format  h264", "a:6: format"},
		{"rate    30", "rate    0", "a:7: rate"},
		{"rate    30", "rate    61", "a:7: rate"},
		{"rate    30", "rate", "a:7: rate has nothing behind it"},
		{"at      2027-03-01", "at      2027-02-30", "a:8: moment"},
		{"clock   1970", "clock   x", "a:9: moment"},
		{"approval ended", "approval given", "a:12: approval"},
		{"notime", "notime yes", `a:16: notime "yes", want nothing`},
		{"mute", "notime", "a:17: notime stands here again"},
		{"tags	short", "tags	Short", "a:20: tag"},
		{"1.5 min", "90s", "a:21: expect"},
		{"1.5 min", "0 s", "a:21: expect"},
		{"1.5 min", "0x5 s", "a:21: expect"},
		{"1.5 min", "1e1 s", "a:21: expect"},
		{"1.5 min", "+5 s", "a:21: expect"},
		{"1.5 min", "-5 s", "a:21: expect"},
		{"1.5 min", "721 h", "a:21: expect"},
		{"switch the board on", `says "x`, `a:23: a quote in`},
		{"switch the board on", `says "x"y`, `a:23: no space behind`},
		{"switch the board on", `says x"y"`, `a:23: a quote within`},
		{"check it", "check " + strings.Repeat("x", maxLine), "a:27: 407 bytes"},
		{"check it", strings.Repeat("check it\n", maxSteps), "202 steps"},
		{"check it", "\xff", "all UTF-8"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("%q is not there", c.old)
		}
		if _, err := Parse("a", text); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %v, want %q", c.new, c.old, err, c.want)
		}
	}
	for name, text := range map[string]string{"A": good, "a-": good, "": good, "b": "", "c": strings.Repeat("#\n", maxSize)} {
		if _, err := Parse(name, text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	head, _, _ := strings.Cut(good, "\n\n")
	if _, err := Parse("a", head); err == nil || !strings.Contains(err.Error(), "has no steps") {
		t.Errorf("a head alone: %v", err)
	}
}

// FuzzParse: whatever a file holds, reading ends; what is read reads the same again from its own head and steps.
func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("title a\nwhy b\nboard c\nexpect 1 s\n\nx \"#\" y # z")
	f.Add("\n\n#\n \t\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse("a", text)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%v is not ErrInvalid", err)
			}
			return
		}
		again := ""
		for _, h := range s.Head {
			again += h[0] + " " + h[1] + "\n"
		}
		for _, l := range s.Steps {
			again += "\n" + l.Text
		}
		b, err := Parse("a", again)
		if err != nil {
			t.Fatalf("%q: %v", again, err)
		}
		if !reflect.DeepEqual(b.Setup, s.Setup) || len(b.Steps) != len(s.Steps) || b.Expect != s.Expect {
			t.Errorf("%+v, then %+v", s, b)
		}
	})
}
