package look

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMemory(t *testing.T) {
	proc := t.TempDir()
	put(t, proc, map[string]string{"1/status": "Name:\tinit\nUmask:\t0022\nVmHWM:\t    9000 kB\nVmRSS:\t    6536 kB\n",
		"9/status": "Name:\tkworker/0:0\nUmask:\t0000\n", "73/status": "Name:\ta b\nVmRSS:\t     100 kB\n", "70/status": "Name:\teye\nVmRSS:\t    3564 kB\n",
		"80/other": "", "meminfo": "VmRSS: 7 kB\n"})
	got, sum := Memory(Programs(proc))
	if want := "memory: init 6536 + eye 3564 + a_b 100 = 10200 KiB"; got != want || sum != 10200 {
		t.Errorf("%q, %d, want %q", got, sum, want)
	}
	if got, sum := Memory(Programs("/nowhere")); got != "memory:  = 0 KiB" || sum != 0 {
		t.Errorf("%q, %d", got, sum)
	}
}

func TestMachine(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"compatible": "raspberrypi,model-zero-2-w\x00brcm,bcm2837\x00"})
	if got := Machine(filepath.Join(dir, "compatible")); len(got) != 2 || got[0] != "raspberrypi,model-zero-2-w" || got[1] != "brcm,bcm2837" {
		t.Errorf("%q", got)
	}
	if got := Machine(filepath.Join(dir, "none")); got != nil {
		t.Errorf("%q", got)
	}
}

// Lines of a kernel 6.12.
const (
	tcpHead = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	out     = "   1: 0202000A:8A1C 0102000A:01BB 01 00000000:00000000 00:00000000 00000000     0        0 9999 1 0000 20 4 30 10 -1\n"
	waits   = "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9998 1 0000 100 0 0 10 0\n"
	bound   = "  61: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9997 2 0000 0\n"
	tied    = "  62: 0202000A:B0B0 0102000A:007B 01 00000000:00000000 00:00000000 00000000     0        0 9996 2 0000 0\n"
)

func TestListening(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"tcp": tcpHead + out, "udp": tcpHead + tied, "tcp6": tcpHead, "raw": tcpHead})
	if n := Listening(dir); n != 0 {
		t.Errorf("%d listen where none does", n)
	}
	for i, table := range []string{"tcp", "tcp6", "udp", "udp6", "udplite", "raw", "raw6"} {
		line := bound
		if table[0] == 't' {
			line = waits
		}
		put(t, dir, map[string]string{table: tcpHead + out[:0] + line})
		if n := Listening(dir); n != i+1 {
			t.Errorf("%d listen with %s", n, table)
		}
	}
	put(t, dir, map[string]string{"udp": "", "tcp": "7\n\n: : :\nx 0 0 0A\n"})
	if n := Listening(dir); n != 5 {
		t.Errorf("%d listen after nonsense", n)
	}
}

// TestListeningHere sees real sockets of this machine, on the kernel's own tables.
func TestListeningHere(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has these tables")
	}
	count := func() int { return Listening("/proc/self/net") }
	before := count()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer u.Close()
	c, err := net.Dial("udp", "127.0.0.1:"+strconv.Itoa(l.Addr().(*net.TCPAddr).Port)) // tied to its other side
	if err != nil {
		t.Skip(err)
	}
	defer c.Close()
	if after := count(); after < before+2 {
		t.Errorf("%d listen, %d before two more did", after, before)
	}
}
