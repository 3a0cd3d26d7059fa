// Package uvc makes a small computer with a USB device port a camera: it describes itself to the kernel as a USB video
// device of one format and one size, answers what a host asks of one, and hands it frames. It plays what it is given
// and has no camera of its own. It runs on the camera of a bench, with tools/rig/real/gadget. It is for the rig, outside
// the data path.
//
// Sources: Linux, Documentation/usb/gadget_uvc.rst, Documentation/ABI/testing/configfs-usb-gadget-uvc and
// include/uapi/linux/usb/g_uvc.h; Universal Serial Bus Device Class Definition for Video Devices 1.1 ("UVC 1.1").
package uvc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tellijn/tools/rig/real/tape"
)

// Root is where the kernel has its gadgets.
const Root = "/sys/kernel/config/usb_gadget"

// Vendor and Product are the numbers that pid.codes keeps for tests, as the emulated camera has them.
const (
	Vendor  = 0x1209
	Product = 0x0001
	// Name is what the host calls the camera.
	Name = "Tellijn test camera"
)

// name of our gadget below Root, and of its function.
const (
	name     = "tellijn"
	function = "functions/uvc.0"
)

// Tree is the camera as the kernel has it, below a root such as Root.
type Tree struct {
	dir   string
	rmdir func(string) error
}

// Make describes a camera. Nothing shows to a host before Bind. One that is left from before is removed.
func Make(root string, f tape.Format) (*Tree, error) {
	return (&Tree{filepath.Join(root, name), os.Remove}).make(f)
}

func (t *Tree) make(f tape.Format) (*Tree, error) {
	if err := t.Remove(); err != nil {
		return nil, err
	}
	group, kind := "uncompressed", "yuyv"
	if f.MJPEG {
		group, kind = "mjpeg", "mjpeg"
	}
	format := filepath.Join(function, "streaming", group, kind)
	frame := filepath.Join(format, fmt.Sprintf("%dp", f.Height))
	rate := uint64(f.Largest) * 8 * 10_000_000 / uint64(f.Interval) // bits a second
	var err error
	for _, s := range []struct{ path, text string }{
		{"idVendor", fmt.Sprintf("%#04x", Vendor)},
		{"idProduct", fmt.Sprintf("%#04x", Product)},
		// A function of two interfaces asks for these three. (USB Interface Association Descriptor, ECN to USB 2.0, table 1-1)
		{"bDeviceClass", "0xEF"}, {"bDeviceSubClass", "0x02"}, {"bDeviceProtocol", "0x01"},
		{"strings/0x409/manufacturer", "tellijn"}, {"strings/0x409/product", Name}, {"strings/0x409/serialnumber", "1"},
		{"configs/c.1/MaxPower", "2"}, // mA: it has a supply of its own, and the board has none to give
		{filepath.Join(function, "streaming_maxpacket"), fmt.Sprint(packet(f))},
		{filepath.Join(frame, "wWidth"), fmt.Sprint(f.Width)},
		{filepath.Join(frame, "wHeight"), fmt.Sprint(f.Height)},
		{filepath.Join(frame, "dwMaxVideoFrameBufferSize"), fmt.Sprint(f.Largest)},
		{filepath.Join(frame, "dwMinBitRate"), fmt.Sprint(min(rate, 1<<32-1))},
		{filepath.Join(frame, "dwMaxBitRate"), fmt.Sprint(min(rate, 1<<32-1))},
		{filepath.Join(frame, "dwDefaultFrameInterval"), fmt.Sprint(f.Interval)},
		{filepath.Join(frame, "dwFrameInterval"), fmt.Sprint(f.Interval)},
	} {
		err = errors.Join(err, t.write(s.path, s.text))
	}
	for _, l := range []struct{ from, to string }{
		{format, function + "/streaming/header/h/" + kind},
		{function + "/streaming/header/h", function + "/streaming/class/fs/h"},
		{function + "/streaming/header/h", function + "/streaming/class/hs/h"},
		{function + "/control/header/h", function + "/control/class/fs/h"},
		{function, "configs/c.1/uvc.0"},
	} {
		err = errors.Join(err, t.link(l.from, l.to))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("uvc: %w; hint: modprobe libcomposite, and root", err), t.Remove())
	}
	return t, nil
}

