package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"tellijn/firmware/queue"
	"tellijn/hal"
	"tellijn/tools/bench/day/crowd"
	"tellijn/tools/bench/day/device"
	"tellijn/tools/bench/day/disk"
	"tellijn/tools/bench/day/tap"
)

// scenario is one run.
type scenario struct {
	name   string
	site   *device.Site
	people *crowd.Minute
	// speed of the camera, and seconds of the calendar to one of the camera.
	speed, compress int
	intervals       int
	// seldom commits the journal once an interval instead of every 5 s of the calendar.
	seldom bool
	// cut breaks the connection every hour.
	cut bool
	// apart holds the collector back until all intervals are over.
	apart bool
}

// measured is what a run showed of one device, from the end of its second record on.
type measured struct {
	name    string
	pace    time.Duration
	written int64 // bytes at the block device; below 0 if there is none
	point   int64 // bytes of one checkpoint, with what the file system adds
	own     map[string]int64
	packets []tap.Packet
	records []tap.Record
	tapped  bool
	shown   []time.Time // when records were made
	counted uint32
	memory  map[string]device.Memory
	queue   queue.Stats
}

// first is the record from whose end on is measured: the one before is short, and what is said at the
// start is sent with it.
const first = 1

// settled is the part of an interval after which the exchange for the record before is over.
const settled = 0.6

// run runs it in a directory of its own under dir. What this machine has no means for is left out and
// said.
func (s *scenario) run(ctx context.Context, dir string, say func(string)) (out []measured, err error) {
	p := device.Plan{Site: s.site, Dir: filepath.Join(dir, s.name), Speed: s.speed, Compress: s.compress, People: s.people, Apart: s.apart}
	if err := os.Mkdir(p.Dir, 0o700); err != nil {
		return nil, err
	}
	wires, err := device.Wires(len(s.site.Names))
	if err != nil {
		return nil, err
	}
	disks, taps := make([]*disk.Disk, len(wires)), make([]*tap.Tap, len(wires))
	for i, w := range wires {
		card := filepath.Join(p.Dir, strconv.Itoa(i))
		if err := os.Mkdir(card, 0o700); err != nil {
			return nil, err
		}
		if disks[i], err = s.card(card, p.Pace()); err == nil {
			card = disks[i].Path
			defer disks[i].Close()
		} else if !errors.Is(err, hal.ErrAbsent) {
			return nil, err
		} else {
			say(fmt.Sprintf("Skipped  %s: %v", s.name, err))
		}
		p.Cards = append(p.Cards, card)
		_, port, err := net.SplitHostPort(w.Address())
		if err != nil {
			return nil, err
		}
		n, _ := strconv.Atoi(port)
		if taps[i], err = tap.Open(n); err != nil && !errors.Is(err, hal.ErrAbsent) {
			return nil, err
		} else if err != nil {
			say(fmt.Sprintf("Skipped  %s: %v", s.name, err))
		}
	}
	r, err := device.Start(ctx, p, wires)
	if err != nil {
		return nil, err
	}
	out, begun, err := s.watch(ctx, r, &p, disks)
	if err = errors.Join(err, r.Stop()); err != nil {
		return nil, err
	}
	for i := range out {
		if err := s.after(&out[i], r.Devices[i], disks[i], taps[i], begun[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return out, nil
}

// card makes the block device.
func (s *scenario) card(dir string, pace time.Duration) (*disk.Disk, error) {
	if !s.seldom {
		d, err := disk.Make(dir, disk.Usual)
		if err == nil {
			// 5 s of the calendar, as the kernel does in a day that takes one.
			d.Hurry(max(pace*5/time.Duration(device.Interval/time.Second), 2*time.Millisecond))
		}
		return d, err
	}
	// The kernel counts in whole seconds.
	return disk.Make(dir, fmt.Sprintf("%s,commit=%d", disk.Usual, max(1, int(math.Round(pace.Seconds())))))
}

// watch lets the intervals pass.
func (s *scenario) watch(ctx context.Context, r *device.Run, p *device.Plan, disks []*disk.Disk) (out []measured, begun []time.Time, err error) {
	pace := p.Pace()
	rest := time.Duration(settled * float64(pace))
	most := time.Minute + 4*time.Duration(s.intervals)*pace
	out, begun = make([]measured, len(r.Devices)), make([]time.Time, len(r.Devices))
	before := make([]device.Used, len(r.Devices))
	for i, d := range r.Devices {
		if err := d.Until(ctx, first, rest, most); err != nil {
			return nil, nil, err
		}
		out[i] = measured{name: d.Name, pace: pace, written: -1}
		begun[i], before[i] = time.Now(), d.Use()
		if disks[i] != nil {
			if err := disks[i].Flush(); err != nil {
				return nil, nil, err
			}
			if out[i].written, err = disks[i].Written(); err != nil {
				return nil, nil, err
			}
		}
		out[i].counted = d.Counted()
	}
	stop := make(chan struct{})
	defer close(stop)
	if s.cut {
		go s.hourly(ctx, r, rest, stop)
	}
	for i, d := range r.Devices {
		if err := d.Until(ctx, first+s.intervals, rest, most); err != nil {
			return nil, nil, err
		}
		if disks[i] != nil {
			if err := disks[i].Flush(); err != nil {
				return nil, nil, err
			}
			n, err := disks[i].Written()
			if err != nil {
				return nil, nil, err
			}
			out[i].written = n - out[i].written
		}
		out[i].counted = d.Counted() - out[i].counted
		out[i].shown = d.Shown()[first+1 : first+1+s.intervals]
		if s.apart {
			if err := s.drain(ctx, d, pace); err != nil {
				return nil, nil, err
			}
		}
		u := d.Use()
		out[i].memory, out[i].own = u.Memory, u.Written
		for name := range u.Written {
			u.Written[name] -= before[i].Written[name]
		}
	}
	return out, begun, nil
}

// hourly breaks each connection after every fourth record, when it is idle.
func (s *scenario) hourly(ctx context.Context, r *device.Run, rest time.Duration, stop <-chan struct{}) {
	for n := first + 1; n < first+s.intervals; n += 4 {
		for _, d := range r.Devices {
			if d.Until(ctx, n, rest, time.Hour) != nil {
				return
			}
			select {
			case <-stop:
				return
			default:
			}
			d.Wire.Pull(true)
			d.Wire.Pull(false)
		}
	}
}

// drain plugs the cable in and waits for what piled up to be sent: that is, until the collector was
// silent for a while.
func (s *scenario) drain(ctx context.Context, d *device.Device, pace time.Duration) error {
	d.Wire.Pull(false)
	return d.Until(ctx, len(d.Shown())+int(10*time.Second/pace), 0, 2*time.Minute)
}

// after looks at what a device left behind.
func (s *scenario) after(m *measured, d *device.Device, card *disk.Disk, t *tap.Tap, begun time.Time) (err error) {
	end := m.shown[len(m.shown)-1].Add(time.Duration(settled * float64(m.pace)))
	if t != nil {
		packets, err := t.Close()
		if err != nil {
			return err
		}
		records, err := tap.Records(packets)
		if err != nil {
			return err
		}
		m.tapped = true
		for _, p := range packets {
			if p.At.After(begun) && p.At.Before(end) {
				m.packets = append(m.packets, p)
			}
		}
		for _, r := range records {
			if r.At.After(begun) && r.At.Before(end) {
				m.records = append(m.records, r)
			}
		}
	}
	if m.queue, err = d.Queue(); err != nil {
		return err
	}
	if card != nil {
		m.point, err = checkpoint(d.Dir, card, s.seldom)
	}
	return err
}
