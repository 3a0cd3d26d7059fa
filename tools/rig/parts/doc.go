// Package parts tries hal/gpio, lamp, button, power, watchdog and rtc on unmodified drivers of the kernel that
// the boards boot, without a board on the desk: its test boots that kernel with tools/rig/vm and runs in it
// the smoke tests that run on a real board, and then the requests of the warden's core under the list of
// calls that the core has. What hangs on the lines is played from outside of the machine: wires, a lamp that is
// looked at, a button that is pressed. At the end the watchdog bites. No camera is near, and it stands
// outside the data path.
//
// The machine is QEMU's virt: its chip of lines is a PL061, its watchdog an i6300esb, its clock a PL031. Those
// of a Raspberry Pi have other drivers below the same interface of the kernel.
package parts
