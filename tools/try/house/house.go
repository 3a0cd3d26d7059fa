// Package house is a small building on this computer: doors with a device each, a collector that they
// report to, and between them a network that can be pulled out; with a broker in it if asked. It starts
// the real programs with files and keys as an installer would make them, says how each does, and ends
// them in order. What it knows of counts is what a collector knows; the exact ones stay in the wardens.
package house

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tellijn/tools/try/programs"
	"tellijn/tools/try/wire"
)

// Plan says what to build.
type Plan struct {
	Dir      string // where everything lies, as Take gave it
	Programs string // folder of the built programs
	Room     string // of all doors, whose first one is the head; "" for one door
	Doors    []string
	Text     string // of each device's configuration, but for its name and what the house adds
	Args     []string
	Seed     uint64 // of the first drawn camera; the others follow
	Feed     bool   // the doors take frames of a clip
	MQTT     bool   // through a broker
	Say      func(line string)
}

// House is a running one.
type House struct {
	Wire      *wire.Wire
	Doors     []*Door
	plan      Plan
	collector *programs.Process
	broker    *programs.Process
	front     *http.Client // asks the collector as the operator's own commands do
	died      chan error
	ending    sync.Once
}

// Build builds and starts it. After an error nothing of it runs any more.
func Build(ctx context.Context, p Plan) (h *House, err error) {
	h = &House{plan: p, died: make(chan error, 8)}
	defer func() {
		if err != nil {
			h.End()
		}
	}()
	for i, name := range p.Doors {
		d, err := h.door(ctx, name, p.Seed+uint64(i))
		if err != nil {
			return nil, err
		}
		h.Doors = append(h.Doors, d)
	}
	if h.Wire, err = wire.Lay(); err != nil {
		return nil, err
	}
	var broker string
	if p.MQTT {
		if broker, err = h.startBroker(ctx); err != nil {
			return nil, err
		}
	}
	for i, d := range h.Doors {
		if err := h.enrol(ctx, d, i == 0); err != nil {
			return nil, err
		}
	}
	address, err := h.startCollector(broker)
	if err != nil {
		return nil, err
	}
	if p.MQTT {
		address = broker
	}
	h.Wire.To(address)
	for _, d := range h.Doors {
		if err := h.start(d); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Died gives a part that ended although nobody asked it to. A warden whose camera has no more frames
// ends well and is none; see Door.Done.
func (h *House) Died() <-chan error { return h.died }

// watch reports a part that ends by itself.
func (h *House) watch(p *programs.Process, may bool) {
	go func() {
		<-p.Done()
		if err := p.Err(); err != nil || !may {
			h.died <- fmt.Errorf("%s has ended: %v", p.Name, errors.Join(err))
		}
	}()
}

// Patience with an orderly end.
const (
	patienceWarden = 25 * time.Second // it waits for its eye, and for the courier's disk
	patienceOther  = 5 * time.Second
)

// Close ends the doors, so that nothing more is counted; the collector goes on. It returns what did not
// end well.
func (h *House) Close() error {
	errs := make([]error, len(h.Doors))
	var all sync.WaitGroup
	for i, d := range h.Doors {
		all.Go(func() {
			if !d.process.End(patienceWarden) {
				errs[i] = fmt.Errorf("%s ended badly: %w", d.Name, errors.Join(d.process.Err()))
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// End ends everything, doors first. It may be called more than once.
func (h *House) End() {
	h.ending.Do(func() {
		_ = h.Close()
		for _, d := range h.Doors {
			d.end()
		}
		h.collector.End(patienceOther)
		h.broker.End(patienceOther)
		if h.Wire != nil {
			h.Wire.Close()
		}
	})
}

// path of something in the house.
func (h *House) path(parts ...string) string {
	return filepath.Join(append([]string{h.plan.Dir}, parts...)...)
}

// tell gives what a part says, with its name in front.
func (h *House) tell(name string) func(string) {
	return func(line string) { h.plan.Say(fmt.Sprintf("%-10s  %s", name, line)) }
}

// Names in the directory.
const (
	collectorDir = "collector"
	brokerDir    = "broker"
	exported     = "records.cbor"
	marker       = "made-by-tools-try" // what the next house may put away
	locked       = "lock"
)

// write writes a file for its owner only.
func write(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }
