//go:build !linux

// The guest runs in a virtual machine with Linux only.
package main

func main() {}
