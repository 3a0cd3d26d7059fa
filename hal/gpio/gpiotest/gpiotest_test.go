package gpiotest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// catch is a testing.TB that notes how it was failed.
type catch struct {
	testing.TB
	said []string
}

func (c *catch) Helper() {}
func (c *catch) Errorf(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}

// drive does a little to a line, as a driver would.
func drive(l Both) error {
	if err := l.Set(true); err != nil {
		return err
	}
	high, err := l.High()
	if err == nil && !high {
		err = errors.New("low")
	}
	return errors.Join(err, l.Set(false))
}

// TestRecordAndPlayback plays back what was recorded on a wire.
func TestRecordAndPlayback(t *testing.T) {
	var w Wire
	r := Record{Line: &w}
	if err := drive(&r); err != nil || w.Level() {
		t.Fatalf("%v, high %v", err, w.Level())
	}
	want := []Op{{High: true}, {Read: true, High: true}, {}}
	if !slices.Equal(r.Ops, want) {
		t.Fatalf("recorded %v, want %v", r.Ops, want)
	}
	p := Playback{TB: t, Ops: r.Ops}
	if err := drive(&p); err != nil {
		t.Error(err)
	}
	p.Done()
}

// TestPlaybackFails has ops that are others, too many and too few.
func TestPlaybackFails(t *testing.T) {
	for what, ops := range map[string][]Op{
		"another level": {{High: true}, {Read: true, High: true}, {High: true}},
		"another verb":  {{High: true}, {High: true}, {}},
		"too many":      {{High: true}, {Read: true, High: true}},
		"too few":       {{High: true}, {Read: true, High: true}, {}, {}},
	} {
		c := &catch{TB: t}
		p := Playback{TB: c, Ops: ops}
		_ = drive(&p)
		p.Done()
		if len(c.said) != 1 {
			t.Errorf("%s: failed %d times: %q", what, len(c.said), c.said)
		}
	}
}

// TestFault has a wire that gives errors, which are recorded, and no level with them.
func TestFault(t *testing.T) {
	var w Wire
	broken := errors.New("cut")
	_ = w.Set(true)
	w.Fail(broken)
	r := Record{Line: &w}
	if high, err := r.High(); high || !errors.Is(err, broken) {
		t.Errorf("read %v, %v", high, err)
	}
	if err := r.Set(false); !errors.Is(err, broken) || !w.Level() {
		t.Errorf("set: %v, level %v", err, w.Level())
	}
	if want := []Op{{Read: true, Err: broken}, {Err: broken}}; !slices.Equal(r.Ops, want) {
		t.Errorf("%v", r.Ops)
	}
	p := Playback{TB: t, Ops: r.Ops}
	if _, err := p.High(); !errors.Is(err, broken) {
		t.Errorf("played %v", err)
	}
}
