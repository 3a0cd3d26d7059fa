package disk

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// machine makes one without disks.
func machine(t *testing.T) Machine {
	dir := t.TempDir()
	m := Machine{Sys: filepath.Join(dir, "sys"), Dev: filepath.Join(dir, "dev")}
	for _, d := range []string{filepath.Join(m.Sys, "block"), m.Dev} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// plug adds a disk with these first bytes, and with partitions of so many sectors.
func (m Machine) plug(t *testing.T, name string, first []byte, partitions map[string]int) {
	t.Helper()
	put := func(path, text string) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	put(filepath.Join(m.Sys, "block", name, "size"), "1\n")
	put(filepath.Join(m.Sys, "block", name, "queue", "rotational"), "0\n")
	put(filepath.Join(m.Dev, name), string(first))
	for part, sectors := range partitions {
		number := part[len(part)-1:]
		put(filepath.Join(m.Sys, "block", name, part, "partition"), number+"\n")
		put(filepath.Join(m.Sys, "block", name, part, "size"), strconv.Itoa(sectors)+"\n")
		put(filepath.Join(m.Dev, part), "")
	}
}

func first(signature uint32) []byte {
	b := make([]byte, 1024)
	binary.LittleEndian.PutUint32(b[440:], signature)
	b[510], b[511] = 0x55, 0xAA
	return b
}

func TestFind(t *testing.T) {
	const ours = 0x74656C6C
	m := machine(t)
	if _, err := m.Find(ours); !errors.Is(err, ErrAbsent) {
		t.Errorf("no disks: %v", err)
	}
	noTable := first(ours)
	noTable[511] = 0
	m.plug(t, "sda", noTable, nil)
	m.plug(t, "sdb", first(ours)[:300], nil) // shorter than a sector
	m.plug(t, "sdc", first(0x6C6C6574), nil) // the other way round
	m.plug(t, "loop0", first(ours), nil)
	if err := os.Mkdir(filepath.Join(m.Sys, "block", "sdd"), 0o700); err != nil { // a reader without a card
		t.Fatal(err)
	}
	if name, err := m.Find(ours); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "74656c6c") || !strings.Contains(err.Error(), "sda sdb sdc sdd") {
		t.Errorf("none of ours: %q, %v", name, err)
	}
	m.plug(t, "mmcblk0", first(ours), nil)
	if name, err := m.Find(ours); err != nil || name != "mmcblk0" {
		t.Errorf("ours: %q, %v", name, err)
	}
	m.plug(t, "sde", first(ours), nil)
	if name, err := m.Find(ours); !errors.Is(err, ErrTwice) || name != "" || !strings.Contains(err.Error(), "mmcblk0 and sde") {
		t.Errorf("two of them: %q, %v", name, err)
	}
	if _, err := (Machine{Sys: "/nowhere", Dev: "/nowhere"}).Find(ours); !errors.Is(err, ErrAbsent) {
		t.Errorf("no sysfs: %v", err)
	}
}

func TestPartition(t *testing.T) {
	m := machine(t)
	m.plug(t, "mmcblk0", first(1), map[string]int{"mmcblk0p1": 2, "mmcblk0p4": 10})
	m.plug(t, "sda", first(2), map[string]int{"sda4": 99})
	if got, err := m.Partition("mmcblk0", 4, 5120); err != nil || got != filepath.Join(m.Dev, "mmcblk0p4") {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := m.Partition("mmcblk0", 4, 5121); err == nil || errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "5120 bytes") {
		t.Errorf("too short: %v", err)
	}
	if _, err := m.Partition("mmcblk0", 2, 0); !errors.Is(err, ErrAbsent) {
		t.Errorf("no such partition: %v", err)
	}
	os.Remove(filepath.Join(m.Dev, "mmcblk0p1"))
	if _, err := m.Partition("mmcblk0", 1, 0); !errors.Is(err, ErrAbsent) {
		t.Errorf("no node yet: %v", err)
	}
}

func TestSignature(t *testing.T) {
	for text, want := range map[string]uint32{"74656c6c": 0x74656C6C, "0000000A": 10} {
		if got, err := Signature(text); err != nil || got != want {
			t.Errorf("%q: %x, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "74656c6", "074656c6c", "+4656c6c", "0x656c6c", "7465 c6c"} {
		if got, err := Signature(text); err == nil {
			t.Errorf("%q: %x", text, got)
		}
	}
	for line, want := range map[string]string{"quiet tellijn.card=74656c6c panic=10\n": "74656c6c", "tellijn.cards=1": "", "xtellijn.card=1": "", "": ""} {
		if got := Argument(line, "tellijn.card"); got != want {
			t.Errorf("%q: %q", line, got)
		}
	}
}
