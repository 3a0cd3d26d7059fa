package vm

import (
	"bufio"
	"fmt"
	"net"
	"testing"
)

// TestEvents hears why a machine ended. (QEMU, qapi/run-state.json)
func TestEvents(t *testing.T) {
	const bite = `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "WATCHDOG", "data": {"action": "reset"}}`
	end := func(reason string) string {
		return `{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "` + reason + `"}}`
	}
	for name, c := range map[string]struct {
		told  []string
		again bool
		bites int
	}{
		"nothing":          {nil, false, 0},
		"switched off":     {[]string{end("guest-shutdown")}, false, 0},
		"another monitor":  {[]string{end("host-qmp-quit")}, false, 0},
		"started anew":     {[]string{`{"event": "RESUME"}`, end("guest-reset")}, true, 0},
		"the watchdog bit": {[]string{bite, end("guest-reset")}, true, 1},
		"not JSON":         {[]string{`{"event": "WATCHDOG`, end("guest-reset")}, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := &Machine{dir: t.TempDir(), gone: make(chan struct{}), told: make(chan struct{})}
			l, err := net.Listen("unix", m.path("events"))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go m.hear()
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(conn, `{"QMP": {}}`)
			if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			for _, line := range append([]string{`{"return": {}}`}, c.told...) {
				fmt.Fprintln(conn, line)
			}
			conn.Close()
			close(m.gone)
			if again := m.Again(); again != c.again || m.Bites() != c.bites {
				t.Errorf("again %v after %d bites, want %v after %d", again, m.Bites(), c.again, c.bites)
			}
		})
	}
}