// packet is as much as a packet has to take: 8,000 go in a second, of which a quarter stays free, and a packet at high
// speed has one, two or three times 1,024 bytes (USB 2.0, 5.6.3).
func packet(f tape.Format) int {
	need := uint64(f.Largest) * 10_000_000 / uint64(f.Interval)
	for n := 1; n < 3; n++ {
		if need <= uint64(n)*1024*8000*3/4 {
			return n * 1024
		}
	}
	return 3 * 1024
}

func (t *Tree) write(path, text string) error {
	path = filepath.Join(t.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text+"\n"), 0o644)
}

func (t *Tree) link(from, to string) error {
	from, to = filepath.Join(t.dir, from), filepath.Join(t.dir, to)
	for _, dir := range []string{from, filepath.Dir(to)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	return os.Symlink(from, to)
}

// Bind shows the camera to the host at the other end of the cable; port is a name below /sys/class/udc.
func (t *Tree) Bind(port string) error {
	if err := t.write("UDC", port); err != nil {
		return fmt.Errorf("uvc: %w", err)
	}
	return nil
}

// Unbind takes it away, as if its cable were pulled.
func (t *Tree) Unbind() error { return t.Bind("") }

// Remove takes the description away, if there is one: links first, then folders from below, as the kernel wants it.
// Those that it made by itself go with the others.
func (t *Tree) Remove() error {
	if _, err := os.Stat(t.dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_ = t.Unbind() // it may not be bound
	var dirs, links []string
	err := filepath.WalkDir(t.dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.Type() == fs.ModeSymlink:
			links = append(links, path)
		case e.IsDir():
			dirs = append(dirs, path)
		}
		return nil
	})
	for i := len(links) - 1; err == nil && i >= 0; i-- {
		err = os.Remove(links[i])
	}
	for i := len(dirs) - 1; err == nil && i >= 0; i-- {
		if e := t.rmdir(dirs[i]); e != nil && !t.given(dirs[i]) {
			err = e
		}
	}
	if err != nil {
		return fmt.Errorf("uvc: %w", err)
	}
	return nil
}

// given tells whether the kernel made a folder by itself, and lets nobody remove it.
func (t *Tree) given(dir string) bool {
	at := strings.TrimPrefix(dir, t.dir+"/")
	switch filepath.Base(at) {
	case "functions", "configs", "strings", "os_desc", "webusb", "control", "streaming", "class", "fs", "hs", "ss", "header", "terminal", "camera",
		"output", "default", "processing", "extensions", "uncompressed", "mjpeg", "framebased", "color_matching":
		return true
	}
	return false
}

// Video finds the video device that a bound camera has, below a root such as /sys, and gives its path.
func Video(root string) (string, error) {
	names, err := filepath.Glob(filepath.Join(root, "class/video4linux/video*/function_name"))
	if err != nil {
		return "", fmt.Errorf("uvc: %w", err)
	}
	for _, n := range names {
		if b, err := os.ReadFile(n); err == nil && strings.TrimSpace(string(b)) == "uvc.0" {
			return "/dev/" + filepath.Base(filepath.Dir(n)), nil
		}
	}
	return "", errors.New("uvc: the kernel made no video device of this camera; hint: modprobe usb_f_uvc")
}

// Port gives the port at which a camera can be, below a root such as /sys.
func Port(root string) (string, error) {
	ports, err := os.ReadDir(filepath.Join(root, "class/udc"))
	if err != nil || len(ports) == 0 {
		return "", fmt.Errorf("uvc: this computer has no USB port that can be a device: %w; hint: dtoverlay=dwc2,dr_mode=peripheral in config.txt",
			errors.Join(err, fs.ErrNotExist))
	}
	return ports[0].Name(), nil
}
