package parts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/hal"
	"tellijn/hal/gpio"
	"tellijn/hal/gpio/gpiotest"
	"tellijn/hal/power"
	"tellijn/hal/power/simpower"
	"tellijn/hal/watchdog/simdog"
)

// bench is a machine with lines and a watchdog that are none.
type bench struct {
	lines  map[string]*wired
	lacks  map[string]error
	dog    *dog
	said   []string
	closed []string
	fd     int
}

type wired struct {
	gpiotest.Wire
	*bench
	name string
	fd   int
	out  bool
}

func (w *wired) Fd() int { return w.fd }
func (w *wired) Request() uint64 {
	if w.out {
		return gpio.SetValues
	}
	return gpio.GetValues
}
func (w *wired) String() string { return w.name + " of bench" }
func (w *wired) Close() error   { w.closed = append(w.closed, w.name); return nil }

type dog struct {
	*simdog.Dog
	*bench
}

func (d *dog) Fd() int         { return 99 }
func (d *dog) Request() uint64 { return 0x80045705 }
func (d *dog) String() string  { return "/dev/watchdog0 of bench, 15s" }
func (d *dog) Stop() error     { d.closed = append(d.closed, "watchdog"); return d.Dog.Stop() }

func (b *bench) source() Source {
	take := func(name string, out bool) (Line, error) {
		if err := b.lacks[name]; err != nil {
			return nil, err
		}
		b.fd++
		b.lines[name] = &wired{bench: b, name: name, fd: 10 + b.fd, out: out}
		return b.lines[name], nil
	}
	return Source{
		Output: func(name string) (Line, error) { return take(name, true) },
		Input:  func(name string) (Line, error) { return take(name, false) },
		Watchdog: func(path string) (Dog, error) {
			if err := b.lacks[path]; err != nil {
				return nil, err
			}
			b.dog = &dog{simdog.New(func() time.Duration { return 0 }, time.Second), b}
			return b.dog, nil
		},
	}
}

// open opens the parts of a board on a bench that lacks some.
func open(kind boards.Kind, driver string, p plan.Parts, lacks map[string]error) (*Set, *bench) {
	b := &bench{lines: map[string]*wired{}, lacks: lacks}
	s := Open(&boards.Board{Kind: kind, Driver: driver, Parts: p}, b.source(), func() time.Duration { return 0 }, func(l string) { b.said = append(b.said, l) })
	return s, b
}

// all is a board with everything.
func all() plan.Parts {
	return plan.Parts{CameraPower: "GPIO17", CameraLamp: "GPIO27", Lamp: "GPIO22", Button: "GPIO23", Watchdog: "/dev/watchdog0"}
}

func TestAll(t *testing.T) {
	s, b := open(boards.Real, "v4l2", all(), nil)
	want := []string{"Loaded   camera power: GPIO17 of bench", "Loaded   camera lamp: GPIO27 of bench", "Loaded   lamp: GPIO22 of bench",
		"Loaded   button: GPIO23 of bench", "Loaded   watchdog: /dev/watchdog0 of bench, 15s"}
	if !slices.Equal(b.said, want) {
		t.Errorf("said %q", b.said)
	}
	var asks []string
	for _, d := range s.Devices {
		asks = append(asks, fmt.Sprintf("%d %#x %s", d.Fd, d.Request, d.Why))
	}
	if want := []string{"11 0xc010b40f switch the camera's power", "12 0xc010b40e read the camera's supply back",
		"13 0xc010b40f light and darken the status lamp", "14 0xc010b40e look at the button", "99 0x80045705 feed the watchdog"}; !slices.Equal(asks, want) {
		t.Errorf("devices %q, want %q", asks, want)
	}
	// What is told of a board without it is what its core may, but for the numbers of descriptors.
	named := Named(&boards.Board{Parts: all()}, 6)
	for i, d := range named {
		if want := s.Devices[i]; d.Fd != 6+i || d.Request != want.Request || d.Why != want.Why {
			t.Errorf("named %d: %+v, want %+v", i, d, want)
		}
	}
	if len(named) != len(s.Devices) || Named(&boards.Board{}, 6) != nil {
		t.Errorf("named %+v", named)
	}
	for i, do := range []error{s.Power.On(), s.Lamp.Set(true), s.Watchdog.Feed(), b.lines["GPIO23"].Set(true), b.lines["GPIO27"].Set(true)} {
		if do != nil {
			t.Errorf("%d: %v", i, do)
		}
	}
	down, err := s.Button.Pressed()
	lit, err2 := s.Supply.Lit()
	if !b.lines["GPIO17"].Level() || !b.lines["GPIO22"].Level() || b.dog.Feeds() != 1 || down || !lit || err != nil || err2 != nil {
		t.Errorf("the parts are not on their lines: pressed %v, lit %v, %v, %v", down, lit, err, err2)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"GPIO17", "GPIO27", "GPIO22", "GPIO23", "watchdog"}; !slices.Equal(b.closed, want) || b.lines["GPIO22"].Level() || !b.dog.Stopped() {
		t.Errorf("closed %q, lamp %v, watchdog stopped %v", b.closed, b.lines["GPIO22"].Level(), b.dog.Stopped())
	}
}

