package site

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"tellijn/privacy/sign"
	"tellijn/tools/faults/link"
)

// Device is one device. Life is held by whoever ends or starts a program of it, Net by whoever disturbs
// its network.
type Device struct {
	Name string
	Dir  string
	Room bool // shares the room
	MQTT bool
	Key  sign.Public
	Link *link.Link
	Life sync.Mutex
	Net  sync.Mutex
	Disk sync.Mutex

	site *Site
	seal string
	seed uint64

	mu   sync.Mutex
	run  *Run
	runs []*Run
}

// Courier is the directory of its courier, in which a thief finds certificate and queue.
func (d *Device) Courier() string { return filepath.Join(d.Dir, "courier") }

func (d *Device) config() string { return filepath.Join(d.site.Dir, d.Name+".toml") }

// identify has the device make its keys.
func (d *Device) identify() error {
	if err := os.WriteFile(d.config(), []byte(fmt.Sprintf("device = %q\n", d.Name)), 0o600); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	out, err := exec.Command(filepath.Join(d.site.Programs, "warden"), "-identity", "-board", "sim", "-dir", d.Dir, "-config", d.config()).Output()
	if err != nil {
		return fmt.Errorf("site: warden -identity: %w", err)
	}
	m := regexp.MustCompile(`sign = "([0-9a-f]{64})"\s+seal = "([0-9a-f]{64})"`).FindStringSubmatch(string(out))
	if m == nil {
		return fmt.Errorf("site: warden -identity says %q", out)
	}
	d.seal = m[2]
	d.Key, err = sign.ParsePublic(m[1])
	return err
}

// enrol lets it in at the collector and writes its configuration.
func (d *Device) enrol() error {
	kind := "https"
	if d.MQTT {
		kind = "mqtt"
	}
	args := []string{"enrol", "-dir", d.site.Collector.Dir, "-device", d.Name, "-key", d.Key.String(), "-simulated", "-kind", kind,
		"-host", d.Link.Address(), "-out", d.Courier()}
	if d.Room {
		args = append(args, "-room", Room, "-head="+strconv.FormatBool(d.Name == "north"))
	}
	if _, err := d.site.Collector.Command(args...); err != nil {
		return err
	}
	upload, err := os.ReadFile(filepath.Join(d.Courier(), "upload.toml"))
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "device = %q\n\n%s", d.Name, upload)
	if d.Room {
		fmt.Fprintf(&text, "\n[room]\nname = %q\nhead = \"north\"\n", Room)
		for _, o := range d.site.Devices {
			if o.Room {
				fmt.Fprintf(&text, "\n[[room.door]]\ndevice = %q\nsign = %q\nseal = %q\n", o.Name, o.Key, o.seal)
			}
		}
	}
	if err := os.WriteFile(d.config(), []byte(text.String()), 0o600); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	return nil
}

// Start starts it and waits until it counts. On a disk that is full it may not start: the caller tries
// again, as a board does.
func (d *Device) Start() error {
	r, err := d.start()
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.run = r
	d.runs = append(d.runs, r)
	d.mu.Unlock()
	return until(d.Name+" counts", func() bool { return r.Ended() || r.Counting() })
}

// Run gives the run that began last.
func (d *Device) Run() *Run {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.run
}

// Runs gives all runs since the beginning.
func (d *Device) Runs() []*Run {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*Run(nil), d.runs...)
}

// Child gives the process of a program of the device, 0 if it does not run. "warden" is the starter.
func (d *Device) Child(name string) int {
	r := d.Run()
	if r == nil || r.Ended() {
		return 0
	}
	if name == "warden" {
		return r.Pid
	}
	return r.children()[name]
}

// KillChild kills a program without warning, waits until it is gone, and gives its process id.
func (d *Device) KillChild(name string) (pid int, err error) {
	if err := until("a "+name+" of "+d.Name, func() bool { pid = d.Child(name); return pid != 0 }); err != nil {
		return 0, fmt.Errorf("%w; it said: %s", err, d.Run().Tail(4))
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return 0, fmt.Errorf("site: %w", err)
	}
	return pid, until(fmt.Sprintf("the end of %s %d", name, pid), func() bool { return !runs(pid) })
}

// Freeze stops a program of the device dead, waits until it stands, and gives its process id.
func (d *Device) Freeze(name string) (pid int, err error) {
	if err := until("a "+name+" of "+d.Name, func() bool { pid = d.Child(name); return pid != 0 }); err != nil {
		return 0, err
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return 0, fmt.Errorf("site: %w", err)
	}
	return pid, until(fmt.Sprintf("%s %d to stand", name, pid), func() bool { return state(pid) == 'T' })
}

// Whole waits until every program of the device runs.
func (d *Device) Whole() error {
	return until("every program of "+d.Name, func() bool {
		return d.Child("eye") != 0 && d.Child("courier") != 0 && d.Child("dialer") != 0 && d.Run().Counting()
	})
}

// Gone waits until no process of a run is left; pids are those that ran.
func Gone(pids map[string]int) error {
	for name, pid := range pids {
		if err := until(fmt.Sprintf("the end of %s %d", name, pid), func() bool { return !runs(pid) }); err != nil {
			return err
		}
	}
	return nil
}

// Stop asks for an orderly end and waits for it.
func (d *Device) Stop() error {
	r := d.Run()
	if r == nil || r.Ended() {
		return nil
	}
	pids := r.children()
	_ = syscall.Kill(r.Pid, syscall.SIGTERM)
	if err := until("the orderly end of "+d.Name, r.Ended); err != nil {
		return err
	}
	return Gone(pids)
}

// end kills everything of it.
func (d *Device) end() {
	r := d.Run()
	if r == nil || r.Ended() {
		return
	}
	pids := r.children()
	pids["warden"] = r.Pid
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = Gone(pids)
}
