// Package vm boots an arm64 kernel in QEMU, with given programs as its only user space and, if
// wished, a USB camera whose frames are chosen here. The unmodified kernel and its uvcvideo driver
// run as on a board; the memory of the whole machine can be looked at while it stands still. It
// touches no real camera and no frame of one. It is for people at desks and the proof, outside the
// data path.
//
// QEMU always emulates (-accel tcg): the same machine everywhere, with or without /dev/kvm.
package vm

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
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
	// Start is booted instead of Kernel, Files and Args.
	Start *Start
	// Memory in MiB; 0 means 256. A raspi3b has 1024 whatever is said here.
	Memory int
	// Camera is plugged in from the start; nil means none.
	Camera *usbcam.Camera
	// Socket makes a USB socket for a camera, which Plug uses; Camera does so too.
	Socket bool
	// Board is the machine of QEMU: "virt", also if empty, or "raspi3b".
	Board string
	// Disk is the path of an image, or nbd+unix:///?socket=PATH; "" means none. Unless Keep is set what the guest writes is forgotten.
	Disk string
	// Locked is a disk that can only be read, and says so.
	Locked bool
	Keep   bool
	// Wire is the path of a socket on which somebody listens who takes the frames of the network card,
	// each behind its length in 4 bytes, big endian; "" means no card.
	Wire string
	// Watchdog gives a virt one (i6300esb), which ends the machine when it barks (Again, Bites).
	Watchdog bool
	// Clock is what the clock of a virt begins with, as in 2027-03-01T08:00:00; "" means now.
	Clock string
	// Limit bounds the whole life of the machine; 0 means 4 minutes.
	Limit time.Duration
}

// Start is what the firmware of a board hands over.
type Start struct {
	Kernel, Initrd []byte
	Tree           []byte // the device tree; nil for the one that QEMU makes, where it makes one
	Append         string // the whole command line
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
	mu      sync.Mutex // of the monitors
	qmp     *monitor
	qtest   *tester
	hands   sync.Mutex    // of the cable
	cable   net.Conn      // of the camera that is plugged in
	told    chan struct{} // closed when no event can come any more
	bites   atomic.Int32
	reset   atomic.Bool
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
		gone: make(chan struct{}), told: make(chan struct{})}
	m.late, m.cancel = context.WithTimeout(ctx, o.Limit)
	if err := m.start(qemu, o); err != nil {
		m.cancel()
		os.RemoveAll(dir)
		return nil, fmt.Errorf("vm: %w", err)
	}
	return m, nil
}

func (m *Machine) start(qemu string, o Options) error {
	args, err := m.args(o)
	if err != nil {
		return err
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
	go m.hear()
	go m.listen(out)
	if o.Camera != nil {
		return m.Plug(o.Camera)
	}
	return nil
}

// args are those of QEMU; the files that they name are written.
func (m *Machine) args(o Options) ([]string, error) {
	if o.Start == nil {
		o.Start = &Start{Kernel: o.Kernel.vmlinuz, Initrd: Archive(o.Files), Append: "console=ttyAMA0 panic=-1 quiet " + o.Args}
	}
	args := []string{"-accel", "tcg,thread=multi", "-nographic", "-nodefaults", "-no-reboot", "-append", o.Start.Append,
		"-qmp", "unix:" + m.path("qmp") + ",server=on,wait=off", "-qtest", "unix:" + m.path("qtest") + ",server=on,wait=off",
		"-qtest-log", "none", "-qmp", "unix:" + m.path("events") + ",server=on,wait=off",
		"-gdb", "unix:" + m.path("gdb") + ",server=on,wait=off"}
	files := []struct {
		option string
		data   []byte
	}{{"-kernel", o.Start.Kernel}, {"-initrd", o.Start.Initrd}, {"-dtb", o.Start.Tree}}
	for _, f := range files {
		if f.data == nil {
			continue
		}
		path := m.path(f.option[1:])
		if err := os.WriteFile(path, f.data, 0o600); err != nil {
			return nil, err
		}
		args = append(args, f.option, path)
	}
	bus, card, nic := "xhci.0", "none,id=card", "virtio-net-pci"
	switch o.Board {
	case "", "virt":
		args = append(args, "-trace", "enable="+moved, "-D", m.path("lines"))
		args = append(args, "-M", "virt", "-cpu", "cortex-a53", "-smp", "2", "-m", fmt.Sprint(o.Memory), "-serial", "stdio", "-rtc", rtc(o.Clock))
		if o.Disk != "" {
			args = append(args, "-device", "virtio-blk-device,drive=card")
		}
		if o.Watchdog {
			args = append(args, "-device", "i6300esb")
		}
	case "raspi3b":
		bus, card, nic = "usb-bus.0", "sd", "usb-net"
		args = append(args, "-M", o.Board, "-serial", "null", "-serial", "stdio")
		m.bytes = 1 << 30
	default:
		return nil, fmt.Errorf("board %q, want virt or raspi3b", o.Board)
	}
	if o.Disk != "" {
		snapshot := map[bool]string{true: "off", false: "on"}[o.Keep]
		locked := map[bool]string{true: ",readonly=on"}[o.Locked]
		args = append(args, "-drive", "if="+card+",format=raw,file="+o.Disk+",snapshot="+snapshot+locked)
	}
	if o.Wire != "" {
		args = append(args, "-netdev", "stream,id=net,server=off,addr.type=unix,addr.path="+o.Wire, "-device", nic+",netdev=net,id=nic")
	}
	if o.Camera != nil || o.Socket {
		if bus == "xhci.0" {
			args = append(args, "-device", "qemu-xhci,id=xhci")
		}
		args = append(args, "-chardev", "socket,id=cam,server=on,wait=off,path="+m.path("cam"), "-device", "usb-redir,chardev=cam,id=cam0,bus="+bus)
	}
	return args, nil
}

func rtc(start string) string {
	if start == "" {
		return "base=utc"
	}
	return "base=" + start
}

func (m *Machine) path(name string) string { return filepath.Join(m.dir, name) }
