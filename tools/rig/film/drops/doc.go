// Package drops is a test: what a kernel's camera driver loses on a busy computer, of frames that are sent at a camera's
// own pace and of frames that wait for the board (tools/rig/film). It boots a kernel in QEMU whose only program takes
// frames as the eye does. It holds no other code, and stands outside the data path.
package drops
