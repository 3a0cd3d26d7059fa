// The warden starts eye and courier, holds the eye to its orders, makes records of what it counts
// and hands them to the courier. It has no network and no camera. It is two processes of this one
// program: the starter, which a person starts and which may start programs, and the core, which
// does the work and may start nothing (firmware/warden/starter). It runs as an ordinary program: on
// a computer it is started by tools/try, on a board it will be the first process.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGPIPE)
	code, err := 0, error(nil)
	if len(os.Args) > 1 && os.Args[1] == coreArg {
		o, _ := flags("warden", os.Args[2:])
		err = core(o)
	} else {
		code, err = start(flags("warden", os.Args[1:]))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "warden:", strings.TrimPrefix(err.Error(), "warden: "))
		code = max(code, 1)
	}
	os.Exit(code)
}
