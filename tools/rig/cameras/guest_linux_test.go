package cameras

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"tellijn/tools/rig/inside"
)

// The test program is also the first and only process of the virtual machine: there it mounts what
// it needs, loads the driver, runs the tests, and switches off.

// Marks on the console, which the test outside waits for.
const (
	markDriver = "GUEST driver loaded"
	markPass   = "GUEST all passed"
	markFail   = "GUEST failed"
	markPull   = "GUEST asks: pull the plug"
)

// vividOptions make three cameras: 0 and 2 like webcams, with buffers in ordinary and in contiguous
// memory, 1 like an HDMI grabber with free sizes; and the metadata node 9.
// (Documentation/admin-guide/media/vivid.rst, "Configuring the driver")
const vividOptions = "n_devs=3 node_types=0x20001,0x1,0x1 num_inputs=1,1,1 input_types=0x0,0x3,0x0 allocators=0,0,1 " +
	"vid_cap_nr=0,1,2 meta_cap_nr=9"

func TestMain(m *testing.M) {
	if !inside.Guest() {
		os.Exit(m.Run())
	}
	mark := markFail
	if err := inside.Up(map[string]string{"vivid": vividOptions}); err != nil {
		fmt.Println(markFail, err)
	} else {
		fmt.Println(markDriver)
		os.Args = os.Args[:1] // the kernel's command line is not for the tests
		flag.Parse()
		if flag.Set("test.v", "true") == nil && m.Run() == 0 {
			mark = markPass
		}
	}
	fmt.Println(mark)
	inside.Off()
}
