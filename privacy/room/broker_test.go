package room

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// meddle does one thing that a broker, or the current, can do.
func (w *world) meddle() error {
	switch w.draw(24) {
	default:
		if p, ok := w.take(); ok {
			w.deliver(p)
		}
	case 4:
		if p, ok := w.take(); ok {
			w.fired["duplicated"]++
			w.deliver(p)
			w.flight = append(w.flight, p)
		}
	case 5:
		if _, ok := w.take(); ok {
			w.fired["withheld"]++
		}
	case 6:
		if p, ok := w.take(); ok {
			w.fired["truncated"]++
			p.bytes = p.bytes[:w.draw(len(p.bytes))]
			if w.deliver(p) == nil && w.away == 0 {
				return fmt.Errorf("%d bytes of an envelope were taken", len(p.bytes))
			}
		}
	case 7:
		if p, ok := w.take(); ok {
			w.fired["flipped"]++
			p.bytes = bytes.Clone(p.bytes)
			p.bytes[w.draw(len(p.bytes))] ^= 1 << w.draw(8)
			if w.deliver(p) == nil && w.away == 0 {
				return errors.New("an envelope with a wrong bit was taken")
			}
		}
	case 8:
		if len(w.seen) > 0 {
			w.fired["replayed"]++
			w.deliver(w.seen[w.draw(len(w.seen))])
		}
	case 9:
		w.fired["rebooted"]++
		w.reboot(w.draw(len(w.devices)))
	case 10:
		i := w.draw(len(w.devices))
		w.commit(i)
		if i > 0 {
			w.spread(i, w.due(i))
		}
	case 11:
		switch {
		case w.away == 0 && w.chance(8, "head away"):
			w.reboot(0)
			w.away = 1 + w.draw(12)
		case !w.onlyIn && w.chance(8, "night"):
			w.slot += int64(w.draw(300))
		}
	}
	return nil
}

// check holds the world against what must be true at every moment, for each direction.
func (w *world) check() error {
	var counted, found [2]int64
	add := func(t tally) {
		found[0] += int64(t.forward) + int64(t.in)
		found[1] += int64(t.backward) + int64(t.out)
	}
	for i, d := range w.devices {
		forward, backward := d.line.Carried()
		found[0] += forward + int64(d.line.TotalForward())
		found[1] += backward + int64(d.line.TotalBackward())
		for j := range counted {
			counted[j] += d.counted[j]
		}
		if i == 0 {
			for _, t := range d.head.sum {
				add(t)
			}
			continue
		}
		// What the head has booked is the head's, whether the door knows it or not.
		last, _ := w.devices[0].head.Booked(w.posts[0], w.posts[i].self.Device)
		if w.mutant == "" && (last > d.door.made || last < d.door.booked) {
			return fmt.Errorf("door %d made %d and knows of %d booked, the head booked %d", i, d.door.made, d.door.booked, last)
		}
		for j, t := range d.door.kept[:d.door.Kept()] {
			if d.door.booked+1+uint32(j) > last {
				add(t)
			}
		}
		if w.mutant == "" && d.door.Lost() {
			return fmt.Errorf("door %d says that a state was lost", i)
		}
	}
	if counted != found {
		return fmt.Errorf("counted %d, but released, carried, kept and booked are %d", counted, found)
	}
	return nil
}

// run lets some days pass, and then an honest broker.
func (w *world) run(ticks, honest int) error {
	for range ticks {
		w.tick()
		if err := w.check(); err != nil {
			return fmt.Errorf("after a tick: %w", err)
		}
		for range w.draw(6 * len(w.devices)) {
			if err := w.meddle(); err != nil {
				return err
			}
			if err := w.check(); err != nil {
				return fmt.Errorf("after the broker: %w", err)
			}
		}
	}
	w.calm = true
	for range w.away {
		w.tick() // alone
	}
	for range honest {
		for len(w.flight) > 0 {
			p, _ := w.take()
			w.deliver(p)
		}
		w.uptime += longest
		w.tick()
		if err := w.check(); err != nil {
			return fmt.Errorf("in the end: %w", err)
		}
	}
	if honest == 0 {
		return nil
	}
	for i, d := range w.devices[1:] {
		forward, backward := d.line.Carried()
		// The last tick is on its way.
		if d.door.Alone() || d.door.Kept() > 2 || forward != 0 || backward != 0 {
			return fmt.Errorf("door %d: alone %v, keeps %d, carries %d and %d when all was delivered",
				i+1, d.door.Alone(), d.door.Kept(), forward, backward)
		}
	}
	return nil
}

func seeded(seed uint64) func(int) int {
	r := rand.New(rand.NewPCG(seed, 4))
	return r.IntN
}

// Whatever the broker does, and whenever the current is cut, each count is in one place.
func TestNothingTwiceNothingLost(t *testing.T) {
	fired := map[string]int{}
	for seed := range uint64(20) {
		w := newWorld(2+int(seed%3), seeded(seed))
		if err := w.run(30, 12); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for what, n := range w.fired {
			fired[what] += n
		}
	}
	for _, what := range []string{"reordered", "duplicated", "withheld", "truncated", "flipped", "replayed", "rebooted",
		"head away", "night", "alone", "given to the head", "surrendered", "late", "crash before the commit", "crash between commit and sending"} {
		if fired[what] < 10 {
			t.Errorf("%s: %d times, want 10 or more", what, fired[what])
		}
	}
	t.Log(fired)
}

func TestNothingTwiceNothingLostRapid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.IntRange(0, 1<<30)
		w := newWorld(2, func(n int) int { return number.Draw(t, "n") % n })
		if err := w.run(6, 8); err != nil {
			t.Fatal(err)
		}
	})
}

// The same world finds what a wrong door or head would do.
func TestMutantsAreCaught(t *testing.T) {
	for _, mutant := range []string{"kept tallies are released alone", "any newer number is taken",
		"last number is not persisted", "release and tallies in two transactions", "receipts before the commit"} {
		caught := 0
		for seed := range uint64(12) {
			w := newWorld(2, seeded(seed))
			w.mutant = mutant
			if err := w.run(30, 0); err != nil {
				caught++
				if caught == 1 {
					t.Logf("%s: seed %d: %v", mutant, seed, err)
				}
			}
		}
		if caught == 0 {
			t.Errorf("%s: not caught", mutant)
		}
		t.Logf("%s: caught in %d of 12", mutant, caught)
	}
}

// When all is delivered, the published level of the room is that of the people inside.
func TestLevelOfTheRoom(t *testing.T) {
	for seed := range uint64(12) {
		w := newWorld(3, seeded(seed))
		w.onlyIn = true
		w.slot = 96*20000 + 32 // 8:00; all of it is before the evening
		if err := w.run(10, 14); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for len(w.flight) > 0 {
			p, _ := w.take()
			w.deliver(p)
		}
		head := w.devices[0]
		w.tickHead(head, 0, 0)
		inside, shown := int64(0), int64(head.lastOut.Level)
		for _, d := range w.devices {
			inside += d.counted[0] - d.counted[1]
		}
		if room := int64(2*w.policy.K - 2); inside < shown || inside > shown+room || inside < 20 {
			t.Errorf("seed %d: level %d for %d people, want at most %d less", seed, shown, inside, room)
		}
	}
}
