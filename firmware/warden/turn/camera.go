package turn

import (
	"errors"
	"fmt"
	"time"

	"tellijn/firmware/warden/gate"
	"tellijn/hal"
	"tellijn/hal/power"
	"tellijn/privacy/approval"
	"tellijn/privacy/devicelog"
)

// Camera is the power of the camera of one device, and what is told of it. It is used from one goroutine.
type Camera struct {
	Machine
	Gate   *gate.Gate
	Switch power.Switch
	Place  *time.Location          // for the times in its words
	Say    func(line string)       // to people
	Emit   func(e devicelog.Event) // to the log of the device
	// Switched hears of each turn of the switch; it calls tell to have the log told, at once or when the supply
	// has followed. nil tells at once.
	Switched func(on bool, tell func())

	last   gate.Decision   // of the gate
	asked  bool            // it was
	told   approval.Reason // as last said
	lit    bool            // power was given
	unsure bool            // the switch did not obey: it may have power
	said   string          // about that
	before gate.Why        // of the newest closing
}

// First begins with a camera that has no power, and says so if nobody can switch it.
func (c *Camera) First() {
	switch err := c.Switch.Off(); {
	case errors.Is(err, hal.ErrAbsent):
		c.Say("Skipped  camera power: this board has no switch that we know")
		c.Emit(devicelog.Event{Kind: devicelog.LayerAbsent, A: devicelog.Warden, B: devicelog.Power})
	case err != nil:
		c.unsure = true // it is tried again until it works
		c.failed(broken(err))
	default:
		c.switched(false, func() {})
	}
}

// Ask asks the gate and tells when its answer is another one. known says that the time is.
func (c *Camera) Ask(now time.Time, known bool) gate.Decision {
	d := c.Gate.Decide(now, known)
	reason, digest, test := c.Gate.Approval(now, known)
	if !c.asked || reason != c.told {
		c.told = reason
		c.approval(reason, digest, test)
	}
	if !c.asked || d.Open != c.last.Open || d.Why != c.last.Why {
		c.turned(d)
	}
	c.last, c.asked = d, true
	return d
}

// Decision is what the gate said last.
func (c *Camera) Decision() gate.Decision { return c.last }

// approval tells what the approval is worth.
func (c *Camera) approval(r approval.Reason, digest [32]byte, test bool) {
	e := devicelog.Event{Kind: devicelog.Approval, A: int32(r), Digest: digest}
	kind := "approval"
	if test {
		e.B, kind = 1, "approval for tests"
	}
	c.Emit(e)
	if r == approval.Valid {
		c.Say(fmt.Sprintf("Loaded   %s: %x", kind, digest[:8]))
		return
	}
	c.Say(fmt.Sprintf("Failed   %s: %v; %s", kind, r, r.Hint()))
}

// turned tells that the gate opened or closed.
func (c *Camera) turned(d gate.Decision) {
	when := func(words string) string {
		if d.Next.IsZero() {
			return ""
		}
		return words + d.Next.In(c.Place).Format("Mon 2 Jan 2006 15:04")
	}
	if d.Open {
		c.Emit(devicelog.Event{Kind: devicelog.GateOpened})
		c.Say("Loaded   hours: the camera may have power" + when(", until not before "))
		return
	}
	c.before = d.Why
	c.Emit(devicelog.Event{Kind: devicelog.GateClosed, A: int32(d.Why)})
	c.Say(fmt.Sprintf("Skipped  camera: no power, %v%s", d.Why, when("; looked at again on ")))
}

// Lit tells whether the camera has power, as far as the switch is known to have obeyed; else it says yes.
func (c *Camera) Lit() bool { return c.lit || c.unsure }

// On gives power. It refuses while the gate is closed, whoever asks. Without a switch it does nothing,
// which was said at the start.
func (c *Camera) On() error {
	if !c.last.Open {
		return fmt.Errorf("turn: no power: %v", c.last.Why)
	}
	return c.turn(c.Switch.On, devicelog.PowerOn, true)
}

// Off takes the power, and says aloud if that fails, which leaves Lit true.
func (c *Camera) Off() error {
	err := c.turn(c.Switch.Off, devicelog.PowerOff, false)
	if err != nil {
		c.unsure = true
		c.failed(err)
	}
	return err
}

// failed says once what is wrong with the switch.
func (c *Camera) failed(err error) {
	if err.Error() != c.said {
		c.said = err.Error()
		c.Say(fmt.Sprintf("Failed   camera power: %v", err))
	}
}

func broken(err error) error {
	return fmt.Errorf("the switch of the camera's power is broken: %w", err)
}

func (c *Camera) turn(turn func() error, kind devicelog.Kind, lit bool) error {
	switch err := turn(); {
	case errors.Is(err, hal.ErrAbsent):
		return nil
	case err != nil:
		return broken(err)
	}
	c.unsure, c.said = false, ""
	if c.lit != lit {
		c.lit = lit
		e := devicelog.Event{Kind: kind, A: c.reason(lit)}
		c.switched(lit, func() { c.Emit(e) })
	}
	return nil
}

func (c *Camera) switched(on bool, tell func()) {
	if c.Switched == nil {
		tell()
		return
	}
	c.Switched(on, tell)
}

// reason is what the log is told of a turn: by the gate, or by somebody else.
func (c *Camera) reason(lit bool) int32 {
	why := c.before // what the gate was closed for until now, Allowed for nothing
	switch {
	case !lit && c.last.Open, lit && why == gate.Allowed:
		return devicelog.NoReason
	case why == gate.OutsideHours:
		return devicelog.ByHours
	}
	return devicelog.ByGate
}
