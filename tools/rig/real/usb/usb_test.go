package usb

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/tools/rig/real/realtest"
)

func TestPort(t *testing.T) {
	for _, fast := range []bool{false, true} {
		var said []bool
		h := &realtest.Hub{TB: t, Ports: 4, Fast: fast, OnPower: func(port int, on bool) {
			if port != 3 {
				t.Errorf("port %d", port)
			}
			said = append(said, on)
		}}
		p, err := NewPort(h, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, on := range []bool{true, false, true} {
			if err := p.Set(on); err != nil {
				t.Error(err)
			}
		}
		if len(said) != 3 || !said[0] || said[1] || !said[2] {
			t.Error(said)
		}
		h.Stuck = true
		p.pause = func(time.Duration) {}
		if err := p.Set(false); err == nil || !strings.Contains(err.Error(), "does not change") {
			t.Error("a hub that does nothing: ", err)
		}
		h.Silent = true
		if err := p.Set(false); err == nil {
			t.Error("a hub that is gone")
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNoPort(t *testing.T) {
	if _, err := NewPort(&realtest.Hub{TB: t, Ports: 4, Together: true}, 1); !errors.Is(err, ErrGanged) {
		t.Error("a hub that switches all at once: ", err)
	}
	for _, n := range []int{0, 5} {
		if _, err := NewPort(&realtest.Hub{TB: t, Ports: 4}, n); err == nil || !strings.Contains(err.Error(), "of a hub with 4") {
			t.Error(n, err)
		}
	}
	if _, err := NewPort(&realtest.Hub{TB: t, Silent: true}, 1); err == nil || !strings.Contains(err.Error(), "no hub") {
		t.Error(err)
	}
}

func TestSDWire(t *testing.T) {
	d := &realtest.SDWire{TB: t}
	s := NewSDWire(d)
	for i, board := range []bool{true, false, true} {
		if err := s.Give(board); err != nil {
			t.Fatal(err)
		}
		if got, n := d.Board(); got != board || n != i+1 {
			t.Errorf("the board has it: %v after %d moves, want %v", got, n, board)
		}
	}
	d.Silent = true
	if err := s.Give(true); err == nil {
		t.Error("one that is gone")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// tree makes what Linux says of two devices of the same kind, a hub, and an interface.
func tree(t *testing.T) string {
	root := t.TempDir()
	for dir, files := range map[string]string{
		"1-1":     "idVendor=2109 idProduct=2813 busnum=1 devnum=4",
		"1-1.2":   "idVendor=04e8 idProduct=6001 serial=sd-wire_01 busnum=1 devnum=7",
		"1-1.3":   "idVendor=04e8 idProduct=6001 serial=sd-wire_02 busnum=1 devnum=112",
		"1-1:1.0": "bInterfaceClass=09",
		"1-1.4":   "idVendor=1234 idProduct=5678 busnum=gone devnum=1",
	} {
		at := filepath.Join(root, "bus/usb/devices", dir)
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, f := range strings.Fields(files) {
			name, value, _ := strings.Cut(f, "=")
			if err := os.WriteFile(filepath.Join(at, name), []byte(value+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

func TestFind(t *testing.T) {
	root := tree(t)
	for _, c := range []struct {
		p          Place
		want, says string
		absent     bool
	}{
		{Place{Port: "1-1"}, "/dev/bus/usb/001/004", "", false},
		{Place{Vendor: SDWireVendor, Product: SDWireProduct, Serial: "sd-wire_02"}, "/dev/bus/usb/001/112", "", false},
		{Place{Vendor: SDWireVendor, Product: SDWireProduct}, "", "more than one", false},
		{Place{Port: "1-1", Vendor: SDWireVendor}, "", "no device is at port 1-1, 04e8:0000", true},
		{Place{Serial: "sd-wire_03"}, "", `number "sd-wire_03"`, true},
		{Place{Vendor: 0x1234}, "", "no device", true},
	} {
		got, err := Find(root, c.p)
		if got != c.want || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) || errors.Is(err, hal.ErrAbsent) != c.absent {
			t.Errorf("%v: %q, %v", c.p, got, err)
		}
	}
	if _, err := Open(Place{Serial: "there is none of this name"}); !errors.Is(err, hal.ErrAbsent) {
		t.Error(err)
	}
	if _, err := open(filepath.Join(root, "none")); !errors.Is(err, hal.ErrAbsent) {
		t.Error(err)
	}
}
