package collectortest

import (
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/intake"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
)

// Collector is one without a network, with a clock that tests set.
type Collector struct {
	*intake.Intake
	Dir  string
	At   time.Time
	Bolt *bolt.Store
	Reg  *register.Register

	tb testing.TB
}

// Start is when collectors and devices of tests begin.
func Start() time.Time { return time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC) }

// New makes a collector in a directory of its own. It is checked and closed when the test ends.
func New(tb testing.TB) *Collector {
	tb.Helper()
	c := &Collector{Dir: tb.TempDir(), At: Start(), tb: tb}
	if err := enrol.SetUp(c.Dir, nil, c.At); err != nil {
		tb.Fatal(err)
	}
	var err error
	if c.Reg, err = register.Open(c.Dir); err != nil {
		tb.Fatal(err)
	}
	if c.Bolt, err = bolt.Open(c.Reg.Path(register.StoreFile), bolt.Options{}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := errors.Join(c.Bolt.Check(), c.Bolt.Close()); err != nil {
			tb.Error(err)
		}
	})
	c.Restart()
	return c
}

// Restart begins as a new process does, with the same directory.
func (c *Collector) Restart() {
	c.tb.Helper()
	key, err := c.Reg.Receipts()
	if err != nil {
		c.tb.Fatal(err)
	}
	c.Intake = &intake.Intake{Devices: c.Reg, Store: c.Bolt, Key: key, Now: func() time.Time { return c.At },
		Keep: 400 * 24 * time.Hour, Log: slog.New(slog.DiscardHandler)}
}

// Enrol lets a device in and gives the directory with its files.
func (c *Collector) Enrol(d *Device, head bool) (bundle string) {
	c.tb.Helper()
	bundle = filepath.Join(c.tb.TempDir(), "bundle")
	err := enrol.Admit(c.Dir, enrol.Device{Name: d.Name, Key: d.Key.Public().String(), Room: d.Room, Head: head,
		Simulated: d.Simulated, Kind: "https"}, nil, bundle, c.At)
	if err != nil {
		c.tb.Fatal(err)
	}
	return bundle
}

// Take gives a batch to the collector, at the time that the device has, and gives what became of each
// item, and the envelopes for the device.
func (c *Collector) Take(d *Device, things ...[]byte) ([]batch.Verdict, [][]byte) {
	c.tb.Helper()
	c.Until(d.At)
	return c.Open(d.Pack(things...))
}

// Until lets time go by as it does for a collector that runs.
func (c *Collector) Until(at time.Time) {
	c.tb.Helper()
	for c.At.Before(at) {
		if c.At = c.At.Add(6 * 24 * time.Hour); c.At.After(at) {
			c.At = at
		}
		if _, err := c.Clock().Read(); err != nil {
			c.tb.Fatal(err)
		}
	}
}

// Open gives a batch to the collector and opens the answer.
func (c *Collector) Open(b *batch.Batch) ([]batch.Verdict, [][]byte) {
	c.tb.Helper()
	encoded, err := batch.Encode(b)
	if err != nil {
		c.tb.Fatal(err)
	}
	answer, err := c.Handle(b.Device, encoded)
	if err != nil {
		c.tb.Fatal(err)
	}
	return Read(c.tb, c.Key.Public(), b, answer)
}

// State gives what the collector knows of a device.
func (c *Collector) State(device string) (s store.State) {
	c.tb.Helper()
	err := c.Bolt.View(func(r store.Reader) (err error) { s, err = r.State(device); return err })
	if err != nil {
		c.tb.Fatal(err)
	}
	return s
}
