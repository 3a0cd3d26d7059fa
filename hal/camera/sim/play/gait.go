package play

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/stage"
)

// step moves a person to a time, one interval after the last.
func (p *Person) step(now, interval time.Duration) {
	if now > p.way.End() {
		p.on = false
		return
	}
	if now < p.way.Start() {
		return
	}
	const around = 100 * time.Millisecond
	p.At = p.way.At(now)
	v := p.way.At(now + around).Sub(p.way.At(now - around))
	long := fixed.Sqrt(uint64(int64(v.X)*int64(v.X) + int64(v.Y)*int64(v.Y)))
	speed := int64(time.Second/(2*around)) * long // units a second
	const brisk = one * 5 / 2
	p.Stride = int32(min(speed*256/brisk, 256))
	// Two steps are about 1.4 m.
	p.Phase += uint16(speed * int64(interval/time.Microsecond) / 1_000_000 * 65536 / int64(stage.Part(310)))
	if speed > one/6 {
		p.turn(int32(int64(v.X)*fixed.Full/long), int32(int64(v.Y)*fixed.Full/long), interval)
	} else if !p.moved {
		p.Cos, p.Sin = fixed.Full, 0
	}
	p.moved = true
}

// turn brings the body into a direction within about an eighth of a second.
func (p *Person) turn(cos, sin int32, interval time.Duration) {
	if !p.moved {
		p.Cos, p.Sin = cos, sin
		return
	}
	rate := int32(min(interval*256/(120*time.Millisecond), 256))
	x, y := p.Cos+(cos-p.Cos)*rate>>8, p.Sin+(sin-p.Sin)*rate>>8
	n := int32(fixed.Sqrt(uint64(x*x + y*y)))
	if n < fixed.Full/4 { // about face: over the shoulder, not through the body
		x, y, n = -p.Sin, p.Cos, fixed.Full
	}
	p.Cos, p.Sin = x*fixed.Full/n, y*fixed.Full/n
}
