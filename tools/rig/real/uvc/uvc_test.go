package uvc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/rig/real/tape"
)

var small = tape.Format{Width: 320, Height: 240, Interval: 1_000_000, Largest: 153600}

// host asks a camera as a host does: a request, and its data if there is any.
func host(a *Answers, kind, request byte, control byte, entity, where byte, length uint16, data ...byte) (answer []byte, held bool) {
	s := [8]byte{kind, request, 0, control, where, entity}
	binary.LittleEndian.PutUint16(s[6:], length)
	answer = a.Setup(s)
	if request == setCur && answer != nil {
		held = a.Data(data)
	}
	return answer, held
}

// TestStream negotiates a format as uvcvideo does: it asks, sets what it was told, asks again and commits.
func TestStream(t *testing.T) {
	a := NewAnswers(tape.Format{Width: 640, Height: 480, Interval: 333333, Largest: 614400})
	b, _ := host(a, fromDevice, getCur, probe, 0, 1, 34)
	want := []byte{1, 0, 1, 1, 0x15, 0x16, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 9, 0, 0, 0x0C, 0, 0, 0, 0, 0, 0, 3, 1, 1, 1}
	if !bytes.Equal(b, want) {
		t.Errorf("%x, want %x", b, want)
	}
	for _, control := range []byte{probe, commit} {
		if got, held := host(a, toDevice, setCur, control, 0, 1, 34, b...); len(got) != 34 || held {
			t.Errorf("%x, %v", got, held)
		}
		if again, _ := host(a, fromDevice, getCur, control, 0, 1, 34); !bytes.Equal(again, want) {
			t.Errorf("%x, want %x", again, want)
		}
	}
	if got, _ := host(a, toDevice, setCur, probe, 0, 1, 26, b[:26]...); len(got) != 26 { // a host of UVC 1.0
		t.Errorf("%x", got)
	}
	if got, _ := host(a, fromDevice, getInfo, probe, 0, 1, 1); !bytes.Equal(got, []byte{3}) {
		t.Errorf("%x", got)
	}
	if got, _ := host(a, fromDevice, getLen, probe, 0, 1, 2); !bytes.Equal(got, []byte{34, 0}) {
		t.Errorf("%x", got)
	}
}

func TestControls(t *testing.T) {
	a := NewAnswers(small)
	for _, c := range []struct {
		request, entity byte
		want            []byte
	}{
		{getCur, camera, []byte{2}}, {getDef, camera, []byte{2}}, {getRes, camera, []byte{3}}, {getInfo, camera, []byte{3}}, {getLen, camera, []byte{1, 0}},
		{getMin, camera, nil}, {getMax, camera, nil},
		{getCur, processing, []byte{128, 0}}, {getMin, processing, []byte{0, 0}}, {getMax, processing, []byte{255, 0}}, {getRes, processing, []byte{1, 0}},
		{getInfo, processing, []byte{3}}, {getLen, processing, []byte{2, 0}},
		{getCur, 3, nil}, {0x88, camera, nil}, {getCur, 0, []byte{0}},
	} {
		got, _ := host(a, fromDevice, c.request, 2, c.entity, 0, 2)
		if c.entity == 0 {
			c.want = []byte{invalidControl} // that the one before was wrong
		}
		if !bytes.Equal(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("request %#x of entity %d: %x, want %x", c.request, c.entity, got, c.want)
		}
	}
	if _, held := host(a, toDevice, setCur, exposureMode, camera, 0, 1, automatic); held {
		t.Error("exposure stays automatic, and it is held")
	}
	if _, held := host(a, toDevice, setCur, exposureMode, camera, 0, 1, manual); !held {
		t.Error("the host took the exposure into its hands, and nobody heard")
	}
	if got, _ := host(a, fromDevice, getCur, exposureMode, camera, 0, 1); !bytes.Equal(got, []byte{manual}) {
		t.Errorf("%x", got)
	}
	if _, held := host(a, toDevice, setCur, brightness, processing, 0, 2, 1, 0); held {
		t.Error("brightness is no exposure")
	}
	if got, _ := host(a, fromDevice, getCur, brightness, processing, 0, 2); !bytes.Equal(got, []byte{1, 0}) {
		t.Errorf("%x", got)
	}
	if a.Data([]byte{manual}) { // data that nobody asked for
		t.Error("data without a request")
	}
	for _, s := range [][8]byte{{0x21, getCur, 0, 2, 0, 1}, {0xA1, setCur, 0, 2, 0, 1}, {0x80, 6, 0, 1, 0, 0, 18, 0}, {0xA1, getCur, 0, 1, 2, 0}} {
		if got := a.Setup(s); got != nil {
			t.Errorf("%x was answered %x", s, got)
		}
	}
}

