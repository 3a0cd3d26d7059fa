package trial_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/tools/rig/boot"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/trial"
)

// TestTrouble boots images of real boards, each with something that is not as it should be. TestBoots is the
// control: there everything is, and the camera has power.
func TestTrouble(t *testing.T) {
	need(t, true)
	image := made()
	zero, five := image(t, "rpi-zero-2w"), image(t, "rpi-5")
	early := time.Date(2027, 3, 1, 4, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		o       trial.Options
		says    string // on the console
		flashes int    // of the status lamp
	}{
		{"outside of the hours", trial.Options{Now: early, Plan: install.Plan{Hours: []string{"mon-fri 07:30-22:00"}}}, `camera: no power, it is outside of the hours`, 1},
		{"without approval", trial.Options{NoApproval: true}, `camera: no power, there is no approval that counts`, 3},
		{"approval ended", trial.Options{Plan: install.Plan{From: monday().AddDate(0, 0, -9), Until: monday().AddDate(0, 0, -1)}}, `camera: no power, the approval has ended`, 3},
		{"approval begins tomorrow", trial.Options{Plan: install.Plan{From: monday().AddDate(0, 0, 1), Until: monday().AddDate(0, 0, 9)}}, `camera: no power, the approval begins later`, 3},
		{"no time", trial.Options{NoTime: true}, `camera: no power, the time is not known`, 2},
		{"no network", trial.Options{Mute: true}, `camera: no power, the time is not known`, 2},
	} {
		t.Run(c.name, func(t *testing.T) { dark(t, zero, c.o, c.says, c.flashes) })
	}
	t.Run("a clock of 1970", func(t *testing.T) {
		dark(t, five, trial.Options{NoTime: true, Boot: boot.Options{Clock: "1970-01-01T00:00:00"}}, `camera: no power, the time is not known`, 2)
	})
	t.Run("no network but a clock", func(t *testing.T) { offline(t, five) })
	t.Run("camera unplugged", func(t *testing.T) { unplugged(t, zero) })
	t.Run("switch welded", func(t *testing.T) { welded(t, zero) })
	t.Run("card worn out", func(t *testing.T) { worn(t, zero) })
}

// dark boots a board that may not look, and watches for a while that its camera gets no power.
func dark(t *testing.T, image string, o trial.Options, says string, flashes int) {
	s := open(t, image, o)
	wait(t, s, 0, says)
	from := time.Now()
	time.Sleep(30 * time.Second)
	if _, ever := s.Bench.Powered(); ever || s.Bench.Err() != nil {
		t.Errorf("the camera had power: %v; %v", ever, s.Bench.Err())
	}
	if _, _, frames := s.Door.Passed(0); frames > 0 {
		t.Errorf("%d frames were drawn before a camera without power", frames)
	}
	if got := flashing(s, from); got != flashes {
		t.Errorf("the lamp flashes %d times, want %d; %s", got, flashes, lamp(s, from))
	}
	off(t, s)
}

// flashing tells how often the lamp flashes before each pause, as a person would say who looks at it for a while: most
// often; 0 for a steady one.
func flashing(s *trial.Trial, from time.Time) int {
	groups, n, last := map[int]int{}, 0, time.Time{}
	for _, c := range s.Bench.Changes() {
		if c.Part != "lamp" || !c.High || c.At.Before(from) {
			continue
		}
		if c.At.Sub(last) > time.Second && !last.IsZero() {
			groups[n]++
			n = 0
		}
		n++
		last = c.At
	}
	best := 0
	for n, times := range groups {
		if times > groups[best] {
			best = n
		}
	}
	return best
}

// lamp writes when the lamp was lit (+) and dark (-), in tenths of a second.
func lamp(s *trial.Trial, from time.Time) (out string) {
	for _, c := range s.Bench.Changes() {
		if c.Part == "lamp" && c.At.After(from) {
			out += fmt.Sprintf("%c%d ", map[bool]rune{true: '+', false: '-'}[c.High], c.At.Sub(from)/(100*time.Millisecond))
		}
	}
	return out
}

