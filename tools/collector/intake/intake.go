// Package intake is what the collector does with a batch, whichever way it came: it checks every
// item, stores what is right, says why it refuses the rest, and signs a receipt for what is durable.
// It trusts nothing that a network, a broker or a disk carries, only the keys that an operator
// enrolled; it opens no envelope between the doors of a room, and it has no network, no files and no
// clock of its own. It stands between tools/collector/{gate,broker} and tools/collector/store.
package intake

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/clock"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
)

// Errors of Handle. With any of them nothing was stored and there is no answer.
var (
	ErrMalformed   = errors.New("intake: not a batch")                        // sending it again does not help
	ErrStranger    = errors.New("intake: not from a device that may send it") // of another name, not enrolled, or revoked
	ErrUnavailable = errors.New("intake: cannot store now")                   // the device should try again later
)

// Bounds of what is held for one device.
const (
	HoldFor   = 7 * 24 * time.Hour // an envelope
	MaxHeld   = 1024               // envelopes from one device to another; a week has 672 intervals
	MaxForks  = 64                 // pieces of evidence
	Intervals = 2                  // after so many a record counts as late
	Ahead     = 2 * 24 * time.Hour // so far behind its arrival a record may end without an alarm
)

// Devices says what an operator enrolled. It is asked for each batch, so that a revoked device is
// refused at once.
type Devices interface {
	Device(name string) (d register.Device, ok bool, err error)
}

// Intake takes batches. Its fields are set before the first Handle and not changed.
type Intake struct {
	Devices   Devices
	Store     store.Store
	Key       sign.Key // signs receipts
	Now       func() time.Time
	Keep      time.Duration // for how long records are kept
	Simulated bool          // records of people who were drawn are taken, from devices that may send them
	Log       *slog.Logger

	once  sync.Once
	clock clock.Clock
}

// Clock gives the clock that all of this goes by.
func (in *Intake) Clock() *clock.Clock {
	in.once.Do(func() { in.clock.Now, in.clock.Store, in.clock.Keep = in.Now, in.Store, in.Keep })
	return &in.clock
}