// FuzzSetup asks anything: no answer is longer than the kernel takes, and nothing but one request holds the exposure.
func FuzzSetup(f *testing.F) {
	f.Add([]byte{toDevice, setCur, 0, exposureMode, 0, camera, 1, 0}, []byte{manual})
	f.Add([]byte{fromDevice, getCur, 0, probe, 1, 0, 34, 0}, []byte{})
	f.Add([]byte{0xA1, 0x87, 0, 2, 0, 2, 2, 0}, []byte{1})
	f.Fuzz(func(t *testing.T, s, b []byte) {
		if len(s) != 8 {
			return
		}
		a := NewAnswers(small)
		answer := a.Setup([8]byte(s))
		held := a.Data(b)
		if len(answer) > 60 {
			t.Errorf("%d bytes", len(answer))
		}
		if want := bytes.Equal(s[:2], []byte{toDevice, setCur}) && bytes.Equal(s[3:6], []byte{exposureMode, 0, camera}) && len(b) > 0 && b[0] == manual; held != want {
			t.Errorf("%x %x: held %v", s, b, held)
		}
	})
}

func TestPacket(t *testing.T) {
	for _, c := range []struct {
		f    tape.Format
		want int
	}{{small, 1024}, {tape.Format{Interval: 333333, Largest: 153600}, 1024}, {tape.Format{Interval: 666666, Largest: 614400}, 2048}, {tape.Format{Interval: 333333, Largest: 614400}, 3072}} {
		if got := packet(c.f); got != c.want {
			t.Errorf("%+v: %d, want %d", c.f, got, c.want)
		}
	}
}

// TestTree describes a camera in a folder that stands for the kernel's. There, folders vanish with what is in them.
func TestTree(t *testing.T) {
	root := t.TempDir()
	made := &Tree{filepath.Join(root, name), os.RemoveAll}
	for _, f := range []tape.Format{small, {MJPEG: true, Width: 640, Height: 480, Interval: 333333, Largest: 300000}} {
		tree, err := made.make(f)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		err = filepath.WalkDir(tree.dir, func(path string, _ fs.DirEntry, err error) error {
			at := strings.TrimPrefix(path, tree.dir+"/")
			if to, e := os.Readlink(path); e == nil {
				all = append(all, at+" -> "+strings.TrimPrefix(to, tree.dir+"/"))
			} else if b, e := os.ReadFile(path); e == nil {
				all = append(all, at+" = "+strings.TrimSpace(string(b)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(all, "\n")
		group := map[bool]string{false: "uncompressed/yuyv", true: "mjpeg/mjpeg"}[f.MJPEG]
		for _, want := range []string{"idVendor = 0x1209", "configs/c.1/uvc.0 -> functions/uvc.0", "bDeviceClass = 0xEF",
			fmt.Sprintf("functions/uvc.0/streaming/%s/%dp/wWidth = %d", group, f.Height, f.Width),
			fmt.Sprintf("functions/uvc.0/streaming/%s/%dp/dwFrameInterval = %d", group, f.Height, f.Interval),
			fmt.Sprintf("functions/uvc.0/streaming/%s/%dp/dwMaxVideoFrameBufferSize = %d", group, f.Height, f.Largest),
			"functions/uvc.0/streaming/header/h/" + filepath.Base(group) + " -> functions/uvc.0/streaming/" + group,
			"functions/uvc.0/streaming/class/hs/h -> functions/uvc.0/streaming/header/h", "functions/uvc.0/control/class/fs/h -> functions/uvc.0/control/header/h"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if err := tree.Bind("3f980000.usb"); err != nil {
			t.Error(err)
		}
		if b, _ := os.ReadFile(filepath.Join(tree.dir, "UDC")); string(b) != "3f980000.usb\n" {
			t.Errorf("%q", b)
		}
	}
	if err := made.Remove(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(root); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestVideo(t *testing.T) {
	root := t.TempDir()
	if _, err := Video(root); err == nil {
		t.Error("no device")
	}
	if _, err := Port(root); err == nil || !strings.Contains(err.Error(), "dr_mode=peripheral") {
		t.Error(err)
	}
	for path, text := range map[string]string{"class/video4linux/video0/function_name": "other\n", "class/video4linux/video1/name": "uvc.0\n",
		"class/video4linux/video12/function_name": "uvc.0\n", "class/udc/3f980000.usb/state": "x"} {
		at := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Video(root); err != nil || got != "/dev/video12" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := Port(root); err != nil || got != "3f980000.usb" {
		t.Errorf("%q, %v", got, err)
	}
	if d, err := Open(filepath.Join(root, "none"), small, nil); err == nil {
		d.Close()
		t.Error("a device that is not there")
	}
}
