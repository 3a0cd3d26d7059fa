//go:build !linux

package main

import "errors"

const etc = "/etc"

func requests() []uint64 { return nil }

// setting is nothing elsewhere: there the system sets up the network.
func setting(*options) error { return errors.New("only built for Linux") }

func supplicant(string) error { return errors.New("only built for Linux") }