// Handle takes one encoded batch and gives the encoded answer. from is the name that the way it came
// has proved, or "" where it proves nothing: then only signatures tell. It may run many times at once.
func (in *Intake) Handle(from string, encoded []byte) ([]byte, error) {
	b, err := batch.Decode(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if from != "" && from != b.Device {
		return nil, fmt.Errorf("%w: batch of %q came as %q", ErrStranger, b.Device, from)
	}
	d, ok, err := in.Devices.Device(b.Device)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if !ok || d.Revoked {
		return nil, fmt.Errorf("%w: %q is not enrolled, or was revoked", ErrStranger, b.Device)
	}
	now, err := in.Clock().Read()
	if err != nil { // everything is stored with the time at which it came
		in.Log.Error("a batch could not be stored", "device", d.Name, "error", err)
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	v := &visit{in: in, device: &d, batch: &b, digest: batch.DigestOf(encoded), at: now.At, sure: now.Sure}
	if v.key, err = d.Key(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	for i := range b.Items {
		v.items = append(v.items, v.examine(&b.Items[i]))
	}
	if err = in.Store.Room(); err == nil {
		err = in.Store.Update(v.enter)
	}
	if err != nil {
		in.Log.Error("a batch could not be stored", "device", d.Name, "error", err)
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	v.report() // only now: what was rolled back did not happen
	return v.answer()
}

// sweepAtOnce is how many items expire in one transaction, so that batches need not wait long.
const sweepAtOnce = 1000

// Sweep deletes what has been kept long enough, and gives how many items and envelopes that were. While
// the clock is not believed it deletes nothing; the error wraps ErrUnavailable then.
func (in *Intake) Sweep() (gone int, err error) {
	now, err := in.Clock().Read()
	if err != nil {
		return 0, fmt.Errorf("%w: retention: %w", ErrUnavailable, err)
	}
	for n := sweepAtOnce; n == sweepAtOnce; {
		err := in.Store.Update(func(w store.Writer) (err error) {
			n, err = w.Expire(now.Sure.Add(-in.Keep), now.Sure.Add(-HoldFor), sweepAtOnce)
			return err
		})
		if err != nil {
			return gone, fmt.Errorf("intake: retention: %w", err)
		}
		gone += n
	}
	return gone, nil
}

// visit is one batch on its way.
type visit struct {
	in     *Intake
	device *register.Device
	key    sign.Public
	batch  *batch.Batch
	digest batch.Digest
	at     time.Time
	sure   time.Time // by which something is too old; not after at

	items  []examined
	state  store.State
	mail   [][]byte // envelopes that wait for the device
	alarms []Alarm
}

// enter stores what examine let pass, all in one transaction.
func (v *visit) enter(w store.Writer) (err error) {
	v.mail, v.alarms = nil, nil
	if v.state, err = w.State(v.device.Name); err != nil {
		return err
	}
	v.state.Seen, v.state.Waiting, v.state.Dropped = v.at, v.batch.Waiting, v.batch.Dropped
	for i := range v.items {
		it := &v.items[i]
		switch {
		case it.reason != 0:
		case it.kind == batch.Record:
			err = v.enterRecord(w, it, v.behind(i))
		case it.kind == batch.Log:
			err = v.enterEntry(w, it)
		default:
			err = v.enterEnvelope(w, it)
		}
		if err != nil {
			return err
		}
		if it.reason != 0 {
			v.state.Refused[it.reason]++
		}
	}
	if v.batch.Poll {
		if v.mail, err = waiting(w, v.device.Name); err != nil {
			return err
		}
	}
	return w.PutState(v.device.Name, v.state)
}

// behind gives how many records are newer than item i: those behind it in the batch, and everything
// that still waits at the device.
func (v *visit) behind(i int) uint64 {
	n := uint64(0)
	if all := uint64(len(v.items)); v.batch.Waiting > all {
		n = v.batch.Waiting - all
	}
	for _, it := range v.items[i+1:] {
		if it.kind == batch.Record {
			n++
		}
	}
	return n
}

// alarm notes something that an honest device does not do.
func (v *visit) alarm(a Alarm) {
	v.alarms = append(v.alarms, a)
	if v.state.Alarms == nil {
		v.state.Alarms = map[uint8]store.Count{}
	}
	c := v.state.Alarms[uint8(a)]
	v.state.Alarms[uint8(a)] = store.Count{Times: c.Times + 1, Last: v.at}
}

func (v *visit) report() {
	for _, a := range v.alarms {
		v.in.Log.Warn("a device does what it should not", "device", v.device.Name, "alarm", a.String())
	}
	for _, it := range v.items {
		if it.reason != 0 {
			v.in.Log.Warn("an item was refused", "device", v.device.Name, "kind", int(it.kind), "reason", it.reason.String())
		}
	}
	v.in.Log.Debug("a batch was taken", "device", v.device.Name, "items", len(v.items), "waiting", v.batch.Waiting)
}

func (v *visit) answer() ([]byte, error) {
	r := batch.Receipt{Version: batch.Version, Device: v.device.Name, Number: v.batch.Number,
		Verdicts: []batch.Verdict{}, At: v.at.Unix(), Batch: v.digest}
	for _, it := range v.items {
		verdict := batch.Verdict{Outcome: batch.Stored}
		if it.reason != 0 {
			verdict = batch.Verdict{Outcome: batch.Refused, Reason: it.reason}
		}
		r.Verdicts = append(r.Verdicts, verdict)
	}
	signed, err := batch.SealReceipt(v.in.Key, &r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	a, err := batch.EncodeAnswer(&batch.Answer{Receipt: signed, Envelopes: v.mail})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return a, nil
}
