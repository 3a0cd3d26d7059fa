package vm

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
)

// pretend puts a program into the path that stands in for QEMU.
func pretend(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "qemu-system-aarch64"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("TMPDIR", t.TempDir())
}

func start(t *testing.T, o Options) *Machine {
	t.Helper()
	o.Kernel = &Kernel{vmlinuz: []byte("kernel")}
	m, err := Boot(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.End)
	return m
}

func TestConsole(t *testing.T) {
	pretend(t, `echo hello; read order; printf 'GUEST did %s\r\n' "$order"`)
	m := start(t, Options{})
	if err := m.Tell("this"); err != nil {
		t.Fatal(err)
	}
	var heard []string
	got, err := m.Await("GUEST ", 10*time.Second, func(line string) { heard = append(heard, line) })
	if err != nil || got != "did this" || fmt.Sprint(heard) != "[hello GUEST did this]" {
		t.Errorf("%q, %v after %q", got, err, heard)
	}
	if _, err := m.Await("GUEST ", 10*time.Second, nil); err == nil || !strings.Contains(err.Error(), "ended before") {
		t.Errorf("waiting for one that has ended: %v", err)
	}
	if err := m.Wait(); err != nil {
		t.Errorf("it ended in order: %v", err)
	}
}

// TestEnd sees that what Boot made is removed, and that a program which does not listen is killed.
func TestEnd(t *testing.T) {
	pretend(t, `echo here; trap '' TERM; while :; do read x; done`)
	m := start(t, Options{})
	if _, err := m.Await("here", 10*time.Second, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Await("never", 50*time.Millisecond, nil); err == nil || !strings.Contains(err.Error(), "did not say") {
		t.Errorf("what nobody says: %v", err)
	}
	m.End()
	m.End()
	if _, err := os.Stat(m.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if m.cmd.ProcessState == nil {
		t.Error("it still runs")
	}
}

func TestLimit(t *testing.T) {
	pretend(t, `while :; do read x; done`)
	m := start(t, Options{Limit: 200 * time.Millisecond})
	if err := m.Wait(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a machine that does not end: %v", err)
	}
}

func TestAbsent(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Boot(t.Context(), Options{Kernel: &Kernel{}}); !errors.Is(err, hal.ErrAbsent) {
		t.Errorf("no QEMU: %v", err)
	}
	t.Setenv("TELLIJN_KERNEL", t.TempDir())
	if _, err := FindKernel("."); err == nil {
		t.Error("a kernel in an empty folder")
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"boot/vmlinuz-6.1-arm64": "kernel", "boot/config-6.1-arm64": "x",
		"lib/modules/6.1-arm64/kernel/drivers/media/usb/uvc/uvcvideo.ko": "module", "lib/modules/6.1-arm64/kernel/fs/ext4.ko": "other"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TELLIJN_KERNEL", dir)
	k, err := FindKernel(".")
	if err != nil || string(k.vmlinuz) != "kernel" || !k.Has("uvcvideo") || k.Has("ext4") {
		t.Fatalf("%+v, %v", k, err)
	}
	if _, err := k.Modules("uvcvideo"); err == nil {
		t.Error("a module that is none was taken")
	}
	if files, err := k.Modules("built_in"); len(files) != 0 || err != nil {
		t.Errorf("what is built in: %v, %v", files, err)
	}
}

func TestArchive(t *testing.T) {
	b := Archive([]File{{"init", []byte("four+"), 0o755}})
	at := bytes.Index(b, []byte("init\x00"))
	if len(b)%4 != 0 || at%4 != 2 || string(b[at-110:at-104]) != "070701" || string(b[at-96:at-88]) != "000081ed" ||
		!bytes.HasPrefix(b[at+6:], []byte("four+\x00\x00\x00070701")) || !bytes.Contains(b, []byte("TRAILER!!!")) {
		t.Errorf("entry of init at %d of %d: %q", at, len(b), b[max(at-110, 0):])
	}
}

func TestMonitor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qmp")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintln(conn, `{"QMP": {}}`)
		for in := bufio.NewScanner(conn); in.Scan(); {
			fmt.Fprintln(conn, `{"event": "STOP"}`)
			if strings.Contains(in.Text(), "wrong") {
				fmt.Fprintln(conn, `{"error": {"class": "x", "desc": "no such thing"}}`)
			} else {
				fmt.Fprintln(conn, `{"return": {}}`)
			}
		}
	}()
	m, err := dial(path, func() bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	defer m.conn.Close()
	if _, err := m.do("stop", map[string]any{"val": 1}); err != nil {
		t.Error(err)
	}
	if _, err := m.do("wrong", nil); err == nil || err.Error() != "no such thing" {
		t.Errorf("an error of QEMU: %v", err)
	}
	if _, err := dial(path+"x", func() bool { return false }); err == nil {
		t.Error("a monitor that is not there")
	}
}
