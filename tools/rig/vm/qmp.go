package vm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// monitor speaks QMP, by which a running QEMU is told what to do. (QEMU, docs/interop/qmp-spec.txt)
type monitor struct {
	conn net.Conn
	in   *bufio.Reader
}

// patience bounds one command; a whole dump of memory takes about a second on an idle machine.
const patience = 60 * time.Second

// reach waits until QEMU has made a socket; alive tells whether it is worth waiting.
func reach(path string, alive func() bool) (net.Conn, error) {
	for {
		conn, err := net.Dial("unix", path)
		if err == nil || !alive() {
			return conn, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// dial reaches the monitor.
func dial(path string, alive func() bool) (*monitor, error) {
	conn, err := reach(path, alive)
	if err != nil {
		return nil, err
	}
	m := &monitor{conn: conn, in: bufio.NewReader(conn)}
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := m.in.ReadString('\n'); err != nil { // the greeting
		conn.Close()
		return nil, err
	}
	_, err = m.do("qmp_capabilities", nil)
	return m, err
}

// do gives one command and waits for its answer; events in between are passed over.
func (m *monitor) do(command string, arguments map[string]any) (json.RawMessage, error) {
	type message struct {
		Execute   string         `json:"execute"`
		Arguments map[string]any `json:"arguments,omitempty"`
	}
	b, err := json.Marshal(message{command, arguments})
	if err != nil {
		return nil, err
	}
	m.conn.SetDeadline(time.Now().Add(patience))
	if _, err := m.conn.Write(append(b, '\n')); err != nil {
		return nil, err
	}
	for {
		line, err := m.in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		var answer struct {
			Return *json.RawMessage `json:"return"`
			Error  *struct {
				Desc string `json:"desc"`
			} `json:"error"`
		}
		if err := json.Unmarshal(line, &answer); err != nil {
			return nil, fmt.Errorf("answer %q: %w", line, err)
		}
		switch {
		case answer.Error != nil:
			return nil, errors.New(answer.Error.Desc)
		case answer.Return != nil:
			return *answer.Return, nil
		}
	}
}

// tester speaks the protocol by which lines of a running machine are moved. (QEMU, docs/devel/qtest.rst)
type tester struct {
	conn net.Conn
	in   *bufio.Reader
}

// do gives one command and waits for its answer; what happens in between is passed over.
func (t *tester) do(command string) error {
	t.conn.SetDeadline(time.Now().Add(patience))
	if _, err := t.conn.Write([]byte(command + "\n")); err != nil {
		return err
	}
	for {
		line, err := t.in.ReadString('\n')
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(line, "OK"):
			return nil
		case strings.HasPrefix(line, "FAIL"), strings.HasPrefix(line, "ERR"):
			return errors.New(strings.TrimSpace(line))
		}
	}
}

// Word reads 4 bytes at a physical address of the machine, such as a register of a device.
func (m *Machine) Word(address uint64) (uint32, error) {
	answer, err := m.ask("human-monitor-command", map[string]any{"command-line": fmt.Sprintf("xp /1xw %#x", address)})
	if err != nil {
		return 0, err
	}
	var text string
	if err := json.Unmarshal(answer, &text); err != nil {
		return 0, fmt.Errorf("vm: monitor: %w", err)
	}
	_, word, _ := strings.Cut(text, ": ")
	n, err := strconv.ParseUint(strings.TrimSpace(word), 0, 32)
	if err != nil {
		return 0, fmt.Errorf("vm: monitor: xp %#x says %q", address, text)
	}
	return uint32(n), nil
}

// Find gives the path of the first device of a type, for Drive.
func (m *Machine) Find(kind string) (string, error) {
	for i := range 200 {
		path := fmt.Sprintf("/machine/unattached/device[%d]", i)
		answer, err := m.ask("qom-get", map[string]any{"path": path, "property": "type"})
		if err != nil {
			return "", fmt.Errorf("vm: no device of type %q: %w", kind, err)
		}
		if string(answer) == strconv.Quote(kind) {
			return path, nil
		}
	}
	return "", fmt.Errorf("vm: no device of type %q", kind)
}

// test gives a command by which lines and memory are changed.
func (m *Machine) test(command string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.qtest == nil {
		conn, err := reach(m.path("qtest"), m.runs)
		if err != nil {
			return err
		}
		m.qtest = &tester{conn, bufio.NewReader(conn)}
	}
	return m.qtest.do(command)
}

// Drive sets an input line of a device from outside.
func (m *Machine) Drive(device string, line int, high bool) error {
	level := map[bool]int{true: 1}[high]
	if err := m.test(fmt.Sprintf("set_irq_in %s unnamed-gpio-in %d %d", device, line, level)); err != nil {
		return fmt.Errorf("vm: qtest: line %d: %w", line, err)
	}
	return nil
}

// moved is what QEMU calls a line of the chip that the machine moves. (QEMU, hw/gpio/pl061.c)
const moved = "pl061_set_output"

// Moves opens what QEMU tells of lines that the machine moves: whole lines of text that end in "output 3 to 1". More comes
// behind the end as long as the machine runs.
func (m *Machine) Moves() (*os.File, error) {
	f, err := os.Open(m.path("lines"))
	if err != nil {
		return nil, fmt.Errorf("vm: lines: %w", err)
	}
	return f, nil
}

// Gone is closed when the machine has ended.
func (m *Machine) Gone() <-chan struct{} { return m.gone }

// Link plugs the network cable in or out.
func (m *Machine) Link(up bool) error {
	return m.command("set_link", map[string]any{"name": "nic", "up": up})
}

// Press tells the machine's power button, where it has one.
func (m *Machine) Press() error { return m.command("system_powerdown", nil) }

// hear notes why the machine ends, as long as there is somebody who tells. (QEMU, qapi/run-state.json: WATCHDOG,
// SHUTDOWN)
func (m *Machine) hear() {
	defer close(m.told)
	conn, err := reach(m.path("events"), m.runs)
	if err != nil {
		return
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(`{"execute":"qmp_capabilities"}` + "\n")); err != nil {
		return
	}
	for in := bufio.NewScanner(conn); in.Scan(); {
		var e struct {
			Event string
			Data  struct{ Reason string }
		}
		switch json.Unmarshal(in.Bytes(), &e); {
		case e.Event == "WATCHDOG":
			m.bites.Add(1)
		case e.Event == "SHUTDOWN" && e.Data.Reason == "guest-reset":
			m.reset.Store(true)
		}
	}
}

// Again tells, once the machine has ended, whether it did so to start anew: the guest or the watchdog reset it.
// A machine of this package does not do that by itself, since firmware would read the card again.
func (m *Machine) Again() bool {
	<-m.gone
	<-m.told
	return m.reset.Load()
}

// Bites is how often the watchdog bit.
func (m *Machine) Bites() int { return int(m.bites.Load()) }
