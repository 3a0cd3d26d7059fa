package told

import (
	"testing"

	"tellijn/boards"
)

func TestWalk(t *testing.T) {
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	usb := b
	usb.Kind, usb.Driver, usb.Path = boards.Real, "v4l2", "/dev/video0"
	s, err := Walk([]*boards.Board{&b, &usb})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d fields, %d tried, %d refused, %d accepted", s.Fields, s.Tried, s.Refused, s.Accepted)
	for _, w := range s.Wrong {
		t.Error(w)
	}
	if s.Fields < 20 || s.Accepted < 50 || s.Refused < 1000 {
		t.Error("too little was tried")
	}
}

// TestJudgeFinds sees that orders which should not pass would be found.
func TestJudgeFinds(t *testing.T) {
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(b *boards.Board){
		"speed": func(b *boards.Board) { b.Speed = 1<<16 + 1 },
		"size":  func(b *boards.Board) { b.Wanted.Width += 1 << 16 },
	} {
		c := b
		change(&c)
		if _, err := Orders(&c); err == nil {
			t.Errorf("%s: what has no room passes", what)
		}
	}
	o, err := Orders(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := SameBytes(&o); err != nil {
		t.Error(err)
	}
	o.Beat++ // a nanosecond has no room
	if SameBytes(&o) == nil {
		t.Error("a beat of odd nanoseconds comes back the same")
	}
}
