package cameras

import (
	"testing"

	"tellijn/tools/rig/guest/guesttest"
)

// markPull on the console has the test outside pull the plug.
const markPull = "GUEST asks: pull the plug"

// vividOptions make three cameras: 0 and 2 like webcams, with buffers in ordinary and in contiguous
// memory, 1 like an HDMI grabber with free sizes; and the metadata node 9.
// (Documentation/admin-guide/media/vivid.rst, "Configuring the driver")
const vividOptions = "n_devs=3 node_types=0x20001,0x1,0x1 num_inputs=1,1,1 input_types=0x0,0x3,0x0 allocators=0,0,1 " +
	"vid_cap_nr=0,1,2 meta_cap_nr=9"

// TestMain is the first process of the virtual machine too, with the driver.
func TestMain(m *testing.M) {
	guesttest.Run(m, guesttest.Tests{Options: map[string]string{"vivid": vividOptions}})
}