// offline counts without a network; what was counted leaves once there is one.
func offline(t *testing.T, image string) {
	s := open(t, image, trial.Options{Mute: true})
	wait(t, s, 0, `Loaded +camera: v4l2`)
	wait(t, s, 0, `courier: Failed +upload`)
	time.Sleep(time.Until(s.Began.Add(80 * time.Second))) // over the end of an interval
	if n := len(s.Receiver.Records()); n > 0 {
		t.Errorf("%d records arrived without a network", n)
	}
	s.Segment.Mute(false)
	if r := records(t, s, 1)[0]; r.Sequence != 0 || r.Coverage < 20 {
		t.Errorf("%+v", r)
	}
	off(t, s)
}

// unplugged pulls the camera's cable and plugs it in again.
func unplugged(t *testing.T, image string) {
	s := open(t, image, trial.Options{})
	wait(t, s, 0, `Loaded +camera: v4l2`)
	mark := s.Console.Mark()
	if err := s.Bench.Cable(true); err != nil {
		t.Fatal(err)
	}
	wait(t, s, mark, `Failed +camera`)
	from := time.Now()
	time.Sleep(20 * time.Second)
	if got := flashing(s, from); got != 4 {
		t.Errorf("the lamp flashes %d times, want 4: no camera; %s", got, lamp(s, from))
	}
	mark = s.Console.Mark()
	if err := s.Bench.Cable(false); err != nil {
		t.Fatal(err)
	}
	wait(t, s, mark, `Loaded +camera: v4l2`)
	off(t, s)
}

// welded lets the switch fail closed: after the device has cut the power the lamp of the camera is still lit, and it must
// not claim that the camera is dark.
func welded(t *testing.T, image string) {
	s := open(t, image, trial.Options{})
	wait(t, s, 0, `Loaded +camera: v4l2`)
	if err := s.Bench.Weld(); err != nil {
		t.Fatal(err)
	}
	mark := s.Console.Mark()
	if err := s.Bench.Press(4 * time.Second); err != nil {
		t.Fatal(err)
	}
	wait(t, s, mark, `[Ll]it`)
	wait(t, s, mark, `reboot: Power down`)
}

// worn lets every write to the card fail while it counts, and then no longer: what was stored before is still there.
func worn(t *testing.T, image string) {
	s := open(t, image, trial.Options{Reader: true})
	wait(t, s, 0, `Loaded +camera: v4l2`)
	records(t, s, 1)
	mark, from := s.Console.Mark(), time.Now()
	s.Disk.WearOut()
	wait(t, s, mark, `tellijn: .*(cannot be stored|takes no writes|input/output error|Read-only|only be read)`)
	time.Sleep(60 * time.Second)
	if s.Disk.Refused() == 0 {
		t.Error("no write was refused: nothing was tried")
	}
	if got := flashing(s, from); got < 2 {
		t.Errorf("the lamp flashes %d times, as if all were well; %s", got, lamp(s, from))
	} else {
		t.Logf("the lamp flashes %d times; 6 is the sign that nothing can be stored", got)
	}
	now, _ := s.Bench.Powered()
	t.Logf("%d writes were refused; the camera has power: %v", s.Disk.Refused(), now)
	s.Machine.Kill()
	s.Disk.Heal()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	wait(t, s, 0, `first: Loaded +data`)
	if line, _ := s.Console.Find(`damaged`); line != "" {
		t.Errorf("the console says %q", line)
	}
	wait(t, s, 0, `Loaded +camera: v4l2`)
	logged(t, s)
	off(t, s)
}

// logged shows what the log said.
func logged(t *testing.T, s *trial.Trial) {
	var said []string
	for _, e := range s.Receiver.Events() {
		if k := e.Event().Kind; k != devicelog.EyeStarted {
			said = append(said, e.Event().String())
		}
	}
	t.Log(strings.Join(said, "; "))
}
