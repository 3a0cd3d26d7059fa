package outside

import (
	"context"
	"fmt"
	"time"

	"tellijn/tools/rig/segment"
	"tellijn/tools/rig/segment/scan"
)

// Network is all of bench.Network but Unplug: that is something at the board's end of the cable.
type Network struct{ s *segment.Segment }

// Network is the other end of the board's cable.
func (o *Outside) Network() Network { return Network{o.Segment} }

// Cut takes everything away silently, or gives it back. The error is nil, here and below.
func (n Network) Cut(cut bool) error { n.s.Pull(cut); return nil }

// Mute makes the server of addresses give none.
func (n Network) Mute(mute bool) error { n.s.Mute(mute); return nil }

// Clocks sets by how much the servers of the time are off; silent makes them answer nothing.
func (n Network) Clocks(off time.Duration, silent bool) error { n.s.Clocks(off, silent); return nil }

// Weather delays every packet and loses so many of a hundred.
func (n Network) Weather(delay time.Duration, loss int) error { n.s.Weather(delay, loss); return nil }

// Struck is how many packets were lost or late, and questions for the time that had no right answer.
func (n Network) Struck() int64 { return n.s.Struck() }

// Sent is what the board sent so far: packets by destination.
func (n Network) Sent() map[string]int { return n.s.Sent() }

// answers is how many TCP ports of a board have to say that they are closed: the scan met nobody otherwise.
const answers = 1<<16 - 100

// Scan looks for ports of the board that wait for somebody, and gives those. It is an error if the board hardly
// answered, beside what was found.
func (n Network) Scan(ctx context.Context) (ports []int, err error) {
	tcp, err := scan.TCP(ctx, n.s, scan.All())
	if err != nil {
		return nil, err
	}
	udp, err := scan.UDP(ctx, n.s, scan.Usual()[:8])
	for _, p := range append(tcp.Open, udp.Open...) {
		ports = append(ports, int(p))
	}
	if err == nil && tcp.Closed < answers {
		err = fmt.Errorf("outside: %v: too few answers, so nothing can be said", tcp)
	}
	return ports, err
}
