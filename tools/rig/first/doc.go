// Package first tries the warden as the first process of a board (firmware/warden/first), without a board: its
// test boots the kernel of the boards with tools/rig/vm, with the warden as its init and a card that is made here,
// and judges by what the console says, and by what is on the card afterwards. Its camera is drawn: nobody real is
// counted. It stands outside the data path.
package first