// TestNone opens nothing on boards that name nothing.
func TestNone(t *testing.T) {
	for _, tc := range []struct {
		kind   boards.Kind
		driver string
		sim    bool
	}{{boards.Simulated, "sim", true}, {boards.Simulated, "clip", true}, {boards.Virtual, "v4l2", false}, {boards.Real, "v4l2", false}} {
		s, b := open(tc.kind, tc.driver, plan.Parts{}, nil)
		if len(b.said) != 5 || slices.ContainsFunc(b.said, func(l string) bool { return !strings.HasPrefix(l, "Skipped  ") }) || s.Devices != nil {
			t.Errorf("%v %s: %q, %v", tc.kind, tc.driver, b.said, s.Devices)
		}
		_, sim := s.Power.(*simpower.Switch)
		if _, none := s.Power.(power.None); sim != tc.sim || none == tc.sim || s.Lamp != nil || s.Button != nil || s.Supply != nil || s.Watchdog != nil {
			t.Errorf("%v %s: %+v", tc.kind, tc.driver, s)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLacking has boards that name what is not there, or is broken. On a real one nothing that is named is
// taken to be as good as none.
func TestLacking(t *testing.T) {
	gone, busy := fmt.Errorf("gpio: %w: no line", hal.ErrAbsent), errors.New("busy")
	lacks := func(err error) map[string]error {
		return map[string]error{"GPIO17": err, "GPIO27": err, "GPIO22": err, "GPIO23": err, "/dev/watchdog0": err}
	}
	for _, tc := range []struct {
		kind    boards.Kind
		driver  string
		why     error
		word    string // of the two parts of the camera
		broken  bool   // the switch fails
		pretend bool   // the switch is remembered only
	}{
		{boards.Virtual, "sim", gone, "Skipped  ", false, true},
		{boards.Virtual, "v4l2", gone, "Skipped  ", false, false},
		{boards.Virtual, "sim", busy, "Failed   ", false, true},
		{boards.Real, "v4l2", gone, "Failed   ", true, false},
		{boards.Real, "v4l2", busy, "Failed   ", true, false},
	} {
		s, b := open(tc.kind, tc.driver, all(), lacks(tc.why))
		what := fmt.Sprintf("%v %s: %v", tc.kind, tc.driver, tc.why)
		other := map[error]string{gone: "Skipped  ", busy: "Failed   "}[tc.why] // what else is not there is not broken
		for i, want := range []string{tc.word, tc.word, other, other, other} {
			if len(b.said) != 5 || !strings.HasPrefix(b.said[i], want) || !strings.HasSuffix(b.said[i], tc.why.Error()) {
				t.Fatalf("%s: said %q, line %d should begin with %s", what, b.said, i, want)
			}
		}
		if s.Devices != nil || s.Lamp != nil || s.Button != nil || s.Watchdog != nil {
			t.Errorf("%s: %+v", what, s)
		}
		_, pretend := s.Power.(*simpower.Switch)
		on, off := s.Power.On(), s.Power.Off()
		if pretend != tc.pretend || tc.broken != (errors.Is(on, tc.why) && errors.Is(off, tc.why)) {
			t.Errorf("%s: switch %T, %v, %v", what, s.Power, on, off)
		}
		if tc.broken != (s.Supply != nil) {
			t.Errorf("%s: supply %v", what, s.Supply)
		} else if tc.broken {
			if lit, err := s.Supply.Lit(); lit || !errors.Is(err, tc.why) {
				t.Errorf("%s: supply %v, %v", what, lit, err)
			}
		}
	}
}

// TestForeign has boards on other computers: nothing is opened there, whatever it is called.
func TestForeign(t *testing.T) {
	for _, tc := range []struct {
		own, want []string
		opens     bool
	}{
		{nil, nil, true}, {[]string{"a"}, nil, true}, {[]string{"a"}, []string{"b"}, false}, {nil, []string{"b"}, false},
		{[]string{"a", "b"}, []string{"c", "b"}, true}, {[]string{"bb"}, []string{"b"}, false},
	} {
		for _, kind := range []boards.Kind{boards.Virtual, boards.Real} {
			b := &bench{lines: map[string]*wired{}}
			from := b.source()
			from.Compatible = tc.own
			s := Open(&boards.Board{Name: "x", Kind: kind, Driver: "v4l2", Parts: all(), Compatible: tc.want}, from, func() time.Duration { return 0 },
				func(l string) { b.said = append(b.said, l) })
			if (len(b.lines) == 4) != tc.opens || (b.dog != nil) != tc.opens || len(s.Devices) != map[bool]int{true: 5}[tc.opens] {
				t.Errorf("%q on %q: opened %v, watchdog %v, devices %v", tc.want, tc.own, b.lines, b.dog != nil, s.Devices)
			}
			if err := s.Power.On(); (err == nil) != tc.opens {
				t.Errorf("%q on %q: switched on: %v", tc.want, tc.own, err)
			}
			if word := map[boards.Kind]string{boards.Virtual: "Skipped", boards.Real: "Failed "}[kind]; !tc.opens && !strings.HasPrefix(b.said[0], word) {
				t.Errorf("%q on %q: said %q", tc.want, tc.own, b.said)
			}
		}
	}
}

// TestCompatible reads what a kernel gives.
func TestCompatible(t *testing.T) {
	path := filepath.Join(t.TempDir(), "compatible")
	if err := os.WriteFile(path, []byte("raspberrypi,model-zero-2-w\x00brcm,bcm2837\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := compatible(path); !slices.Equal(got, []string{"raspberrypi,model-zero-2-w", "brcm,bcm2837"}) {
		t.Errorf("%q", got)
	}
	if got := compatible(path + "x"); got != nil {
		t.Errorf("of nothing: %q", got)
	}
}

// TestMachine opens parts of this machine, of which it has none of that name.
func TestMachine(t *testing.T) {
	from := Machine()
	if l, err := from.Output("no-such-line"); l != nil || err == nil {
		t.Errorf("%v, %v", l, err)
	}
	if l, err := from.Input("no-such-line"); l != nil || err == nil {
		t.Errorf("%v, %v", l, err)
	}
	if d, err := from.Watchdog("/dev/no-such-watchdog"); d != nil || !errors.Is(err, hal.ErrAbsent) {
		t.Errorf("%v, %v", d, err)
	}
}
