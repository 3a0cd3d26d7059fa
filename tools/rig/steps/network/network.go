// Package network holds the steps of a scenario about the network and the collector: cuts, weather, wrong clocks, who
// looks for open ports, and a collector that misbehaves. It asks the bench only. It is for the rig, outside the
// data path.
package network

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tellijn/tools/rig/bench"
)

// Steps gives the sentences of this package.
func Steps() []bench.Step { return slices.Concat(cable(), clocks(), collector()) }

// act is a step that changes something: later ones look from here on. Those that spoil say so in the timeline.
func act(pattern, doc, fault string, change func(n bench.Network, a bench.Args) error) bench.Step {
	return bench.Step{Pattern: pattern, Doc: doc, Do: func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
		s.Mark = s.Rig.Console().Mark()
		n := s.Rig.Network()
		s.Keep[struck] = n.Struck()
		if fault != "" {
			s.Say("%s%s", bench.Fault, fault)
		}
		return "", change(n, a)
	}}
}

// struck is where it is kept how often the network was spoilt before the last act, lied the same of the collector, and
// sent how much the board had sent.
const (
	sent   = "network.sent"
	struck = "network.struck"
	lied   = "network.lied"
)

func cable() []bench.Step {
	return []bench.Step{
		act("cut the network", "everything that is sent is lost from now on, and nobody is told", "the network is cut",
			func(n bench.Network, _ bench.Args) error { return n.Cut(true) }),
		act("join the network again", "after a cut", "", func(n bench.Network, _ bench.Args) error { return n.Cut(false) }),
		act("pull the network's cable", "the board's network card notices that nothing is at its end", "the network's cable is out",
			func(n bench.Network, _ bench.Args) error { return n.Unplug(true) }),
		act("plug the network's cable in", "after it was pulled", "", func(n bench.Network, _ bench.Args) error { return n.Unplug(false) }),
		act("give nobody an address", "the server of addresses says nothing any more", "nobody gets an address",
			func(n bench.Network, _ bench.Args) error { return n.Mute(true) }),
		act("give addresses again", "the server of addresses answers again", "", func(n bench.Network, _ bench.Args) error { return n.Mute(false) }),
		act("every packet takes {duration} and {number} of a hundred are lost", "both ways; the order stays", "bad weather on the network",
			func(n bench.Network, a bench.Args) error { return n.Weather(a.Durations[0], a.Numbers[0]) }),
		act("the weather clears", "packets are neither late nor lost any more", "", func(n bench.Network, _ bench.Args) error { return n.Weather(0, 0) }),
		{Pattern: "the network fails {number} packets within {duration}", Doc: "waits until so many packets were lost or late since the last change of the network", Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return until(ctx, s, struck, s.Rig.Network().Struck, int64(a.Numbers[0]), a.Durations[0])
		}},
		{Pattern: "the network stays so for {duration}", Doc: "by the clock of the bench; it has to fail at least one packet of the board in each minute of it", Do: stays},
		{Pattern: "the board sends {number} packets to {text} within {duration}", Doc: "counted from now on, to destinations that begin so, such as \"udp to 192.0.2.1:123\"", Do: sends},
		{Pattern: "check no port waits for anybody", Doc: "asks every TCP port and some of UDP from outside", Check: true, Do: func(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			ports, err := s.Rig.Network().Scan(ctx)
			if err == nil && len(ports) > 0 {
				err = fmt.Errorf("network: ports %v wait for somebody, want none", ports)
			}
			return fmt.Sprintf("%d ports open", len(ports)), err
		}},
		{Pattern: "check nothing went to anybody else than {text}", Doc: "beginnings of destinations such as \"udp to 192.0.2.1:67\", with commas; ARP does not count", Check: true, Do: elsewhere},
	}
}

func clocks() []bench.Step {
	set := func(days func(int) time.Duration, silent bool) func(bench.Network, bench.Args) error {
		return func(n bench.Network, a bench.Args) error {
			off := time.Duration(0)
			if days != nil {
				off = days(a.Numbers[0])
			}
			return n.Clocks(off, silent)
		}
	}
	day := 24 * time.Hour
	return []bench.Step{
		act("the clocks on the network are {number} days ahead", "all of them, by as much", "the clocks are wrong", set(func(n int) time.Duration { return time.Duration(n) * day }, false)),
		act("the clocks on the network are {number} days behind", "all of them, by as much", "the clocks are wrong", set(func(n int) time.Duration { return -time.Duration(n) * day }, false)),
		act("the clocks on the network are silent", "nobody answers what time it is", "the clocks are silent", set(nil, true)),
		act("the clocks on the network are right", "they tell the time of the bench", "", set(nil, false)),
	}
}

// look is how often something is looked at.
const look = 50 * time.Millisecond

// until waits until a number that only grows is n more than it was when an act kept it.
func until(ctx context.Context, s *bench.Scene, key string, now func() int64, n int64, d time.Duration) (string, error) {
	before, ok := s.Keep[key].(int64)
	if !ok {
		return "", errors.New("network: nothing was spoilt before, so that nothing can be waited for")
	}
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	for {
		met := now() - before
		if met >= n {
			return fmt.Sprintf("%d times", met), nil
		}
		select {
		case <-ctx.Done():
			return fmt.Sprintf("%d times", met), fmt.Errorf("network: %d times within %v, want %d: %w", met, d, n, ctx.Err())
		case <-time.After(look):
		}
	}
}

// stays lets time go by on the bench. That the board keeps trying shows that the fault is there, and the board too.
func stays(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
	n, end := s.Rig.Network(), s.Rig.Now().Add(a.Durations[0])
	all := n.Struck()
	for minute, before := s.Rig.Now().Add(time.Minute), all; s.Rig.Now().Before(end); {
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("network: %w", ctx.Err())
		case <-time.After(look):
		}
		if s.Rig.Now().After(minute) {
			if n.Struck() == before {
				return "", errors.New("network: in a whole minute the board sent nothing that could be lost or late")
			}
			minute, before = minute.Add(time.Minute), n.Struck()
		}
	}
	if all = n.Struck() - all; all == 0 {
		return "", errors.New("network: nothing was lost or late meanwhile")
	}
	return fmt.Sprintf("%d packets were lost or late", all), nil
}

// sends waits for packets of the board.
func sends(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
	count := func() (n int64) {
		for to, packets := range s.Rig.Network().Sent() {
			if strings.HasPrefix(to, a.Texts[0]) {
				n += int64(packets)
			}
		}
		return n
	}
	s.Keep[sent] = count()
	return until(ctx, s, sent, count, int64(a.Numbers[0]), a.Durations[0])
}

func elsewhere(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
	sent := s.Rig.Network().Sent()
	var wrong []string
	allowed := strings.Split(a.Texts[0], ", ")
	for _, to := range slices.Sorted(maps.Keys(sent)) {
		if to != "arp" && !slices.ContainsFunc(allowed, func(p string) bool { return strings.HasPrefix(to, p) }) {
			wrong = append(wrong, to)
		}
	}
	if len(wrong) > 0 {
		return strings.Join(wrong, ", "), fmt.Errorf("network: the board sent something to %s", strings.Join(wrong, ", "))
	}
	return fmt.Sprintf("%d destinations", len(sent)), nil
}
