package room

import (
	"fmt"
	"slices"
	"time"

	"tellijn/privacy/release"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

const quarter = 15 * time.Minute

// keys gives the keys of a device that tests know by a number.
func keys(n byte) (sign.Key, seal.Key) {
	sealing, err := seal.NewKey([32]byte{2, n})
	if err != nil {
		panic(err)
	}
	return sign.NewKey([32]byte{1, n}), sealing
}

// posts gives a room of n devices, door-0 to door-(n-1), of which the first is the head.
func posts(n int) []*Post {
	m := Members{Room: "hall-2", Head: "door-0"}
	for i := range n {
		signing, sealing := keys(byte(i))
		m.Doors = append(m.Doors, Member{fmt.Sprint("door-", i), signing.Public(), sealing.Public()})
	}
	var ps []*Post
	for i, d := range m.Doors {
		signing, sealing := keys(byte(i))
		p, err := NewPost(m, d.Device, signing, sealing)
		if err != nil {
			panic(err)
		}
		ps = append(ps, p)
	}
	return ps
}

// device is one device of the world: what a transaction commits, and as it was committed last.
type device struct {
	state
	durable state
	log     []byte // of Door or Head in durable
}

type state struct {
	door    Door
	head    Head
	line    release.Line
	counted [2]int64 // forward and backward: all that was counted and committed
	lastOut release.Out
}

// world is a room, its broker and everything that goes wrong, driven by draw. Its step gives the
// first invariant that does not hold.
type world struct {
	draw    func(n int) int // 0 to n-1
	posts   []*Post
	devices []*device
	policy  release.Policy
	slot    int64 // of 15 minutes, since 1970, here also the local time
	uptime  time.Duration
	away    int // ticks until the head is back
	flight  []parcel
	seen    []parcel // for replays
	fired   map[string]int
	mutant  string
	calm    bool // nobody goes wrong any more
	onlyIn  bool // more come than go at each door, so that no level is below zero
}

type parcel struct {
	to    int
	bytes []byte
}

func newWorld(doors int, draw func(int) int) *world {
	w := &world{draw: draw, posts: posts(doors), policy: release.Default(), slot: 96*20000 + 34, fired: map[string]int{}}
	for i, p := range w.posts {
		d := &device{}
		if p.Head() != (i == 0) || p.Doors() != doors {
			panic("the first is the head")
		}
		if i == 0 {
			d.head.Bind(p)
		} else {
			d.door.Bind(p)
		}
		w.devices = append(w.devices, d)
		w.commit(i)
	}
	return w
}

func (w *world) commit(i int) {
	d := w.devices[i]
	line := d.durable.line
	d.durable = d.state
	if w.mutant == "release and tallies in two transactions" && w.draw(4) == 0 {
		d.durable.line = line
	}
	d.log, _ = d.door.MarshalBinary()
	if i == 0 {
		d.log, _ = d.head.MarshalBinary()
	}
}

// reboot brings device i back to what it committed.
func (w *world) reboot(i int) {
	d := w.devices[i]
	last := d.head
	d.state = d.durable
	d.door, d.head = Door{}, Head{}
	var err error
	if i == 0 {
		err = d.head.UnmarshalBinary(d.log)
		if w.mutant == "last number is not persisted" && w.draw(2) == 0 {
			for j := range d.head.peers[:d.head.doors] {
				d.head.peers[j].last = min(last.peers[j].last, d.head.peers[j].last) / 2
			}
		}
		d.head.Bind(w.posts[i])
	} else {
		err = d.door.UnmarshalBinary(d.log)
		d.door.Bind(w.posts[i])
	}
	if err != nil {
		panic(err)
	}
}

func (w *world) send(to int, b []byte) {
	w.flight = append(w.flight, parcel{to, b})
	if len(w.seen) < 400 {
		w.seen = append(w.seen, parcel{to, b})
	}
}

func (w *world) chance(n int, what string) bool {
	if w.calm || w.draw(n) != 0 {
		return false
	}
	w.fired[what]++
	return true
}

// finish commits and sends, or crashes at a moment around that.
func (w *world) finish(i int, envelopes func() [][]byte) {
	out := envelopes()
	if w.mutant == "receipts before the commit" && i == 0 {
		w.spread(i, out)
	}
	if w.chance(12, "crash before the commit") {
		w.reboot(i)
		return
	}
	w.commit(i)
	if w.chance(12, "crash between commit and sending") {
		w.reboot(i)
		return
	}
	w.spread(i, out)
}

// spread sends what a door has to the head, and what the head has to each door.
func (w *world) spread(i int, envelopes [][]byte) {
	for j, b := range envelopes {
		if i > 0 {
			j = -1
		}
		w.send(j+1, b)
	}
}

func (w *world) now() int64 { return w.slot * 900 }

func (w *world) when() release.Slot {
	return release.Slot{Day: w.slot / 96, Minute: int(w.slot % 96 * 15)}
}

// anchor gives the beginning of the last interval before this one with the anchor in it.
func (w *world) anchor() int64 {
	a := w.slot/96*96 + int64(w.policy.Anchor/15)
	if a >= w.slot {
		a -= 96
	}
	return a * 900
}

// tick ends an interval on all devices.
func (w *world) tick() {
	for i, d := range w.devices {
		f, b := uint32(w.draw(40)), uint32(w.draw(30))
		if w.onlyIn {
			b = min(b, f)
		}
		if w.draw(3) == 0 {
			f, b = 0, 0
		}
		d.counted[0] += int64(f)
		d.counted[1] += int64(b)
		if i == 0 {
			w.tickHead(d, f, b)
			continue
		}
		w.tickDoor(i, d, f, b)
	}
	w.slot++
	w.uptime += quarter
	if w.away > 0 {
		w.away--
	}
}

func (w *world) tickHead(d *device, f, b uint32) {
	if w.away > 0 {
		// It is off: nobody counts at its door.
		d.counted[0] -= int64(f)
		d.counted[1] -= int64(b)
		return
	}
	slot := w.when()
	d.line.Skip(&w.policy, slot, slot)
	s := d.head.Take(w.now(), w.anchor(), quarter)
	if s.Late != (Part{}) {
		w.fired["late"]++
	}
	s.Give(&d.line)
	d.lastOut = d.line.Step(&w.policy, &[32]byte{}, slot, true, f+s.Now.Forward, b+s.Now.Backward)
	w.finish(0, func() [][]byte {
		out, err := d.head.Receipts(w.posts[0], w.now()+int64(w.draw(900)))
		if err != nil {
			panic(err)
		}
		return out
	})
}

func (w *world) tickDoor(i int, d *device, f, b uint32) {
	slot := w.when()
	alone := !d.door.Close(w.now(), f, b, func() (in, out, level uint32) {
		in, out, level = d.line.Surrender()
		if in+out > 0 {
			w.fired["surrendered"]++
		}
		return in, out, level
	})
	if alone {
		w.fired["alone"]++
		if w.mutant == "kept tallies are released alone" {
			for _, k := range d.door.kept[:d.door.Kept()] {
				f, b = f+k.forward+k.in, b+k.backward+k.out
			}
			d.door.booked, d.door.silent = d.door.made, 0
		}
		d.line.Step(&w.policy, &[32]byte{byte(i)}, slot, false, f, b)
	} else {
		w.fired["given to the head"]++
		d.line.Step(&w.policy, &[32]byte{byte(i)}, slot, true, 0, 0)
	}
	w.finish(i, func() [][]byte { return w.due(i) })
}

func (w *world) due(i int) [][]byte {
	d := w.devices[i]
	out, err := d.door.Send(w.posts[i], w.uptime, quarter)
	if err != nil {
		panic(err)
	}
	return out
}

// deliver hands a parcel to its device.
func (w *world) deliver(p parcel) error {
	d := w.devices[p.to]
	if p.to > 0 {
		_, err := d.door.Receive(w.posts[p.to], p.bytes)
		return err
	}
	if w.away > 0 {
		return nil
	}
	if t, err := w.posts[0].openTally(p.bytes); err == nil && w.mutant == "any newer number is taken" {
		if peer := d.head.peer(t.Bond); t.N > peer.last {
			d.head.sum.add(t)
			peer.last = t.N
		}
		return nil
	}
	_, err := d.head.Receive(w.posts[0], p.bytes)
	return err
}

// take removes a parcel from the flight.
func (w *world) take() (parcel, bool) {
	if len(w.flight) == 0 {
		return parcel{}, false
	}
	i := 0
	if !w.calm {
		i = w.draw(len(w.flight))
		if i > 0 {
			w.fired["reordered"]++
		}
	}
	p := w.flight[i]
	w.flight = slices.Delete(w.flight, i, i+1)
	return p, true
}
