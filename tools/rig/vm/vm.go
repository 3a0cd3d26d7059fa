// Package vm boots an arm64 kernel in QEMU, with given programs as its only user space and, if
// wished, a USB camera whose frames are chosen here. The unmodified kernel and its uvcvideo driver
// run as on a board; the memory of the whole machine can be looked at while it stands still. It
// touches no real camera and no frame of one. It is for people at desks and the proof, outside the
// data path.
//
// QEMU always emulates (-accel tcg): the same machine everywhere, with or without /dev/kvm.
package vm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tellijn/hal"
	"tellijn/hal/camera/v4l2/usbcam"
)

// RAM is where the memory of the machine begins. (QEMU, hw/arm/virt.c, base_memmap)
const RAM = 0x40000000

// Options say what to boot.
type Options struct {
	Kernel *Kernel
	// Files are the first file system; one is named init.
	Files []File
	// Args are further arguments of the kernel; "" means init_on_free=1, as on a board.
	Args string
	// Memory in MiB; 0 means 256.
	Memory int
	// Camera is plugged in from the start; nil means none.
	Camera *usbcam.Camera
	// Limit bounds the whole life of the machine; 0 means 4 minutes.
	Limit time.Duration
}

// Machine is a running machine. Call End, whatever happened.
type Machine struct {
	bytes   int64
	cmd     *exec.Cmd
	dir     string
	console io.WriteCloser
	lines   chan string
	gone    chan struct{} // closed when QEMU has ended
	err     error         // of QEMU, once gone is closed
	limit   time.Duration
	late    context.Context
	cancel  context.CancelFunc
	plug    net.Listener
	cable   chan net.Conn
	mu      sync.Mutex // of the monitor
	qmp     *monitor
}

// Boot starts the machine. If QEMU is not installed the error wraps hal.ErrAbsent. The context and
// the limit kill it.
func Boot(ctx context.Context, o Options) (*Machine, error) {
	qemu, err := exec.LookPath("qemu-system-aarch64")
	if err != nil {
		return nil, fmt.Errorf("vm: no qemu-system-aarch64: %w; install qemu-system-arm", hal.ErrAbsent)
	}
	if o.Args == "" {
		o.Args = "init_on_free=1"
	}
	if o.Memory == 0 {
		o.Memory = 256
	}
	if o.Limit == 0 {
		o.Limit = 4 * time.Minute
	}
	dir, err := os.MkdirTemp("", "vm") // short, since paths of sockets have 107 bytes only (unix(7))
	if err != nil {
		return nil, fmt.Errorf("vm: %w", err)
	}
	m := &Machine{bytes: int64(o.Memory) << 20, dir: dir, limit: o.Limit, lines: make(chan string, 1000),
		gone: make(chan struct{}), cable: make(chan net.Conn, 1)}
	m.late, m.cancel = context.WithTimeout(ctx, o.Limit)
	if err := m.start(qemu, o); err != nil {
		m.cancel()
		if m.plug != nil {
			m.plug.Close()
		}
		os.RemoveAll(dir)
		return nil, fmt.Errorf("vm: %w", err)
	}
	return m, nil
}

func (m *Machine) start(qemu string, o Options) error {
	vmlinuz, initrd := filepath.Join(m.dir, "vmlinuz"), filepath.Join(m.dir, "initrd")
	if err := errors.Join(os.WriteFile(vmlinuz, o.Kernel.vmlinuz, 0o600), os.WriteFile(initrd, archive(o.Files), 0o600)); err != nil {
		return err
	}
	args := []string{"-M", "virt", "-cpu", "cortex-a53", "-accel", "tcg,thread=multi", "-smp", "2", "-m", fmt.Sprint(o.Memory),
		"-nographic", "-nodefaults", "-serial", "stdio", "-no-reboot", "-kernel", vmlinuz, "-initrd", initrd,
		"-append", "console=ttyAMA0 panic=-1 quiet " + o.Args,
		"-qmp", "unix:" + m.monitorPath() + ",server=on,wait=off"}
	if o.Camera != nil {
		path := filepath.Join(m.dir, "cam")
		var err error
		if m.plug, err = net.Listen("unix", path); err != nil {
			return err
		}
		args = append(args, "-chardev", "socket,id=cam,path="+path,
			"-device", "qemu-xhci,id=xhci", "-device", "usb-redir,chardev=cam,id=cam0,bus=xhci.0")
		go m.play(o.Camera)
	}
	m.cmd = exec.CommandContext(m.late, qemu, args...)
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	m.cmd.Stderr = m.cmd.Stdout
	if m.console, err = m.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := m.cmd.Start(); err != nil {
		return err
	}
	go m.listen(out)
	return nil
}

func (m *Machine) monitorPath() string { return filepath.Join(m.dir, "qmp") }

// play lets the camera serve the first connection.
func (m *Machine) play(cam *usbcam.Camera) {
	conn, err := m.plug.Accept()
	if err != nil {
		return
	}
	m.cable <- conn
	cam.Serve(conn)
	conn.Close()
}

// listen passes the console on. Lines that nobody takes are dropped once there are too many: a
// machine must not stand still because nobody reads.
func (m *Machine) listen(out io.Reader) {
	for in := bufio.NewScanner(out); in.Scan(); {
		select {
		case m.lines <- in.Text():
		default:
		}
	}
	io.Copy(io.Discard, out) // behind a line that is too long
	m.err = m.cmd.Wait()
	close(m.gone)
	close(m.lines)
}

// Lines are those of the console; the channel is closed when the machine has ended. Whoever calls
// Await takes them away.
func (m *Machine) Lines() <-chan string { return m.lines }

// Await takes lines until one begins with marker, and gives what follows the marker. Each line goes
// to say, which may be nil.
func (m *Machine) Await(marker string, d time.Duration, say func(string)) (string, error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case line, ok := <-m.lines:
			if !ok {
				return "", fmt.Errorf("vm: the machine ended before it said %q (qemu: %v)", marker, m.why())
			}
			if say != nil {
				say(line)
			}
			if rest, found := strings.CutPrefix(line, marker); found {
				return rest, nil
			}
		case <-timer.C:
			return "", fmt.Errorf("vm: the machine did not say %q within %v", marker, d)
		}
	}
}
