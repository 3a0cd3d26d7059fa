// Package receiver is a collector on this computer for the machines of the rig: the real one, with its
// checks, store and certificates, in a directory of its own, with a clock that can be that of a machine. It shows
// each record as it arrives. It is for the rig, outside the data path.
package receiver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/gate"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/report"
	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
)

// Receiver is a running one.
type Receiver struct {
	// Address is where it listens, such as 127.0.0.1:40001.
	Address string

	dir   string
	host  string
	now   func() time.Time
	reg   *register.Register
	store *bolt.Store
	in    *intake.Intake
	stop  context.CancelFunc
	done  chan struct{}

	mu      sync.Mutex
	keys    map[string]sign.Public
	seen    map[[32]byte]bool
	records []record.Record
	events  []devicelog.Entry
	waiting uint64 // the most that waited on a device
	say     func(string)
	more    chan struct{} // closed when something comes
}

// Start starts a collector in dir that devices reach under host, a name or address with a port. say gets a
// line for each new record and each entry of a log.
func Start(dir, host string, now func() time.Time, say func(string)) (*Receiver, error) {
	r := &Receiver{dir: dir, host: host, now: now, say: say, keys: map[string]sign.Public{}, seen: map[[32]byte]bool{}, more: make(chan struct{}),
		done: make(chan struct{})}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return nil, fmt.Errorf("receiver: %w", err)
	}
	if err := enrol.SetUp(dir, []string{name}, time.Now()); err != nil {
		return nil, err
	}
	if r.reg, err = register.Open(dir); err != nil {
		return nil, err
	}
	key, err := r.reg.Receipts()
	if err != nil {
		return nil, err
	}
	pool, _, err := r.reg.Pool()
	if err != nil {
		return nil, err
	}
	shown, err := r.reg.Server()
	if err != nil {
		return nil, err
	}
	if r.store, err = bolt.Open(r.reg.Path(register.StoreFile), bolt.Options{}); err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	r.in = &intake.Intake{Devices: r.reg, Store: r.store, Key: key, Now: now, Keep: 400 * 24 * time.Hour, Simulated: true, Log: log}
	g := &gate.Gate{Limits: gate.Ordinary(), Handler: r, Devices: r.reg, Pool: pool, Log: log}
	g.Show(shown)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.store.Close()
		return nil, fmt.Errorf("receiver: %w", err)
	}
	r.Address = l.Addr().String()
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	go func() {
		defer close(r.done)
		if err := g.Serve(ctx, l); err != nil {
			r.say("the collector ended: " + err.Error())
		}
	}()
	return r, nil
}

// Close ends it. The store is closed.
func (r *Receiver) Close() error {
	r.stop()
	<-r.done
	return r.store.Close()
}

// Enrol lets a device in by the public key of its records and gives its files by name: what certificates it needs,
// and upload.toml, lines of its configuration.
func (r *Receiver) Enrol(device string, key sign.Public, simulated bool) (map[string][]byte, error) {
	bundle := filepath.Join(r.dir, "bundle-"+device)
	err := enrol.Admit(r.dir, enrol.Device{Name: device, Key: key.String(), Simulated: simulated, Kind: "https"}, []string{r.host}, bundle, time.Now())
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(bundle)
	if err != nil {
		return nil, fmt.Errorf("receiver: %w", err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(bundle, e.Name())); err != nil {
			return nil, fmt.Errorf("receiver: %w", err)
		}
	}
	r.mu.Lock()
	r.keys[device] = key
	r.mu.Unlock()
	return files, nil
}

// Handle takes a batch as the collector does, and shows what was new in it.
func (r *Receiver) Handle(from string, encoded []byte) ([]byte, error) {
	answer, err := r.in.Handle(from, encoded)
	if err != nil {
		r.say(fmt.Sprintf("a batch of %q was not taken: %v", from, err))
		return answer, err
	}
	b, err := batch.Decode(encoded)
	if err != nil {
		return nil, err
	}
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		return nil, err
	}
	receipt, err := batch.OpenReceipt(r.in.Key.Public(), a.Receipt)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = max(r.waiting, b.Waiting)
	for i, it := range b.Items {
		v := receipt.Verdicts[i]
		if v.Outcome != batch.Stored {
			r.say(fmt.Sprintf("an item of %q was refused: %v", from, v.Reason))
			continue
		}
		if h := store.HashOf(it.Bytes); !r.seen[h] {
			r.seen[h] = true
			r.show(b.Device, it)
		}
	}
	close(r.more)
	r.more = make(chan struct{})
	return answer, nil
}

// show notes and tells one item. r.mu is held.
func (r *Receiver) show(device string, it batch.Item) {
	key := r.keys[device]
	if it.Kind == batch.Record {
		rec, err := record.Open(key, it.Bytes)
		if err != nil {
			r.say(fmt.Sprintf("a stored record cannot be opened: %v", err))
			return
		}
		r.records = append(r.records, rec)
		r.say(Words(&rec))
	} else if e, err := devicelog.Open(key, it.Bytes); err == nil {
		r.events = append(r.events, e)
		r.say(fmt.Sprintf("log entry %d: %v", e.Number, e.Event()))
	}
}

// Records are those that arrived, in their order; Events the entries of logs.
func (r *Receiver) Records() []record.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]record.Record(nil), r.records...)
}

// Events are the entries of logs that arrived, in their order.
func (r *Receiver) Events() []devicelog.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]devicelog.Entry(nil), r.events...)
}

// Await waits until done says that enough has come. The error is that of ctx.
func (r *Receiver) Await(ctx context.Context, done func([]record.Record, []devicelog.Entry) bool) error {
	for {
		r.mu.Lock()
		more, ok := r.more, done(r.records, r.events)
		r.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ErrFaults says that what is stored is not as it was signed, or that something is missing.
var ErrFaults = errors.New("receiver: what is stored does not verify")

// Verify checks everything that is stored anew, as collector verify does.
func (r *Receiver) Verify() (v report.Verdict, err error) {
	devices, err := r.reg.Devices()
	if err != nil {
		return v, err
	}
	var said bytes.Buffer
	err = r.store.View(func(s store.Reader) (err error) {
		v, err = report.Verify(&said, s, devices)
		return err
	})
	if err == nil && (v.Faults > 0 || v.Missing > 0) {
		err = fmt.Errorf("%w: %d faults, %d missing\n%s", ErrFaults, v.Faults, v.Missing, said.String())
	}
	return v, err
}
