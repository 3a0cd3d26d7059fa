package figures

import (
	"testing"

	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// wrong are rules that look like the one of the device and are not. Each keeps all crossings.
type wrong struct {
	in, out, level, shown int64
	publish               func(w *wrong, interval int) (in, out int64)
}

func (w *wrong) Step(interval int, in, out uint32) publish.Shown {
	w.in, w.out, w.level = w.in+int64(in), w.out+int64(out), w.level+int64(in)-int64(out)
	if interval%world.PerDay == publish.Anchor {
		w.level, w.shown = 0, 0
	}
	if !publish.Open(interval) {
		return publish.Shown{}
	}
	x, y := w.publish(w, interval)
	x, y = min(x, w.in), min(y, w.out)
	w.in, w.out, w.shown = w.in-x, w.out-y, w.shown+x-y
	return publish.Shown{In: int32(x), Out: int32(y), Level: int32(w.shown)}
}

func (w *wrong) Held() (in, out int64) { return w.in, w.out }

func (w *wrong) Clone() publish.Line {
	c := *w
	return &c
}

// TestWrongRules: the attackers tell the rule of the device from rules that are easily taken for it.
func TestWrongRules(t *testing.T) {
	c, err := world.Build(7, fewRooms, fewDays)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := trial{name: Raw, rule: publish.Raw()}.run(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		name, missed string
		publish      func(w *wrong, interval int) (in, out int64)
	}{
		{"in and out apart, in multiples of 3", "advantage of boosted trees", func(w *wrong, _ int) (in, out int64) {
			return w.in - w.in%3, w.out - w.out%3
		}},
		{"the level in steps of 3 without a hysteresis", "a visit alone shows within a day, all else known", func(w *wrong, _ int) (in, out int64) {
			level := max(0, w.level)
			level -= level % 3
			return max(0, level-w.shown), max(0, w.shown-level)
		}},
		{"withheld until the next busy interval", "occupancy, mean error while somebody is inside", func(w *wrong, _ int) (in, out int64) {
			if w.in >= 5 {
				in = w.in
			}
			if w.out >= 5 {
				out = w.out
			}
			return in, out
		}},
	} {
		rule := publish.Rule{Name: k.name, Steps: 3, New: func(publish.Key) publish.Line { return &wrong{publish: k.publish} }}
		row, err := trial{name: Ours, rule: rule, keeps: true}.run(c)
		if err != nil {
			t.Fatal(err)
		}
		f := Figures{Rows: []Row{raw, row}}
		found := false
		for _, m := range f.Missed(forgiven) {
			found = found || m.Name == k.missed
		}
		if !found {
			t.Errorf("%s: %q is not missed: %+v", k.name, k.missed, f.Musts())
		}
	}
}
