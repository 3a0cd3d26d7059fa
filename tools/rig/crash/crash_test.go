package crash

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/boards/card"
	"tellijn/firmware/queue"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
	"tellijn/privacy/wire"
)

// device is a folder as a device has it, filled by the firmware's own clerk, and what the collector has.
type device struct {
	t       *testing.T
	own     string
	ledger  *ledger.Ledger
	queue   *queue.Queue
	c       *clerk.Clerk
	key     sign.Key
	now     time.Time
	records []record.Record
	entries []devicelog.Entry
}

// quick is a folder in memory where there is one: what a disk does with it is not what is tested here.
func quick(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(scratch(), "crash")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newDevice(t *testing.T) *device {
	t.Helper()
	d := &device{t: t, own: filepath.Join(quick(t), "tellijn"), now: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	if d.ledger, err = ledger.Open(filepath.Join(d.own, "warden", "ledger.db"), ledger.Options{}); err != nil {
		t.Fatal(err)
	}
	keys, _, err := d.ledger.Keys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d.key = sign.NewKey(keys.Sign)
	if err := os.MkdirAll(filepath.Join(d.own, "courier"), 0o700); err != nil {
		t.Fatal(err)
	}
	if d.queue, err = queue.Open(filepath.Join(d.own, "courier", "queue.db"), queue.Options{}); err != nil {
		t.Fatal(err)
	}
	d.c, _, err = clerk.New(clerk.Setup{Ledger: d.ledger, Desk: desk.Setup{Device: "d", Driver: "v4l2", Lines: 1, Zones: 1, Policy: release.Default(),
		Location: time.UTC, Key: d.key, Secret: [32]byte{9}, Boot: [16]byte{1}}})
	if err != nil {
		t.Fatal(err)
	}
	d.c.Eye([32]byte{7})
	return d
}

func (d *device) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *device) stamp() clerk.Stamp {
	return clerk.Stamp{Now: d.now, Clock: record.ClockKnown, Uptime: time.Hour}
}

// count has a quarter of an hour pass, with a record at its end, and an entry in the log.
func (d *device) count(people uint32) {
	d.t.Helper()
	d.c.Enter(devicelog.Event{Kind: devicelog.EyeStarted, A: 7}, d.stamp())
	from := d.now
	d.now = d.now.Add(15 * time.Minute)
	d.must(d.c.Take([]book.Closed{{From: from, To: d.now, Lines: []book.Line{{Forward: people, Backward: people}}, Inside: []uint16{0}, Cycles: 9000, Expected: 9000,
		Stream: wire.Stream{Pixel: camera.YUYV, Width: 640, Height: 480, Interval: 100 * time.Millisecond}}}, d.stamp()))
}

// queued gives the courier what waits, which the next commit frees.
func (d *device) queued() {
	d.t.Helper()
	for _, it := range d.c.Items(0, 1<<20) {
		_, err := d.queue.Put([]queue.Item{{Kind: queue.Kind(it.Kind), Boot: it.Boot, Sequence: it.Sequence, Bytes: it.Bytes}})
		d.must(err)
		d.c.Stored(it.Number)
	}
}

// sent gives the collector the n oldest, whose receipts come only if settled.
func (d *device) sent(n int, settled bool) {
	d.t.Helper()
	items, err := d.queue.Peek(n)
	d.must(err)
	for _, it := range items {
		if it.Kind == queue.Record {
			r, err := record.Open(d.key.Public(), it.Bytes)
			d.must(err)
			d.records = append(d.records, r)
		} else {
			e, err := devicelog.Open(d.key.Public(), it.Bytes)
			d.must(err)
			d.entries = append(d.entries, e)
		}
		if settled {
			d.must(d.queue.Settle([]queue.Done{{Number: it.Number}}))
		}
	}
}

// card makes a data file system of the folder and looks at it.
func (d *device) card() (*Device, error) {
	d.t.Helper()
	d.must(errors.Join(d.ledger.Close(), d.queue.Close()))
	dir := quick(d.t)
	image := d.image(dir)
	block := make([]byte, blockOf)
	f, err := os.Open(image)
	d.must(err)
	_, err = f.ReadAt(block, 0)
	d.must(errors.Join(err, f.Close()))
	return look(image, dir, block)
}

const blockOf = 4096

func (d *device) image(dir string) string {
	d.t.Helper()
	path, err := find("mkfs.ext4")
	if err == nil {
		err = Need()
	}
	if err != nil {
		d.t.Skip(err)
	}
	image := filepath.Join(dir, "data.img")
	c := exec.Command(path, "-q", "-b", "4096", "-d", filepath.Dir(d.own), image, "64M")
	if out, err := c.CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %s", err, out)
	}
	return image
}

// life is some of a device's: three records are at the collector, one is in the queue, one in the outbox.
func life(t *testing.T) *device {
	d := newDevice(t)
	for n := range uint32(3) {
		d.count(10 + n)
		d.queued()
	}
	d.sent(6, true)
	d.count(13)
	d.queued()
	d.count(14)
	return d
}

