// Package clock tries hal/clock/adjust and the setter of the scout on a real clock: that of a virtual machine,
// for that of the machine that runs the tests is not to be set. Its test boots the kernel of the boards with
// tools/rig/vm. No camera and no network is near, and it stands outside the data path.
package clock
