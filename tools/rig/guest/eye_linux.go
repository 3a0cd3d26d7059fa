package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/counting/scene"
	"tellijn/firmware/orders"
	"tellijn/hal/alarm"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

// counts is how many tallies an eye has written before it is said to count: its frames come and go
// by then.
const counts = 2

// program is an eye, or one that attacks.
type program struct {
	cmd     *exec.Cmd
	tallies atomic.Uint32
	cycles  atomic.Uint32
	done    chan struct{} // closed when it has ended
	alarm   *alarm.Alarm
}

func (p *program) pid() int { return p.cmd.Process.Pid }

// told are the orders of an eye at a real door.
func told(device string) ([]byte, error) {
	o := orders.Orders{Board: orders.Real, Driver: orders.V4L2, Device: device, Beat: time.Second, Speed: 1,
		Wanted: orders.Wanted{Pixel: camera.YUYV, Width: 320, Height: 240, Interval: 33_333 * time.Microsecond}}
	o.Scene.PersonArea, o.Scene.NLines = 20_000, 1
	o.Scene.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	b, err := orders.Encode(&o)
	return b[:], err
}

// run starts a program with the descriptors, the environment and the namespaces of an eye.
func (g *guest) run(path string, args ...string) (*program, error) {
	message, err := told(g.camera)
	if err != nil {
		return nil, err
	}
	timer, err := alarm.New()
	if err != nil {
		return nil, err
	}
	here, there, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"GODEBUG=asyncpreemptoff=1,updatemaxprocs=0", "GOMAXPROCS=1"}
	cmd.Stdin = strings.NewReader(string(message)) // a pipe that ends behind the message
	cmd.ExtraFiles = []*os.File{there, timer.File()}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS}
	words, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	err = cmd.Start()
	there.Close()
	if err != nil {
		here.Close()
		timer.Close()
		return nil, err
	}
	p := &program{cmd: cmd, done: make(chan struct{}), alarm: timer}
	go p.tally(here)
	go p.wait(words)
	return p, nil
}

// tally counts what it writes, and judges nothing.
func (p *program) tally(in *os.File) {
	defer in.Close()
	var buf [wire.Size]byte
	for {
		if _, err := io.ReadFull(in, buf[:]); err != nil {
			return
		}
		if m, err := wire.Decode(&buf); err == nil {
			p.cycles.Add(m.Tally.Cycles)
		}
		p.tallies.Add(1)
	}
}

// wait passes the words on until the program has ended.
func (p *program) wait(words io.Reader) {
	for in, n := bufio.NewScanner(words), 0; in.Scan(); n++ {
		if n < 5 {
			fmt.Println("it says:", in.Text())
		}
	}
	p.cmd.Wait()
	p.alarm.Close()
	close(p.done)
}

// how says in words how it ended.
func (p *program) how() string {
	ws, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case ok && ws.Signaled():
		return fmt.Sprintf("signal %d", ws.Signal())
	case ok && ws.Exited():
		return fmt.Sprintf("code %d", ws.ExitStatus())
	}
	return "unknown"
}

// look starts the eye and waits until it counts.
func (g *guest) look() (string, error) {
	if g.eye != nil {
		return "", errors.New("an eye runs already")
	}
	p, err := g.run("/eye")
	if err != nil {
		return "", err
	}
	for start := time.Now(); p.tallies.Load() < counts; time.Sleep(20 * time.Millisecond) {
		select {
		case <-p.done:
			return "", fmt.Errorf("the eye ended with %s before it counted", p.how())
		default:
		}
		if time.Since(start) > 60*time.Second {
			p.cmd.Process.Kill()
			return "", fmt.Errorf("the eye did not count within %v", time.Since(start))
		}
	}
	g.eye = p
	return "counts", nil
}

// signal ends the eye and waits until nothing of it is left.
func (g *guest) signal(n int) (string, error) {
	p := g.eye
	g.eye = nil
	if err := p.cmd.Process.Signal(syscall.Signal(n)); err != nil {
		return "", err
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.cmd.Process.Kill()
		return "", fmt.Errorf("signal %d did not end the eye", n)
	}
	return fmt.Sprintf("ended %s after %d cycles", p.how(), p.cycles.Load()), released(g.camera)
}

// attack runs one attack to its end.
func (g *guest) attack(name string) (string, error) {
	p, err := g.run("/hostile", name)
	if err != nil {
		return "", err
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.cmd.Process.Kill()
		<-p.done
		return fmt.Sprintf("attacked still ran after 30 s, %d cycles", p.cycles.Load()), nil
	}
	return fmt.Sprintf("attacked %s after %d cycles", p.how(), p.cycles.Load()), released(g.camera)
}
