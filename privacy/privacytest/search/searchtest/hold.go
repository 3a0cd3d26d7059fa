// Package searchtest holds bytes in a register of this process and nowhere else, so that a search of
// registers can show that it finds what is there. Only tests call it, in a process made for it; it
// never returns before it is told to. It stands outside the data path.
package searchtest
