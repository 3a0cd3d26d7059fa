package vm

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
)

// qemu answers on the sockets of a machine as QEMU does, line by line.
func qemu(t *testing.T, m *Machine, name, greeting string, answer func(string) string) {
	t.Helper()
	l, err := net.Listen("unix", m.path(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, greeting)
		for in := bufio.NewScanner(conn); in.Scan(); {
			fmt.Fprintln(conn, answer(in.Text()))
		}
	}()
}

func TestLines(t *testing.T) {
	m := &Machine{dir: t.TempDir(), gone: make(chan struct{})}
	qemu(t, m, "qmp", "{}\n", func(line string) string {
		var c struct {
			Execute   string
			Arguments map[string]string
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Error(err)
		}
		switch {
		case c.Arguments["command-line"] == "xp /1xw 0x90303fc":
			return `{"return": "00000000090303fc: 0x00000012\r\n"}`
		case c.Arguments["command-line"] != "":
			return `{"return": "Cannot access memory\r\n"}`
		case c.Arguments["path"] == "/machine/unattached/device[2]":
			return `{"return": "pl061"}`
		case c.Arguments["path"] == "/machine/unattached/device[4]":
			return `{"error": {"desc": "no such device"}}`
		case c.Execute == "qom-get":
			return `{"return": "other"}`
		}
		return `{"return": {}}`
	})
	var told []string
	qemu(t, m, "qtest", "", func(line string) string {
		told = append(told, line)
		if strings.Contains(line, " 9 ") {
			return "FAIL no such line"
		}
		return "IRQ raise 3\nOK"
	})
	if n, err := m.Word(0x090303fc); err != nil || n != 0x12 {
		t.Errorf("%#x, %v", n, err)
	}
	if _, err := m.Word(1); err == nil {
		t.Error("an address that is none")
	}
	path, err := m.Find("pl061")
	if err != nil || path != "/machine/unattached/device[2]" {
		t.Errorf("%q, %v", path, err)
	}
	if _, err := m.Find("pl031"); err == nil {
		t.Error("a device that is not there")
	}
	if err := m.Drive(path, 4, true); err != nil {
		t.Error(err)
	}
	if err := m.Drive(path, 9, false); err == nil {
		t.Error("a line that is none")
	}
	if err := m.Write(RAM+16, []byte{1, 0xAB}); err != nil {
		t.Error(err)
	}
	if err := m.Write(RAM, make([]byte, 9)); err == nil {
		t.Error("a write that fails")
	}
	if answer, err := m.Ask("qom-get", map[string]any{"path": "/machine/unattached/device[2]", "property": "type"}); err != nil || string(answer) != `"pl061"` {
		t.Errorf("%s, %v", answer, err)
	}
	if want := "[set_irq_in /machine/unattached/device[2] unnamed-gpio-in 4 1 set_irq_in /machine/unattached/device[2] unnamed-gpio-in 9 0 write 0x40000010 2 0x01ab write 0x40000000 9 0x000000000000000000]"; fmt.Sprint(told) != want {
		t.Errorf("%s, want %s", told, want)
	}
}

func TestArgs(t *testing.T) {
	for _, c := range []struct {
		o    Options
		has  string
		lack string
	}{
		{Options{Start: &Start{Kernel: []byte("k"), Append: "a b"}, Memory: 512, Clock: "2027-01-01"}, "-M virt|-m 512|-append a b|base=2027-01-01", "-initrd|-dtb|usb|netdev|virtio"},
		{Options{Start: &Start{Kernel: []byte("k"), Initrd: []byte("i"), Tree: []byte("t")}, Board: "raspi3b", Disk: "d", Wire: "w", Socket: true},
			"-initrd|-dtb|-M raspi3b|if=sd,format=raw,file=d,snapshot=on|usb-net,netdev=net|addr.path=w|bus=usb-bus.0", "xhci|virtio|i6300esb|-rtc"},
		{Options{Start: &Start{}, Disk: "d", Keep: true, Watchdog: true, Wire: "w", Socket: true}, "file=d,snapshot=off|virtio-blk-device|i6300esb|virtio-net-pci|qemu-xhci", "-kernel|readonly"},
		{Options{Start: &Start{}, Disk: "d", Keep: true, Locked: true}, "file=d,snapshot=off,readonly=on|virtio-blk-device", "-kernel"},
	} {
		m := &Machine{dir: t.TempDir()}
		args, err := m.args(c.o)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(args, " ")
		for _, want := range strings.Split(c.has, "|") {
			if !strings.Contains(all, want) {
				t.Errorf("%q is not in %s", want, all)
			}
		}
		for _, not := range strings.Split(c.lack, "|") {
			if strings.Contains(all, not) {
				t.Errorf("%q is in %s", not, all)
			}
		}
		if !strings.Contains(all, "-accel tcg") {
			t.Errorf("it does not emulate: %s", all)
		}
	}
	if _, err := (&Machine{dir: t.TempDir()}).args(Options{Board: "raspi9", Start: &Start{}}); err == nil {
		t.Error("a board that QEMU has not")
	}
}
