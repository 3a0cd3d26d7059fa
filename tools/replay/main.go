// Replay plays clips and simulated scenes to the counting of the device, and says how well and how
// fast it counts. It reads files only; no mode shows a camera.
//
//	go run ./tools/replay -truth truth.json -clips DIR -events OUT [-score] [-wrong DIR]
//	go run ./tools/replay -play CLIP -line 0,0.5,1,0.5 -person-area 0.03
//	go run ./tools/replay -scenes 2000 -quiet 50
//	go run ./tools/replay -knobs -out DIR
//	go run ./tools/replay -grid 80x60 -time FRAMES.yuyv
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	o, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = o.run(os.Stdout, os.Stderr)
	}
	os.Exit(status(os.Stderr, err))
}

// status prints what went wrong and gives the exit status.
func status(w io.Writer, err error) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(w, "replay:", err)
		return 2
	case errors.Is(err, errSaid):
		return 1
	}
	fmt.Fprintln(w, "replay:", err)
	return 1
}

func (o *options) run(out, errs *os.File) error {
	switch {
	case o.truth != "":
		return o.runTruth(out, errs)
	case o.time != "":
		return o.runTime(out)
	case o.play != "":
		return o.runPlay(out, errs)
	case o.knobs:
		return o.runKnobs(out, errs)
	}
	return o.runScenes(out, errs)
}
