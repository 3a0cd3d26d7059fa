package kinds

import (
	"errors"
	"time"

	"tellijn/tools/faults/hostile"
	"tellijn/tools/faults/site"
)

func web(d *site.Device) bool  { return !d.MQTT }
func mqtt(d *site.Device) bool { return d.MQTT }

// lies are what a relay, a thief and a broker do.
func lies() (all []Kind) {
	for i, name := range []string{"batch duplicated", "answer withheld", "batch delayed behind the next", "items of a batch reversed", "batch truncated",
		"item left out of a batch", "bit flipped in a batch", "bit flipped in an item", "items exchanged for old ones", "old answer given", "receipt forged",
		"bit flipped in an answer", "answer truncated", "envelopes made up"} {
		trick := hostile.Trick(i)
		all = append(all, Kind{Name: "relay: " + name, Weight: 2, On: web, Strike: func(t *Turn) (string, error) { return t.relay(trick) }})
	}
	for i, name := range []string{"batch replayed", "old items reversed", "record and log forged", "items of another device", "in another's name",
		"bit flipped in old items", "old batch truncated", "envelopes of strangers"} {
		theft := hostile.Theft(i)
		steal := func(t *Turn) (string, error) { return t.steal(theft) }
		all = append(all, Kind{Name: "thief: " + name, Weight: 2, On: web, Strike: steal},
			Kind{Name: "thief at the broker: " + name, Weight: 1, On: mqtt, Skip: noBroker, Strike: steal})
	}
	for _, b := range []struct {
		name  string
		trick hostile.Trick
	}{{"receipt forged", hostile.Forged}, {"old answer given", hostile.OldAnswer}, {"bit flipped in an answer", hostile.BentAnswer},
		{"envelopes made up", hostile.Letters}} {
		all = append(all, Kind{Name: "broker: " + b.name, Weight: 1, On: mqtt, Skip: noBroker, Strike: func(t *Turn) (string, error) {
			d, choose := t.Device, t.Random.Uint32()
			return again(func() (string, error) {
				return t.Inside[d.Name].Answer(b.trick, t.Past[d.Name], choose, 10*time.Second)
			})
		}})
	}
	return all
}

// relay leads a device to the relay and has it play a trick.
func (t *Turn) relay(trick hostile.Trick) (string, error) {
	d, r, choose, stay := t.Device, t.Relays[t.Device.Name], t.Random.Uint32(), t.Random.IntN(2) == 0
	d.Net.Lock()
	defer d.Net.Unlock()
	d.Link.Lead(r.Address())
	met, err := again(func() (string, error) { return r.Play(trick, choose, 15*time.Second) })
	time.Sleep(200 * time.Millisecond) // until the device has the answer
	if !stay {
		d.Link.Lead(t.Collector.Address)
	}
	return met, err
}

// steal has a thief send what was stolen from a device. What is known comes from a relay that the device
// spoke through.
func (t *Turn) steal(theft hostile.Theft) (string, error) {
	d, choose := t.Device, t.Random.Uint32()
	other := t.Devices[0]
	if other == d {
		other = t.Devices[1]
	}
	v := hostile.Victim{Past: t.Past[d.Name], Key: d.Key, Other: t.Past[other.Name]}
	return again(func() (string, error) {
		met, err := v.Steal(theft, t.Thieves[d.Name], choose)
		if errors.Is(err, hostile.ErrQuiet) {
			t.overhear(d)
			t.overhear(other)
		}
		return met, err
	})
}

// overhear leads a device of which nothing is known to its relay, unless somebody is at its network.
func (t *Turn) overhear(d *site.Device) {
	if d.MQTT || !d.Net.TryLock() {
		return
	}
	defer d.Net.Unlock()
	d.Link.Lead(t.Relays[d.Name].Address())
}
