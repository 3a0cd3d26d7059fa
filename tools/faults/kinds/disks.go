package kinds

import (
	"fmt"
	"time"

	"tellijn/tools/faults/disk"
)

func disks() []Kind {
	full := func(s *Stage) string { return s.Why }
	return []Kind{
		{Name: "disk of a device full", Weight: 3, Skip: full, Strike: deviceFull},
		{Name: "disk of the collector full", Weight: 3, Skip: full, Strike: func(t *Turn) (string, error) {
			t.Collector.Life.Lock() // or it is away, and nobody meets the full disk
			defer t.Collector.Life.Unlock()
			free, err := disk.Fill(t.Collector.Dir)
			if err != nil {
				return "", err
			}
			t.rest(1500*time.Millisecond, 3*time.Second)
			return "ENOSPC; devices kept theirs", free()
		}},
		{Name: "clock +10 years", Weight: 4, Strike: func(t *Turn) (string, error) { return t.jump(1) }},
		{Name: "clock -10 years", Weight: 4, Strike: func(t *Turn) (string, error) { return t.jump(-1) }},
	}
}

// outgrows is how long a device has to outgrow the pages that its files have already.
const outgrows = 12 * time.Second

// deviceFull fills a device's disk with its network cut, so that its queue grows, until the device says so
// or went on in the room that its files have.
func deviceFull(t *Turn) (string, error) {
	d := t.Device
	d.Net.Lock()
	defer d.Net.Unlock()
	d.Disk.Lock()
	defer d.Disk.Unlock()
	d.Link.Cut(true)
	defer d.Link.Cut(false)
	r := d.Run()
	words := r.Words()
	free, err := disk.Fill(d.Dir)
	if err != nil {
		return "", err
	}
	met := "ENOSPC; it went on within its files"
	for end := time.Now().Add(outgrows); time.Now().Before(end) && !r.Ended(); time.Sleep(20 * time.Millisecond) {
		if r.Heard(words, "no room") || r.Heard(words, "no space") {
			met = "ENOSPC; it said so, and waited for room"
			t.rest(0, 2*time.Second)
			break
		}
	}
	return met, free()
}

// jump moves the calendar of a device by ten years and a little, so that no jump undoes another one.
func (t *Turn) jump(sign int) (string, error) {
	d := t.Device
	d.Life.Lock()
	defer d.Life.Unlock()
	d.Disk.Lock() // the entry has to reach the ledger
	defer d.Disk.Unlock()
	r := d.Run()
	by := time.Duration(sign)*10*365*24*time.Hour + time.Duration(t.Random.IntN(18000)-9000)*time.Second
	words := r.Words()
	if err := r.Shift(by); err != nil {
		return "", err
	}
	said := fmt.Sprintf("Shifted  the clock of this pretended board by %v", by)
	for end := time.Now().Add(patience); !r.Heard(words, said); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return "", fmt.Errorf("%s did not say %q; it said: %s", d.Name, said, r.Tail(4))
		}
	}
	t.note(t.Jumps, d)
	time.Sleep(500 * time.Millisecond) // a few ticks, until the step is told and stored
	return "moved, and told in its log", nil
}
