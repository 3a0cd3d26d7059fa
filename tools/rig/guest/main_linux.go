// The guest is the first program of a virtual machine of tools/rig/vm. It does what it is told on the
// console, one line at a time, and answers each line with one that begins with "GUEST": it holds a
// frame, so that a search has something to find, runs the real eye as the warden would, ends it in
// several ways, and looks at it from outside. It runs only there, never on a device.
//
//	hold           another process takes a frame, closes the camera and keeps the frame in its memory
//	drop           that process is killed, and wipes nothing
//	eye            starts the eye /eye and waits until it counts
//	status         what the kernel says of the eye's confinement, the worst of its threads
//	signal N       sends the eye a signal and waits for its end
//	attack drawn NAME, attack camera NAME
//	               runs /hostile NAME to its end, with a drawn camera or with the one that is played
//	off            switches the machine off
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/proof/launch"
	"tellijn/tools/rig/inside"
)

// guest is the state between two lines.
type guest struct {
	camera string
	holder *holder
	eye    *launch.Eye
}

func main() {
	if !inside.Guest() {
		if len(os.Args) == 2 {
			hold(os.Args[1]) // the other process
		}
		fmt.Fprintln(os.Stderr, "guest: runs in a virtual machine of tools/rig/vm only")
		os.Exit(2)
	}
	g := guest{}
	if err := g.start(); err != nil {
		fmt.Println("GUEST failed:", err)
		inside.Off()
	}
	fmt.Println("GUEST ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		order, rest, _ := strings.Cut(strings.TrimSpace(in.Text()), " ")
		answer, err := g.do(order, rest)
		if err != nil {
			answer = "failed: " + err.Error()
		}
		fmt.Println("GUEST", answer)
	}
	inside.Off()
}

// start loads the drivers and waits for the camera.
func (g *guest) start() error {
	if err := inside.Up(nil); err != nil {
		return err
	}
	for start := time.Now(); time.Since(start) < 60*time.Second; time.Sleep(50 * time.Millisecond) {
		if g.camera = inside.Camera(usbcam.Name, 0); g.camera != "" {
			return nil
		}
	}
	return fmt.Errorf("no USB camera came up")
}

func (g *guest) do(order, rest string) (string, error) {
	switch order {
	case "hold":
		return "holds", g.take()
	case "drop":
		return "dropped", g.drop()
	case "eye":
		return g.look()
	case "status":
		if g.eye == nil {
			return "", fmt.Errorf("no eye runs")
		}
		return status(g.eye.Pid())
	case "signal":
		n, err := strconv.Atoi(rest)
		if err != nil || g.eye == nil {
			return "", fmt.Errorf("signal %q for %v", rest, g.eye)
		}
		return g.signal(n)
	case "attack":
		return g.attack(rest)
	case "off":
		inside.Off()
	}
	return "", fmt.Errorf("unknown order %q", order)
}
