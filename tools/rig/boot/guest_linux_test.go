package boot

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/hal/gpio"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/inside"
)

// The test program is also the first of the emulated board: there it moves the lines that the firmware would.
func TestMain(m *testing.M) {
	guesttest.Do(m, func() error {
		err := guest()
		if err == nil {
			fmt.Println("GUEST done")
		}
		return err
	})
}

func line(name string, out bool) (*gpio.Line, error) {
	p, err := gpio.Find(name)
	if err != nil {
		return nil, err
	}
	if out {
		return gpio.Output(p, false)
	}
	return gpio.Input(p, 0)
}

// until waits for something, at most a minute.
func until(what string, f func() (bool, error)) error {
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(20 * time.Millisecond) {
		if ok, err := f(); ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("no %s", what)
}

func guest() error {
	name, _ := os.ReadFile("/proc/device-tree/compatible")
	clock, _ := os.ReadFile("/sys/class/rtc/rtc0/date")
	cmdline, _ := os.ReadFile("/proc/cmdline")
	_, dog := os.Stat("/dev/watchdog0")
	fmt.Printf("GUEST is %q at %s; watchdog %v; %s\n", name, strings.TrimSpace(string(clock)), dog == nil, cmdline)
	if !strings.Contains(string(name), "dummy-virt") { // nothing hangs on its lines: only the camera
		if _, err := gpio.Find("GPIO17"); err != nil {
			return err
		}
		if err := until("camera", func() (bool, error) { return inside.Camera(usbcam.Name, 0) != "", nil }); err != nil {
			return err
		}
		fmt.Println("GUEST has a camera")
		return frames(inside.Camera(usbcam.Name, 0), 3)
	}
	power, err := line("GPIO17", true)
	if err != nil {
		return err
	}
	lit, err := line("GPIO27", false)
	if err != nil {
		return err
	}
	lamp, err := line("GPIO22", true)
	if err != nil {
		return err
	}
	button, err := line("GPIO23", false)
	if err != nil {
		return err
	}
	there := func() bool { return inside.Camera(usbcam.Name, 0) != "" }
	for i := range 2 {
		if high, err := lit.High(); high || err != nil || there() {
			return fmt.Errorf("round %d: without power the lamp is lit (%v, %v) or there is a camera", i, high, err)
		}
		if err := power.Set(true); err != nil {
			return err
		}
		if err := until("lamp of the camera", lit.High); err != nil {
			return err
		}
		if err := until("camera", func() (bool, error) { return there(), nil }); err != nil {
			return err
		}
		if err := frames(inside.Camera(usbcam.Name, 0), 5); err != nil {
			return err
		}
		if err := power.Set(false); err != nil {
			return err
		}
		if err := until("darkness", func() (bool, error) { high, err := lit.High(); return !high && !there(), err }); err != nil {
			return err
		}
	}
	fmt.Println("GUEST saw and is dark")
	if err := lamp.Set(true); err != nil {
		return err
	}
	if high, err := button.High(); !high || err != nil {
		return fmt.Errorf("the button is pressed already: %v", err)
	}
	fmt.Println("GUEST waits for the button")
	if err := until("button", func() (bool, error) { high, err := button.High(); return !high, err }); err != nil {
		return err
	}
	if err := until("end of the button", button.High); err != nil {
		return err
	}
	if err := lamp.Set(false); err != nil {
		return err
	}
	time.Sleep(5 * look) // for the bench to see it
	return nil
}

func frames(path string, n int) error {
	s, err := v4l2.Open(path, v4l2.Options{Width: 320, Height: 240, Accept: []camera.PixelFormat{camera.YUYV}, Settle: -1, Timeout: 20 * time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	var f camera.Frame
	for range n {
		if err := s.Borrow(&f); err != nil {
			return err
		}
		if _, err := s.Return(&f); err != nil {
			return err
		}
	}
	return nil
}
