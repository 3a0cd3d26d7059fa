package guesttest

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"tellijn/tools/rig/inside"
)

// Tests are those that run in the machine.
type Tests struct {
	Options map[string]string // of modules, by module
	Prepare func() error      // before the tests; nil for nothing
	Last    func()            // after tests that all passed; nil for nothing
}

// Run is the TestMain of a test that runs its TestGuest tests in the machine: there it mounts what is needed, loads
// the modules, runs the tests, says with a mark how they went, and switches off. It does not come back.
func Run(m *testing.M, of Tests) {
	if !inside.Guest() {
		os.Exit(m.Run())
	}
	mark := MarkFail
	err := inside.Up(of.Options)
	if err == nil && of.Prepare != nil {
		err = of.Prepare()
	}
	if err != nil {
		fmt.Println(MarkFail, err)
	} else {
		fmt.Println(MarkUp)
		os.Args = os.Args[:1] // the kernel's command line is not for the tests
		flag.Parse()
		if flag.Set("test.v", "true") == nil && m.Run() == 0 {
			mark = MarkPass
		}
	}
	fmt.Println(mark)
	if mark == MarkPass && of.Last != nil {
		of.Last()
	}
	inside.Off()
}

// Do is the TestMain of a test that does something else in the machine: there it mounts what is needed, loads the
// modules, does it, says if it failed, and switches off. It does not come back.
func Do(m *testing.M, what func() error) {
	if !inside.Guest() {
		os.Exit(m.Run())
	}
	err := inside.Up(nil)
	if err == nil {
		err = what()
	}
	if err != nil {
		fmt.Println(MarkFail+":", err)
	}
	inside.Off()
}
