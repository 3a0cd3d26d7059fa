package parts

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/hal/watchdog"
)

// patience bounds each wait on a busy computer.
const patience = 60 * time.Second

// device is a warden at work with its eye and its courier, on a board whose camera is drawn.
type device struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string
	said  []string
	wire  func() // from the switch to what is read back
}

// begin starts one.
func begin(t *testing.T) *device {
	t.Helper()
	console("drive GPIO23 high")
	d := &device{t: t, lines: make(chan string, 100), wire: join("GPIO17", "GPIO27")}
	d.cmd = exec.Command("/warden", "-board", "virt", "-dir", "/tmp/device", "-eye", "/eye", "-courier", "/courier")
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd.Stderr = d.cmd.Stdout
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(d.lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			d.lines <- in.Text()
		}
	}()
	return d
}

// step lets the wire follow once, and takes what was said. It tells whether there may be more.
func (d *device) step() bool {
	d.wire()
	for {
		select {
		case line, ok := <-d.lines:
			if !ok {
				return false
			}
			d.said = append(d.said, line)
			fmt.Println("|", line) // for the log of this machine
			continue
		case <-time.After(10 * time.Millisecond):
			return true
		}
	}
}

// await steps until it says so.
func (d *device) await(words string) {
	d.t.Helper()
	for start := time.Now(); !d.has(words); {
		if !d.step() || time.Since(start) > patience {
			d.t.Fatalf("never said: %q", words)
		}
	}
}

func (d *device) has(words string) bool {
	return strings.Contains(strings.Join(d.said, "\n"), words)
}

// sound has no part that failed. An eye on a busy computer may, for it is late with a frame now and then.
func (d *device) sound() {
	d.t.Helper()
	for _, part := range []string{"camera power", "camera lamp", "lamp", "button", "watchdog", "eye or courier"} {
		if d.has("Failed   " + part + ":") {
			d.t.Errorf("%s failed", part)
		}
	}
}

// end waits for its end and gives its code.
func (d *device) end() int {
	d.t.Helper()
	for start := time.Now(); d.step(); {
		if time.Since(start) > patience {
			_ = d.cmd.Process.Kill()
			d.t.Fatal("does not end")
		}
	}
	_ = d.cmd.Wait()
	return d.cmd.ProcessState.ExitCode()
}

// TestGuestWarden counts with a steady lamp and a camera that has power, until somebody holds the button: it
// ends with the code for powering off, the camera without power, the lamp dark, and the watchdog in order.
func TestGuestWarden(t *testing.T) {
	guest(t)
	d := begin(t)
	d.await("Loaded   camera:")
	for _, words := range []string{"Loaded   camera power: GPIO17 of", "Loaded   camera lamp: GPIO27 of", "Loaded   lamp: GPIO22 of",
		"Loaded   button: GPIO23 of", "Loaded   watchdog: /dev/watchdog0 of", "Loaded   confinement of the warden: "} {
		if !d.has(words) {
			t.Errorf("not said: %q", words)
		}
	}
	lamp, power := level("GPIO22"), level("GPIO17")
	steady := func() bool {
		for start := time.Now(); time.Since(start) < 2*time.Second; d.step() {
			if !lamp() || !power() {
				return false
			}
		}
		return true
	}
	for start := time.Now(); !steady(); {
		if time.Since(start) > patience {
			t.Fatal("the lamp is not steady, or the camera has no power")
		}
	}
	console("drive GPIO23 low")
	if code := d.end(); code != 64 {
		t.Errorf("ended with %d, want 64", code)
	}
	if lamp() || power() || !d.has("the button was held: the device powers off") {
		t.Errorf("lamp %v, power %v, or it did not say why", lamp(), power())
	}
	d.sound()
}

// TestGuestWelded has a switch that does not open any more: it is said, and everything else goes on.
func TestGuestWelded(t *testing.T) {
	guest(t)
	d := begin(t)
	d.await("Loaded   camera:")
	d.wire = func() { console("drive GPIO27 high") }
	d.step()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := d.end(); code != 0 || !d.has("Failed   camera lamp: it is lit although the camera was switched off") {
		t.Errorf("ended with %d, or did not say that the camera has power", code)
	}
	if level("GPIO17")() {
		t.Error("the line of the switch is high")
	}
}

// TestGuestKilled kills the core, whose watchdog then runs on. A warden that is started again takes it over in
// time: the machine does not start anew, and the camera loses its power in between.
func TestGuestKilled(t *testing.T) {
	guest(t)
	d := begin(t)
	d.await("Loaded   camera:")
	pid := core()
	if pid == 0 || syscall.Kill(pid, syscall.SIGKILL) != nil {
		t.Fatalf("no core, or it was not killed: process %d", pid)
	}
	killed := time.Now()
	if code := d.end(); code != 1 || !d.has("the warden's core was ended") {
		t.Errorf("ended with %d", code)
	}
	d = begin(t)
	d.await("Loaded   camera power:")
	d.await("Loaded   camera:")
	for time.Since(killed) < watchdog.Timeout*5/4 {
		if !d.step() {
			t.Fatal("it ended")
		}
	}
	console("drive GPIO23 low")
	if code := d.end(); code != 64 {
		t.Errorf("ended with %d, want 64", code)
	}
	d.sound()
}

// core gives the process that calls itself the warden's core, or 0.
func core() int {
	all, _ := filepath.Glob("/proc/[0-9]*/comm")
	for _, path := range all {
		if b, _ := os.ReadFile(path); strings.TrimSpace(string(b)) == "warden-core" {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			return pid
		}
	}
	return 0
}
