package vm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"
)

// monitor speaks QMP, by which a running QEMU is told what to do. (QEMU, docs/interop/qmp-spec.txt)
type monitor struct {
	conn net.Conn
	in   *bufio.Reader
}

// patience bounds one command; a whole dump of memory takes about a second on an idle machine.
const patience = 60 * time.Second

// dial waits until QEMU has made its socket; alive tells whether it is worth waiting.
func dial(path string, alive func() bool) (*monitor, error) {
	for {
		conn, err := net.Dial("unix", path)
		if err == nil {
			m := &monitor{conn: conn, in: bufio.NewReader(conn)}
			conn.SetDeadline(time.Now().Add(patience))
			if _, err := m.in.ReadString('\n'); err != nil { // the greeting
				conn.Close()
				return nil, err
			}
			return m, m.do("qmp_capabilities", nil)
		}
		if !alive() {
			return nil, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// do gives one command and waits for its answer; events in between are passed over.
func (m *monitor) do(command string, arguments map[string]any) error {
	type message struct {
		Execute   string         `json:"execute"`
		Arguments map[string]any `json:"arguments,omitempty"`
	}
	b, err := json.Marshal(message{command, arguments})
	if err != nil {
		return err
	}
	m.conn.SetDeadline(time.Now().Add(patience))
	if _, err := m.conn.Write(append(b, '\n')); err != nil {
		return err
	}
	for {
		line, err := m.in.ReadBytes('\n')
		if err != nil {
			return err
		}
		var answer struct {
			Return *json.RawMessage `json:"return"`
			Error  *struct {
				Desc string `json:"desc"`
			} `json:"error"`
		}
		if err := json.Unmarshal(line, &answer); err != nil {
			return fmt.Errorf("answer %q: %w", line, err)
		}
		switch {
		case answer.Error != nil:
			return errors.New(answer.Error.Desc)
		case answer.Return != nil:
			return nil
		}
	}
}
