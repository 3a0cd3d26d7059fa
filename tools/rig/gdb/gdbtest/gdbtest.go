// Package gdbtest is a pretended machine with the stub that QEMU has for debuggers, for tests of what speaks with one.
// It keeps to the protocol, and never knows what a question means: each test answers for itself. It is for tests of
// the rig, outside the data path.
package gdbtest

import (
	"bufio"
	"net"
	"testing"

	"tellijn/tools/rig/gdb"
)

// Silence is what a machine answers that runs on.
const Silence = "silence"

// Begin connects a client to a machine that answers each packet as answer says; "" is an answer too. Whoever
// interrupts the machine hears that its first processor stopped. conn is the machine's end; it is closed after the test.
func Begin(t testing.TB, answer func(question string) string) (c *gdb.Client, conn net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // a pipe has no room, and a stub speaks unasked
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if conn, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	say(conn, "T05thread:01;") // as QEMU does when somebody comes
	go serve(conn, answer)
	if c, err = gdb.New(here); err != nil {
		t.Fatal(err)
	}
	return c, conn
}

func say(conn net.Conn, body string) { conn.Write(gdb.Frame([]byte(body))) }

// serve answers until the connection ends.
func serve(conn net.Conn, answer func(string) string) {
	in := bufio.NewReader(conn)
	for {
		if b, err := in.Peek(1); err == nil && (b[0] == 3 || b[0] == '+') {
			in.Discard(1)
			if b[0] == 3 {
				say(conn, "T02thread:01;")
			}
			continue
		}
		body, err := gdb.Next(in)
		if err != nil {
			return
		}
		text := answer(string(body))
		if _, err := conn.Write([]byte{'+'}); err != nil {
			return
		}
		if text != Silence {
			say(conn, text)
		}
	}
}
