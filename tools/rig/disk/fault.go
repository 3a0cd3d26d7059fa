package disk

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Faults of a reader.
const (
	None    = "none"
	Worn    = "worn"    // writes fail
	Locked  = "locked"  // as worn, and from the next start on the card says that it can only be read
	Broken  = "broken"  // reads and writes fail
	Lying   = "lying"   // loses what was not flushed when the power goes
	Tearing = "tearing" // as lying, but the first half of the last write is there
	Deaf    = "deaf"    // as lying, and a flush does nothing: no order of writes helps against that
	Slow    = "slow"    // each write takes 20 ms and each flush 250 ms, as with the worst cards
)

const (
	slowWrite = 20 * time.Millisecond
	slowFlush = 250 * time.Millisecond
	sector    = 512
	// mostKept bounds what a deaf card has in its own memory, in writes: the oldest is on it for good beyond that.
	mostKept = 4096
)

// write is one that was not flushed.
type write struct {
	offset   int64
	old, new []byte
	forced   bool // it is on the card whatever happens
}

var errFault = errors.New("disk: fault")

// Be makes the reader fail so from now on, or "none" any more. What a card that lies has not flushed by then is
// on it.
func (d *Disk) Be(fault string) error {
	if !slices.Contains([]string{None, Worn, Locked, Broken, Lying, Tearing, Deaf, Slow}, fault) {
		return fmt.Errorf("disk: fault %q, want none, worn, locked, broken, lying, tearing, deaf or slow", fault)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.pending = fault, nil
	return nil
}

// Locked tells whether a machine that begins now has to be told that the card can only be read.
func (d *Disk) Locked() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fault == Locked
}

// Struck is how often a fault had an effect: requests that failed or were slow, writes that were lost or torn, and
// machines that were told that the card can only be read.
func (d *Disk) Struck() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.struck
}

// WearOut makes every write fail from now on.
func (d *Disk) WearOut() { _ = d.Be(Worn) }

// Heal ends that.
func (d *Disk) Heal() { _ = d.Be(None) }

// Refused is how many writes failed so.
func (d *Disk) Refused() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

func (d *Disk) lies() bool { return d.fault == Lying || d.fault == Tearing || d.fault == Deaf }

// do does one request. errEnd means that nobody is to be answered.
func (d *Disk) do(kind uint16, from int64, data []byte, forced bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var moments []string
	if kind == cmdWrite {
		moments = d.watch.Write(from, data)
	}
	if !d.lies() {
		d.at(moments)
	}
	if d.stand() { // in the middle of whatever it does
		return errEnd
	}
	err := d.request(kind, from, data, forced)
	if d.lies() { // the write is in the card's own memory, or there would be nothing to lose
		d.at(moments)
	}
	if err == nil && kind == cmdFlush {
		d.at(d.watch.Flush())
	}
	if d.stand() {
		return errEnd
	}
	return err
}

func (d *Disk) request(kind uint16, from int64, data []byte, forced bool) error {
	switch {
	case d.fault == Broken, (d.fault == Worn || d.fault == Locked) && kind == cmdWrite:
		d.struck++
		if kind == cmdWrite {
			d.refused++
		}
		return errFault
	case d.fault == Slow && kind == cmdFlush:
		d.struck++
		time.Sleep(slowFlush)
	case d.fault == Slow && kind == cmdWrite:
		d.struck++
		time.Sleep(slowWrite)
	}
	switch kind {
	case cmdRead:
		_, err := d.f.ReadAt(data, from)
		return err
	case cmdWrite:
		return d.write(from, data, forced)
	case cmdFlush:
		if d.journal != nil {
			d.journal.put(entry(Flush, 0, nil))
		}
		if d.fault == Deaf {
			return nil
		}
		d.pending = nil
		return nil // the computer of the rig is not what loses power
	}
	return errors.New("disk: a request that is not known")
}

// write writes, and keeps what was there if that may be wanted again.
func (d *Disk) write(from int64, data []byte, forced bool) error {
	if from < 0 || from+int64(len(data)) > d.size {
		return errors.New("disk: behind the end")
	}
	if d.lies() {
		w := write{offset: from, old: make([]byte, len(data)), new: data, forced: forced && d.fault != Deaf}
		if _, err := d.f.ReadAt(w.old, from); err != nil {
			return err
		}
		if d.pending = append(d.pending, w); len(d.pending) > mostKept {
			d.pending = d.pending[1:]
		}
	}
	if d.journal != nil {
		e := entry(Write, from, data)
		e.Forced = forced
		d.journal.put(e)
	}
	_, err := d.f.WriteAt(data, from)
	return err
}

// Cut is the end of the power: nothing that is still on its way reaches the card, and a card that lies loses what
// was not flushed. The machine has to be gone already, or it finds its card missing. Call it whenever the power went,
// also after an orderly end.
func (d *Disk) Cut() error {
	d.part()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watch.Cut()
	for _, w := range slices.Backward(d.pending) {
		if err := d.put(w.offset, w.old); err != nil {
			return err
		}
	}
	for i, w := range d.pending {
		keep := w.new
		switch last := i == len(d.pending)-1; {
		case w.forced:
		case last && d.fault == Tearing:
			keep = keep[:len(keep)/2/sector*sector]
			d.struck++
		default:
			keep = nil
			d.struck++
		}
		if err := d.put(w.offset, keep); err != nil {
			return err
		}
	}
	d.pending = nil
	if d.journal != nil {
		d.journal.put(entry(Cut, 0, nil))
		return d.journal.err
	}
	return nil
}

// put changes the card from behind the machine's back. d.mu is held.
func (d *Disk) put(offset int64, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if d.journal != nil {
		e := entry(Write, offset, data)
		e.Forced = true
		d.journal.put(e)
	}
	if _, err := d.f.WriteAt(data, offset); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	return nil
}