// TestJudge: a device as it should be, and then with each thing that may not be.
func TestJudge(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(d *device)
		want string // "" for a good one
	}{
		{"nothing", func(*device) {}, ""},
		{"a receipt that did not come", func(d *device) { d.sent(2, false) }, ""},
		{"all at the collector", func(d *device) { d.queued(); d.sent(100, true); d.must(d.c.Checkpoint(d.stamp())) }, ""},
		{"a record freed and not sent", func(d *device) {
			items, err := d.queue.Peek(2)
			d.must(err)
			d.must(d.queue.Settle([]queue.Done{{Number: items[0].Number}, {Number: items[1].Number}}))
		}, "LOST"},
		{"an outbox that was freed too early", func(d *device) {
			d.must(d.ledger.Update(func(tx *ledger.Tx) error { _, err := tx.Free(1 << 40); return err }))
		}, "LOST"},
		{"the collector lacks one that was freed", func(d *device) { d.records = d.records[1:] }, "LOST"},
		{"the collector lacks a log entry", func(d *device) { d.entries = d.entries[:1] }, "log entry 2 is LOST"},
		{"a record that the ledger has forgotten", func(d *device) {
			r := d.records[2]
			r.Sequence, r.Previous = 99, record.Hash{1}
			d.records = append(d.records, r)
		}, "FORGOTTEN"},
		{"a log entry that the ledger has forgotten", func(d *device) {
			e := d.entries[0]
			e.Number = 77
			d.entries = append(d.entries, e)
		}, "FORGOTTEN"},
		{"another content", func(d *device) {
			d.queued()
			items, err := d.queue.Peek(1)
			d.must(err)
			r := d.records[0]
			r.Coverage, r.Boot, r.Sequence = 1, items[0].Boot, 3
			d.records = append(d.records, r)
		}, "twice, with other bytes"},
		{"more sent than was released", func(d *device) {
			r := d.records[2]
			r.Lines = []record.Line{{TotalForward: 1_000_000}}
			d.records[2] = r
		}, "went BACK"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := life(t)
			tc.do(d)
			got, err := d.card()
			if err == nil {
				err = got.judge(d.records, d.entries)
			}
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}

// TestSuper tears the super block: the files are taken over all the same, and that is said.
func TestSuper(t *testing.T) {
	d := life(t)
	d.must(errors.Join(d.ledger.Close(), d.queue.Close()))
	dir := quick(t)
	image := d.image(dir)
	f, err := os.OpenFile(image, os.O_RDWR, 0)
	d.must(err)
	block := make([]byte, blockOf)
	_, err = f.ReadAt(block, 0)
	d.must(err)
	_, err = f.WriteAt(bytes.Repeat([]byte{0x5A}, 512), superAt)
	d.must(errors.Join(err, f.Close()))
	got, err := look(image, dir, block)
	d.must(err)
	if err := got.judge(d.records, d.entries); err != nil || !got.Aside || got.Waiting != 2 {
		t.Errorf("%v, aside %v, %d on their way, want 2", err, got.Aside, got.Waiting)
	}
}

// TestDamaged: files that do not open, and a file system that is more than torn.
func TestDamaged(t *testing.T) {
	for name, want := range map[string]string{"warden/ledger.db": "neither of the first two is a head", "courier/queue.db": "neither of the first two is a head", "": "does not repair itself"} {
		d := life(t)
		d.must(errors.Join(d.ledger.Close(), d.queue.Close()))
		if name != "" {
			f, err := os.OpenFile(filepath.Join(d.own, name), os.O_WRONLY, 0)
			d.must(err)
			_, err = f.WriteAt(make([]byte, 2*blockOf), 0)
			d.must(errors.Join(err, f.Close()))
		}
		dir := quick(t)
		image := d.image(dir)
		if name == "" {
			f, err := os.OpenFile(image, os.O_WRONLY, 0)
			d.must(err)
			_, err = f.WriteAt(bytes.Repeat([]byte{0x5A}, 40*blockOf), 0)
			d.must(errors.Join(err, f.Close()))
		}
		if _, err := look(image, dir, make([]byte, blockOf)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
}

// TestFloor: what was flushed does not go back.
func TestFloor(t *testing.T) {
	least := Floor{Ledger: true, Queue: true, Forward: 5, Backward: 6, Log: 7, Put: 8}
	if err := least.behind(least); err != nil {
		t.Error(err)
	}
	for _, turn := range []func(*Floor){func(f *Floor) { f.Ledger = false }, func(f *Floor) { f.Queue = false }, func(f *Floor) { f.Forward-- },
		func(f *Floor) { f.Backward-- }, func(f *Floor) { f.Log-- }, func(f *Floor) { f.Put-- }} {
		f := least
		turn(&f)
		if err := f.behind(least); err == nil {
			t.Errorf("%+v is behind", f)
		}
	}
}

func TestNeed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := find("no-such-program-anywhere"); err == nil {
		t.Error("it is there")
	}
	if err := Need(); err != nil && !errors.Is(err, hal.ErrAbsent) {
		t.Error(err)
	}
	if card.DataSize%blockOf != 0 {
		t.Error("the file system has no whole number of blocks")
	}
}
