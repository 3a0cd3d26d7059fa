package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"tellijn/firmware/scout/radio"
	"tellijn/firmware/scout/setter"
	"tellijn/hal/clock/adjust"
	"tellijn/privacy/sandbox"
)

// supplicantUser is a user without files of its own, and not the one that the asker is.
const supplicantUser = 65533

// joins is what a supplicant has, of those folders of libraries that are there.
func joins() *sandbox.Radio {
	r := sandbox.Radio{Program: "/sbin/wpa_supplicant", Dir: "/run/scout"}
	for _, dir := range []string{"/lib", "/usr/lib"} {
		if _, err := os.Stat(dir); err == nil {
			r.Libraries = append(r.Libraries, dir)
		}
	}
	return &r
}

// prepare makes a supplicant ready to be started, nil if there is nothing to join or nobody to do it. It
// wants to be done before the setter gives up its rights.
func prepare(o *options, s *setter.Setup, null *os.File) *radio.Supplicant {
	r := joins()
	if o.wifi == "" {
		return nil
	}
	if _, err := os.Stat(r.Program); errors.Is(err, os.ErrNotExist) {
		fmt.Println("Skipped  radio: this image is made without one")
		return nil
	}
	n, err := radio.Load(o.wifi)
	if err == nil {
		err = n.Prepare(filepath.Dir(o.wifi), r.Dir, supplicantUser, s.Timed())
	}
	if err != nil {
		fmt.Println("Failed   radio:", err)
		return nil
	}
	return &radio.Supplicant{Path: "/proc/self/exe", Args: []string{"scout-supplicant", supplicantArg}, User: supplicantUser, Null: null.Fd(), Boot: adjust.Clock{}.Boot,
		Env: []string{}}
}

// supplicant confines itself and becomes wpa_supplicant for an interface.
func supplicant(card string) error {
	r := joins()
	if err := enter(sandbox.Supplicant(*r)); err != nil {
		return err
	}
	return syscall.Exec(r.Program, radio.Args(card, r.Dir), []string{})
}
