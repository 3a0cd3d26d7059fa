package attacks

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/tools/proof/attacks/codes"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/launch"
)

// Outcome is what became of one attack.
type Outcome struct {
	Attack
	Fired  bool   // where nothing held it, it came as far as the kernel or the pipe
	Worked bool   // there it even did what it wanted
	Free   string // how that went, in words
	Held   bool   // confined, it was stopped by whom it should be
	How    string // how that went, in words
}

// drawn are the orders of an attack: a drawn camera of 320x240.
func drawn() orders.Orders {
	o := launch.Door(orders.Sim, camera.Format{Pixel: camera.GREY, Width: 320, Height: 240, Stride: 320, Interval: 40 * time.Millisecond})
	o.Sim = orders.Scripted{Seed: 5}
	return o
}

// patience is how long an eye may take for its attack on a busy machine.
const patience = 20 * time.Second

// Try makes one attack without and with confinement. eye is the hostile eye, warden and courier are
// the programs of the firmware, built with the tag sim; dir is a folder for what they make.
func Try(ctx context.Context, a Attack, eye, warden, courier, dir string) (Outcome, error) {
	o := Outcome{Attack: a}
	free, err := launch.Start(launch.Options{Path: eye, Args: []string{a.Name, "free"}, Orders: drawn()})
	if err != nil {
		return o, err
	}
	ended := free.Wait(patience)
	o.Free = ending(free.Status())
	code := free.Status().ExitStatus()
	// A crash is what these two are about.
	crashed := (a.Name == "panic" || a.Name == "fault") && code == 2 && strings.Contains(free.Words(), "goroutine")
	o.Worked = ended && (code == codes.Worked || a.Name == "exec" && code == 0 || crashed)
	o.Fired = o.Worked || ended && code == codes.Refused
	if a.By == Warden {
		return o, o.warned(ctx, eye, warden, courier, dir)
	}
	e, err := launch.Start(launch.Options{Path: eye, Args: []string{a.Name}, Orders: drawn(), Spaces: true})
	if err != nil {
		return o, err
	}
	ended = e.Wait(patience)
	ws := e.Status()
	o.How = ending(ws)
	o.Held = ended && ws.Signaled() && ws.Signal() == syscall.SIGSYS && !ws.CoreDump() && e.Words() == ""
	if e.Words() != "" {
		o.How += fmt.Sprintf(", after it wrote %q", e.Words())
	}
	return o, nil
}

// warned lets the real warden deal with the eye, and listens to what it says.
func (o *Outcome) warned(ctx context.Context, eye, warden, courier, dir string) error {
	dir = filepath.Join(dir, o.Name)
	if err := os.MkdirAll(filepath.Join(dir, "queue"), 0o700); err != nil {
		return err
	}
	named := filepath.Join(dir, "eye."+o.Name) // the starter hands no arguments down
	if err := os.Link(eye, named); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, warden, "-board", "sim", "-dir", filepath.Join(dir, "queue"), "-eye", named, "-courier", courier)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return err
	}
	want := "the eye was ended, because it said what cannot be"
	if o.Name == "hold" {
		want = "held a frame"
	}
	o.How = "the warden did not notice"
	for in := bufio.NewScanner(out); in.Scan(); {
		if strings.Contains(in.Text(), want) {
			o.Held, o.How = true, strings.TrimSpace(strings.TrimPrefix(in.Text(), "Failed   camera:"))
			break
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait()
	return nil
}

// ending says in words how a program ended.
func ending(ws syscall.WaitStatus) string {
	switch {
	case ws.Signaled() && ws.Signal() == syscall.SIGSYS:
		return "the kernel ended it at the call"
	case ws.Signaled():
		return "ended by " + ws.Signal().String()
	case ws.ExitStatus() == codes.Worked:
		return "it worked"
	case ws.ExitStatus() == codes.Refused:
		return "the kernel refused it for other reasons"
	}
	return fmt.Sprintf("exit code %d (the eye %s)", ws.ExitStatus(), orders.Ending(ws.ExitStatus()))
}

// Build builds what the attacks need.
func Build(ctx context.Context, b *bench.Bench) (eye, warden, courier string, err error) {
	if eye, err = b.Program(ctx, Hostile, "", Tags); err != nil {
		return
	}
	if warden, err = b.Program(ctx, "firmware/warden", "", "sim"); err != nil {
		return
	}
	courier, err = b.Program(ctx, "firmware/courier", "", "sim")
	return
}
