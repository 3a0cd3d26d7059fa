// Package storetest is for tests of what stands on firmware/store: a process that writes until it is killed, a file
// system that is soon full, and what was written. It is never on a device.
package storetest

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"testing"
	"time"
)

// Kill starts the test program again with one more variable, "NAME=value", kills it d after the first that it says,
// and gives the last; heard is false if it said nothing. What it says is a T, little-endian, again and again
// (encoding/binary). A program that ends by itself ends the test.
func Kill[T any](t *testing.T, variable string, d time.Duration) (last T, heard bool) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.StartProcess(self, []string{self}, &os.ProcAttr{
		Env: append(os.Environ(), variable), Files: []*os.File{nil, w, os.Stderr}})
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewReader(r); ; heard = true {
		var said T
		if err := binary.Read(in, binary.LittleEndian, &said); err != nil {
			if err != io.EOF {
				t.Fatal(err)
			}
			break
		}
		if last = said; !heard {
			time.AfterFunc(d, func() { p.Kill() })
		}
	}
	if state, err := p.Wait(); err != nil || state.Exited() {
		t.Fatalf("the child was not killed: %v, %v", state, err)
	}
	return last, heard
}
