// The eye is the one program that sees frames. It reads its orders from descriptor 0, once, opens
// the camera, lets the kernel take every right from it before the first frame comes, and then writes
// tallies of a fixed size to descriptor 3 until it ends. It has no network, no files, and no text
// once frames can come: what it says last is a code. A board that is not real may hand it a clip on descriptor 5. See firmware/orders
// and privacy/wire for the two ends, privacy/sandbox for what it may do.
package main

import (
	"os"
	"syscall"

	"tellijn/firmware/eye/parts"
	"tellijn/firmware/eye/run"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
	"tellijn/privacy/sandbox/eyes"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-manifest" {
		// With a camera on descriptor 5, as it is on most boards.
		e := eyes.Eye{Device: "(the camera of its orders)", Camera: 5, Pid: 1}
		for _, m := range []sandbox.Manifest{eyes.Opens(e), eyes.Settles(e), eyes.Counts(e)} {
			_, _ = run.Pipe(1).Write([]byte(m.Text()))
		}
		return
	}
	syscall.Exit(int(run.Eye(run.Parts{Open: parts.Open, Enter: confine.Enter})))
}
