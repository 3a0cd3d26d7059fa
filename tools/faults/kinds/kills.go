package kinds

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"tellijn/tools/faults/site"
)

func kills() (all []Kind) {
	for _, name := range []string{"eye", "courier", "dialer"} {
		all = append(all, Kind{Name: "kill -9 " + name, Weight: 5, Strike: func(t *Turn) (string, error) {
			t.Device.Life.Lock()
			defer t.Device.Life.Unlock()
			_, err := t.Device.KillChild(name)
			return "died, others went on", err
		}})
	}
	all = append(all,
		Kind{Name: "courier hangs, kill -9", Weight: 3, Strike: hang},
		Kind{Name: "kill -9 warden, starter", Weight: 5, Strike: func(t *Turn) (string, error) { return t.cut("warden") }},
		Kind{Name: "kill -9 warden, core", Weight: 5, Strike: func(t *Turn) (string, error) { return t.cut("warden-core") }},
		Kind{Name: "kill -9 all of a device", Weight: 5, Strike: func(t *Turn) (string, error) { return t.cut("") }},
		Kind{Name: "kill -9 collector", Weight: 6, Strike: func(t *Turn) (string, error) { return t.down(0) }},
		Kind{Name: "collector down", Weight: 4, Strike: func(t *Turn) (string, error) {
			return t.down(500*time.Millisecond + time.Duration(t.Random.Int64N(int64(2*time.Second))))
		}},
		Kind{Name: "kill -9 broker", Weight: 3, Skip: noBroker, Strike: func(t *Turn) (string, error) {
			t.Broker.Life.Lock()
			defer t.Broker.Life.Unlock()
			if how := t.Broker.Kill(); how != killed {
				return "", fmt.Errorf("the broker did not die: %s", how)
			}
			t.rest(0, time.Second)
			return "died, came again", t.Broker.Start()
		}})
	return all
}

// hang stops a courier dead with items on their way to it, for longer than the warden's next record, and
// kills it then: what it had no receipt for has to come again.
func hang(t *Turn) (string, error) {
	d := t.Device
	d.Life.Lock()
	defer d.Life.Unlock()
	pid, err := d.Freeze("courier")
	if err != nil {
		return "", err
	}
	t.rest(1500*time.Millisecond, 4*time.Second)
	if again, err := d.KillChild("courier"); err != nil || again != pid {
		return "", fmt.Errorf("courier %d hung, %d died: %w", pid, again, err)
	}
	return "stopped dead, died, came again", nil
}

const killed = "signal: killed"

func noBroker(s *Stage) string {
	if s.Broker == nil {
		return "no mosquitto on this machine: apt-get install mosquitto"
	}
	return ""
}

// down kills the collector and starts it again.
func (t *Turn) down(rest time.Duration) (string, error) {
	t.Collector.Life.Lock()
	defer t.Collector.Life.Unlock()
	if how := t.Collector.Kill(); how != killed {
		return "", fmt.Errorf("the collector did not die: %s", how)
	}
	time.Sleep(rest)
	return "died, came again", t.Collector.Start()
}

// cut kills a part of a device, or all of it at once as a power cut does, looks what is on its disk, and
// starts it again.
func (t *Turn) cut(part string) (string, error) {
	d := t.Device
	d.Life.Lock()
	defer d.Life.Unlock()
	r := d.Run()
	if r.Ended() {
		return "", fmt.Errorf("%s has ended by itself: %s", d.Name, r.Tail(5))
	}
	pids := r.Children()
	if len(pids) == 0 {
		return "", fmt.Errorf("the warden of %s has no programs", d.Name)
	}
	at := time.Now()
	switch part {
	case "":
		pids["warden"] = r.Pid
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	case "warden":
		if err := syscall.Kill(r.Pid, syscall.SIGKILL); err != nil {
			return "", err
		}
	default:
		if _, err := d.KillChild(part); err != nil {
			return "", err
		}
	}
	if err := errors.Join(r.Wait(), site.Gone(pids)); err != nil {
		return "", err
	}
	if _, _, _, final := r.Totals(); final != nil {
		return "", fmt.Errorf("%s ended in order, though %q was killed", d.Name, part)
	}
	t.note(t.Kills, d)
	if err := t.Ended(d, r, at); err != nil {
		return "", err
	}
	return "died, all others ended, counts held", t.begin(d)
}

// begin starts a device again, as often as it takes: its disk may be full at the moment.
func (t *Turn) begin(d *site.Device) error {
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		if err := d.Start(); err != nil {
			return err
		}
		r := d.Run()
		if !r.Ended() {
			return nil
		}
		if err := t.Ended(d, r, time.Time{}); err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s does not start again: %s", d.Name, r.Tail(6))
		}
	}
}
