package attacks

import (
	"context"
	"fmt"
	"os"
	"strconv"
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
	Fired  bool          // where nothing held it, it came as far as the kernel or the pipe
	Worked bool          // there it even did what it wanted
	No     syscall.Errno // what the kernel answered there if it did not
	Idle   bool          // refused by the same error confined and free, so that nothing is shown
	Free   string        // how that went, in words
	Held   bool          // confined, it was stopped by whom it should be; a control was not
	How    string        // how that went, in words
}

// drawn are the orders of an attack: a drawn camera of 320x240, or one of the kernel, for which
// something stands in.
func drawn(stand bool) orders.Orders {
	driver := orders.Sim
	if stand {
		driver = orders.V4L2
	}
	o := launch.Door(driver, camera.Format{Pixel: camera.GREY, Width: 320, Height: 240, Stride: 320, Interval: 40 * time.Millisecond})
	if o.Sim = (orders.Scripted{Seed: 5}); stand {
		o.Sim, o.Device = orders.Scripted{}, codes.StandIn
	}
	return o
}

// patience is how long an eye may take for its attack on a busy machine.
const patience = 20 * time.Second

// Try makes one attack without and with confinement. eye is the hostile eye, warden and courier are
// the programs of the firmware, built with the tag sim; dir is a folder for what they make.
func Try(ctx context.Context, a Attack, eye, warden, courier, dir string) (Outcome, error) {
	o := Outcome{Attack: a}
	self := strconv.Itoa(os.Getpid())
	free, err := launch.Start(launch.Options{Path: eye, Args: []string{a.Name, "free", self}, Orders: drawn(a.Camera), Apart: true})
	if err != nil {
		return o, err
	}
	o.free(free.Wait(patience), free.Status(), free.Words())
	if a.By == Warden {
		return o, o.warned(ctx, eye, warden, courier, dir)
	}
	e, err := launch.Start(launch.Options{Path: eye, Args: []string{a.Name, "confined", self}, Orders: drawn(a.Camera), Spaces: true})
	if err != nil {
		return o, err
	}
	o.confined(e.Wait(patience), e.Status(), e.Words())
	return o, nil
}

// free judges how it went where nothing held it.
func (o *Outcome) free(ended bool, ws syscall.WaitStatus, words string) {
	o.Free = ending(ws)
	o.No = answer(ws)
	// Crashes are what these two are about, and a program that became another ends as that one does.
	crashed := (o.Name == "panic" || o.Name == "fault") && ws.ExitStatus() == 2 && strings.Contains(words, "goroutine")
	other := (o.Name == "exec" || o.Name == codes.Early+"exec" || o.Name == codes.Settling+"exec") && ws.Exited() && ws.ExitStatus() == 0
	o.Worked = ended && (ws.ExitStatus() == codes.Worked || other || crashed)
	if o.Worked {
		o.Free = "it worked"
	}
	o.Fired = o.Worked || ended && o.No != 0 && o.No != syscall.ENOSYS
}

// confined judges how it went with the walls up, after free.
func (o *Outcome) confined(ended bool, ws syscall.WaitStatus, words string) {
	o.How = ending(ws)
	no := answer(ws)
	switch {
	case o.Control: // it comes as far as it does without walls
		o.Held = ended && ws.Exited() && no == o.No && (no != 0 || o.Worked && ws.ExitStatus() == codes.Worked)
	case ws.Signaled() && ws.Signal() == syscall.SIGSYS:
		o.Held = ended && !ws.CoreDump() && words == ""
	case (o.By == Opening || o.By == Settling) && (no == syscall.EACCES || no == syscall.ENOENT || no == syscall.EPERM):
		// That is a wall only if there is none where nothing holds it.
		o.Held, o.Idle = ended && words == "" && o.Worked, no == o.No
	}
	if words != "" {
		o.How += fmt.Sprintf(", after it wrote %q", words)
	}
}

// answer is the error that the kernel gave to the call of an attack, 0 for none.
func answer(ws syscall.WaitStatus) syscall.Errno {
	if !ws.Exited() || ws.ExitStatus() < codes.Errno {
		return 0
	}
	return syscall.Errno(ws.ExitStatus() - codes.Errno)
}

// ending says in words how a program ended.
func ending(ws syscall.WaitStatus) string {
	switch no := answer(ws); {
	case ws.Signaled() && ws.Signal() == syscall.SIGSYS:
		return "the kernel ended it at the call"
	case ws.Signaled():
		return "ended by " + ws.Signal().String()
	case ws.ExitStatus() == codes.Worked:
		return "it worked"
	case ws.ExitStatus() == codes.Failed:
		return "it was not made"
	case no != 0:
		return "the kernel refused it: " + no.Error()
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
