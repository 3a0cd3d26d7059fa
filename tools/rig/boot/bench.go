package boot

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"tellijn/boards/plan"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/vm"
)

// Change is one change of a line that the machine moves.
type Change struct {
	At   time.Time
	Part string // its key in [parts]
	High bool
}

// Bench is what hangs on the lines of a machine.
type Bench struct {
	m      *vm.Machine
	chip   string
	lines  map[string]int // by key in [parts]
	camera func() *usbcam.Camera
	say    func(string)
	done   chan struct{}

	mu      sync.Mutex
	high    map[string]bool
	changes []Change
	welded  bool // the switch does not open any more
	broken  bool // the switch does not close any more
	out     bool // the camera's cable is out
	plugged bool
	err     error
}

// look is how often what the machine moved is read. Nothing between two looks is missed.
const look = 20 * time.Millisecond

// newBench lets go of the button, and follows the lines until the machine ends.
func newBench(m *vm.Machine, p *plan.Parts, o Options) (*Bench, error) {
	b := &Bench{m: m, lines: map[string]int{}, camera: o.Camera, say: o.Say, done: make(chan struct{}), high: map[string]bool{}}
	for line, l := range wired(p) {
		b.lines[l.Key] = line
	}
	var err error
	if b.chip, err = m.Find("pl061"); err != nil {
		return nil, err
	}
	if err := b.drive("button", true); err != nil {
		return nil, err
	}
	moves, err := m.Moves()
	if err != nil {
		return nil, err
	}
	go b.follow(moves)
	return b, nil
}

func (b *Bench) drive(key string, high bool) error {
	line, ok := b.lines[key]
	if !ok {
		return nil
	}
	return b.m.Drive(b.chip, line, high)
}

// follow takes what the machine moves until it is gone.
func (b *Bench) follow(moves io.ReadCloser) {
	defer close(b.done)
	defer moves.Close()
	in, levels, part := bufio.NewReader(moves), uint32(0), ""
	for over := false; ; {
		text, err := in.ReadString('\n')
		part += text
		switch {
		case err == nil:
			levels, part = after(levels, part), ""
			if err := b.see(levels); err != nil {
				b.mu.Lock()
				b.err = err
				b.mu.Unlock()
				return
			}
			continue
		case over:
			return
		}
		select {
		case <-b.m.Gone():
			over = true // what was told last is still to be read
		case <-time.After(look):
		}
	}
}

// after gives the levels of the lines after one of them has moved, as QEMU tells it.
func after(levels uint32, text string) uint32 {
	_, text, _ = strings.Cut(text, " output ")
	var line, level uint32
	if n, err := fmt.Sscanf(text, "%d to %d", &line, &level); n != 2 || err != nil || line >= chipLines {
		return levels
	}
	return levels&^(1<<line) | (level&1)<<line
}

// see takes the levels of the lines that the machine moves.
func (b *Bench) see(levels uint32) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range []string{"camera_power", "lamp"} {
		line, ok := b.lines[key]
		high := ok && levels>>line&1 == 1
		if high == b.high[key] {
			continue
		}
		b.high[key] = high
		b.changes = append(b.changes, Change{time.Now(), key, high})
		if key == "camera_power" {
			b.say(fmt.Sprintf("the line camera_power is %v", word(high)))
		}
	}
	return b.supply()
}

func word(high bool) string { return map[bool]string{true: "high", false: "low"}[high] }

// supply does what the supply of the camera does: it lights its lamp and feeds the camera. A board that has no switch
// feeds it always. b.mu is held.
func (b *Bench) supply() error {
	_, switched := b.lines["camera_power"]
	fed := (b.high["camera_power"] || b.welded || !switched) && !b.broken
	if err := b.drive("camera_lamp", fed); err != nil {
		return err
	}
	switch want := fed && !b.out && b.camera != nil; {
	case want && !b.plugged:
		if err := b.m.Plug(b.camera()); err != nil {
			return err
		}
	case !want && b.plugged:
		b.m.Unplug()
	default:
		return nil
	}
	b.plugged = !b.plugged
	return nil
}

// set changes something and lets it show.
func (b *Bench) set(what string, change func()) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.say(what)
	change()
	return b.supply()
}

// Weld makes the switch of the camera stay closed, and Break open, whatever the line says.
func (b *Bench) Weld() error {
	return b.set("the camera's switch is welded", func() { b.welded = true })
}

// Break makes the switch stay open.
func (b *Bench) Break() error {
	return b.set("the camera's switch is broken", func() { b.broken = true })
}

// Mend makes the switch follow the line again.
func (b *Bench) Mend() error {
	return b.set("the camera's switch works", func() { b.welded, b.broken = false, false })
}

// Cable pulls the camera's own cable out, or plugs it in again.
func (b *Bench) Cable(out bool) error {
	return b.set(map[bool]string{true: "the camera's cable is out", false: "the camera's cable is in"}[out], func() { b.out = out })
}

// Press holds the button for a while.
func (b *Bench) Press(d time.Duration) error {
	if _, ok := b.lines["button"]; !ok {
		return fmt.Errorf("boot: the board has no button")
	}
	b.say(fmt.Sprintf("the button is held for %v", d))
	if err := b.drive("button", false); err != nil {
		return err
	}
	time.Sleep(d)
	return b.drive("button", true)
}

// Powered tells whether the line that switches the camera is high, and whether it ever was.
func (b *Bench) Powered() (now, ever bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.changes {
		ever = ever || c.Part == "camera_power" && c.High
	}
	return b.high["camera_power"], ever
}

// Changes are what the lines did so far.
func (b *Bench) Changes() []Change {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Change(nil), b.changes...)
}

// Err tells why the lines are no longer followed, if it is not the machine's end.
func (b *Bench) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}
