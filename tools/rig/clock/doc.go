// Package clock tries hal/clock/adjust and the whole scout on a real clock: that of a virtual machine, for that of
// the machine that runs the tests is not to be set. Its test boots the kernel of the boards with tools/rig/vm, on
// a network of its own (tools/rig/segment). No camera is near, and it stands outside the data path.
package clock
