package model

import (
	"fmt"
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	pi02 := []string{"pi0", "pi0w", "pi02"}
	for _, c := range []struct {
		text    string
		filters []string
		try     bool
		want    string
	}{
		{"a=1", nil, false, "1"},
		{"a=1\r\na=2\r\n", nil, false, "2"},
		{"# a=1\n\n  a = 2  ", nil, false, "2"},
		{"[pi02]\na=1\n[pi3]\na=2", pi02, false, "1"},
		{"[pi3]\na=2\n[pi02]\na=1", pi02, false, "1"}, // of one kind: the later one counts
		{"[pi0]\na=1\n[PI3]\na=2", pi02, false, "1"},
		{"[pi4]\na=1\n[cm4]\na=2", []string{"pi4", "cm4"}, false, "2"},
		{"[pi4]\na=1\n[cm4]\na=2", []string{"pi4"}, false, "1"},
		{"[none]\na=1", pi02, false, ""},
		{"[none]\n[pi02]\na=1", pi02, false, ""}, // of two kinds: both
		{"[none]\n[all]\na=1", pi02, false, "1"},
		{"a=1\n[tryboot]\na=2", nil, false, "1"},
		{"a=1\n[tryboot]\na=2", nil, true, "2"},
		{"[tryboot]\n[pi3]\na=2", pi02, true, ""},
		{"[gpio4=1]\na=1", nil, false, ""},
		{"[0x12345678]\na=1", nil, false, ""},
		{"[EDID=ABC]\na=1", nil, false, ""},
		{"a=" + strings.Repeat("x", 200), nil, false, strings.Repeat("x", 96)}, // a line has 98 characters
		{"=1\na\n[", nil, false, ""},
	} {
		if got := parse([]byte(c.text), c.filters, c.try).values["a"]; got != c.want {
			t.Errorf("%q on %v, trial %v: %q, want %q", c.text, c.filters, c.try, got, c.want)
		}
	}
	s := parse([]byte("initramfs one.gz,two.gz followkernel\ndtoverlay=a,x=1\ndtoverlay=b\n[pi3]\ndtoverlay=c\ninitramfs three 0\n"), pi02, false)
	if fmt.Sprint(s.initrds, s.overlays) != "[one.gz two.gz] [a b]" {
		t.Errorf("%v %v", s.initrds, s.overlays)
	}
}

// FuzzSettings: whatever a file says, what the board's filters do not pass is not there, and more text behind
// [none] changes nothing.
func FuzzSettings(f *testing.F) {
	f.Add("[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n", "kernel=x")
	f.Add("[pi4]\n[none]\n", "initramfs a b\ndtoverlay=c")
	f.Fuzz(func(t *testing.T, text, more string) {
		a := parse([]byte(text), []string{"pi4"}, false)
		if strings.Contains(more, "[") {
			return
		}
		b := parse([]byte(text+"\n[none]\n"+more), []string{"pi4"}, false)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%v, then %v", a, b)
		}
		for name, value := range a.values {
			if len(name)+len(value) >= lineMost || strings.ContainsAny(name+value, "\n") {
				t.Errorf("%q=%q", name, value)
			}
		}
	})
}

func FuzzStart(f *testing.F) {
	c := insert(f, good())
	head := make([]byte, 8<<20)
	c.ReadAt(head, 0)
	f.Add(446+8, byte(1))
	f.Add(4<<20+11, byte(0xFF))
	b, _ := Lookup("rpi-zero-2w")
	f.Fuzz(func(t *testing.T, at int, with byte) {
		if at < 0 || at >= len(head) {
			return
		}
		one := Firmware{Board: b}
		_, _ = one.Start(&changed{c, int64(at), with}) // does not panic, and ends
	})
}

// changed is a card of which one byte is another one.
type changed struct {
	r interface {
		ReadAt([]byte, int64) (int, error)
	}
	at   int64
	with byte
}

func (c *changed) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(b, off)
	if i := c.at - off; i >= 0 && i < int64(n) {
		b[i] = c.with
	}
	return n, err
}
