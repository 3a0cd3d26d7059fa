package publish

import (
	"crypto/sha256"
	"fmt"

	"tellijn/privacy/release"
	"tellijn/tools/campus/world"
)

// Device is the rule of the device at its floor, called as the warden calls it.
func Device() Rule {
	p := release.Default()
	return Rule{Name: "tellijn", Steps: int32(p.K), New: func(k Key) Line {
		return &device{policy: &p, secret: secret(k), single: !k.Several}
	}}
}

// device is a line of a device, with its place in civil time.
type device struct {
	policy *release.Policy
	secret [32]byte
	single bool
	line   release.Line
}

// secret is drawn from the key, so that a campus can be played again.
func secret(k Key) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "campus %d room %d door %d", k.Seed, k.Room, k.Door))
}

func (d *device) Step(interval int, in, out uint32) Shown {
	o := d.line.Step(d.policy, &d.secret, civil(interval), d.single, in, out)
	return Shown{
		In: int32(o.Forward), Out: int32(o.Backward),
		FixIn: int32(o.CorrectedForward), FixOut: int32(o.CorrectedBackward), Level: int32(o.Level),
	}
}

func (d *device) Held() (in, out int64) { return d.line.Carried() }

func (d *device) Clone() Line {
	c := *d
	return &c
}

// civil is the start of an interval of the campus by the clock on its wall.
func civil(interval int) release.Slot {
	return release.Slot{
		Day:    world.Monday + int64(interval/world.PerDay),
		Minute: interval % world.PerDay * 15,
	}
}
