package segment

import (
	"math/rand/v2"
	"sync"
	"time"
)

// weather is what happens to packets on their way, in both directions alike.
type weather struct {
	mu     sync.Mutex
	delay  time.Duration
	loss   int // of a hundred
	dice   *rand.Rand
	struck int64
	hush   bool // the clocks say nothing
	off    time.Duration
}

// Mute makes the server of addresses give none, or do so again.
func (s *Segment) Mute(mute bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.Deaf = mute
}

// Pull pulls the cable, or plugs it in again; the machine's card does not notice (vm.Machine.Link).
func (s *Segment) Pull(out bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out = out
}

// Weather delays every packet by delay, each way, and loses so many of a hundred, by chance that begins the same at each
// run. What was on its way before keeps its place: the order of packets never changes.
func (s *Segment) Weather(delay time.Duration, loss int) {
	s.sky.mu.Lock()
	defer s.sky.mu.Unlock()
	s.sky.delay, s.sky.loss, s.sky.dice = max(0, delay), min(max(0, loss), 100), rand.New(rand.NewPCG(1, 2))
}

// Clocks makes the clocks wrong by off, or say nothing at all.
func (s *Segment) Clocks(off time.Duration, silent bool) {
	s.sky.mu.Lock()
	defer s.sky.mu.Unlock()
	s.sky.off, s.sky.hush = off, silent
}

// Struck is how many packets so far were lost or late by what was done to the network (Weather, Pull), and how
// many questions for the time had no answer or a wrong one (Clocks).
func (s *Segment) Struck() int64 {
	s.sky.mu.Lock()
	defer s.sky.mu.Unlock()
	return s.sky.struck
}

func (w *weather) strike() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.struck++
}

// fate says what becomes of one packet.
func (w *weather) fate() (delay time.Duration, lost bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lost = w.loss > 0 && w.dice.IntN(100) < w.loss
	if lost || w.delay > 0 {
		w.struck++
	}
	return w.delay, lost
}

// late is how much longer than on a good day a packet and the answer to it take.
func (w *weather) late() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return 2 * w.delay
}

// clock says whether a clock answers, and by how much it is wrong.
func (w *weather) clock() (off time.Duration, answers bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hush || w.off != 0 {
		w.struck++
	}
	return w.off, !w.hush
}

// air is one direction of the cable, in which packets keep their order.
type air struct {
	mu   sync.Mutex
	wait []held
	busy bool
}

// held is a packet on its way.
type held struct {
	due     time.Time
	deliver func()
}

// most is how many packets are on their way at once; more are lost.
const most = 4096

// carry delivers at once, or after a while behind all that are on their way.
func (a *air) carry(delay time.Duration, deliver func()) {
	a.mu.Lock()
	if delay == 0 && !a.busy {
		a.mu.Unlock()
		deliver()
		return
	}
	defer a.mu.Unlock()
	if len(a.wait) >= most {
		return
	}
	a.wait = append(a.wait, held{time.Now().Add(delay), deliver})
	if !a.busy {
		a.busy = true
		go a.drain()
	}
}

// drain delivers what is on its way, until nothing is.
func (a *air) drain() {
	for {
		a.mu.Lock()
		if len(a.wait) == 0 {
			a.busy = false
			a.mu.Unlock()
			return
		}
		h := a.wait[0]
		a.wait = a.wait[1:]
		a.mu.Unlock()
		time.Sleep(time.Until(h.due))
		h.deliver()
	}
}
