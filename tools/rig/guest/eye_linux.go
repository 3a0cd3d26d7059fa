package main

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/launch"
)

// counts is how many tallies an eye has written before it is said to count: its frames come and go
// by then.
const counts = 5

// patience bounds what an eye may take on a busy machine.
const patience = 60 * time.Second

// door are the orders of an eye at a real door, or, drawn, of one on a virtual board.
func (g *guest) door(drawn bool) orders.Orders {
	f := camera.Format{Pixel: camera.YUYV, Width: 320, Height: 240, Interval: 33_333 * time.Microsecond}
	if drawn {
		f.Pixel = camera.GREY
		o := launch.Door(orders.Sim, f)
		o.Sim = orders.Scripted{Seed: 5}
		return o
	}
	o := launch.Door(orders.V4L2, f)
	o.Board, o.Device = orders.Real, g.camera
	return o
}

// look starts the eye and waits until it counts.
func (g *guest) look() (string, error) {
	if g.eye != nil {
		return "", errors.New("an eye runs already")
	}
	e, err := launch.Start(launch.Options{Path: "/eye", Orders: g.door(false), Spaces: true})
	if err != nil {
		return "", err
	}
	for start := time.Now(); len(e.Said()) < counts*wire.Size; time.Sleep(20 * time.Millisecond) {
		select {
		case <-e.Done():
			e.Kill()
			return "", fmt.Errorf("the eye ended with %s before it counted: %s", how(e), words(e))
		default:
		}
		if time.Since(start) > patience {
			e.Kill()
			return "", fmt.Errorf("the eye did not count within %v", patience)
		}
	}
	g.eye = e
	return "counts", nil
}

// signal ends the eye and waits until nothing of it is left.
func (g *guest) signal(n int) (string, error) {
	e := g.eye
	g.eye = nil
	e.Signal(syscall.Signal(n))
	if !e.Wait(patience) {
		return "", fmt.Errorf("signal %d did not end the eye", n)
	}
	return fmt.Sprintf("ended %s after %d frames", how(e), cycles(e)), released(g.camera)
}

// attack runs one attack to its end.
func (g *guest) attack(rest string) (string, error) {
	kind, name, _ := strings.Cut(rest, " ")
	e, err := launch.Start(launch.Options{Path: "/hostile", Args: []string{name}, Orders: g.door(kind == "drawn"), Spaces: true})
	if err != nil {
		return "", err
	}
	if !e.Wait(patience) {
		return fmt.Sprintf("attacked still running after %v", patience), nil
	}
	return fmt.Sprintf("attacked %s after %d frames %s", how(e), cycles(e), words(e)), released(g.camera)
}

// how says how it ended: "code" or "signal", and the number.
func how(e *launch.Eye) string {
	ws := e.Status()
	if ws.Signaled() {
		return fmt.Sprintf("signal %d", ws.Signal())
	}
	return fmt.Sprintf("code %d", ws.ExitStatus())
}

// cycles adds up what its tallies say.
func cycles(e *launch.Eye) (n uint32) {
	for b := e.Said(); len(b) >= wire.Size; b = b[wire.Size:] {
		if m, err := wire.Decode((*[wire.Size]byte)(b)); err == nil {
			n += m.Tally.Cycles
		}
	}
	return n
}

// words are the first that it said.
func words(e *launch.Eye) string {
	line, _, _ := strings.Cut(e.Words(), "\n")
	return line
}
