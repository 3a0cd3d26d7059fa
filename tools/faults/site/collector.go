package site

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// server is a program that others connect to: the collector or the broker.
type server struct {
	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{}
	said bytes.Buffer
}

// run starts it and waits until it listens.
func (s *server) run(address, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	done := make(chan struct{})
	go func() {
		for sc := bufio.NewScanner(out); sc.Scan(); {
			s.mu.Lock()
			s.said.WriteString(sc.Text() + "\n")
			s.mu.Unlock()
		}
	}()
	go func() {
		_ = cmd.Wait()
		in.Close()
		close(done)
	}()
	s.mu.Lock()
	s.cmd, s.done = cmd, done
	s.mu.Unlock()
	return until(filepath.Base(program)+" listens on "+address, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// kill kills it and gives how it ended.
func (s *server) kill() string {
	s.mu.Lock()
	cmd, done := s.cmd, s.done
	s.cmd = nil
	s.mu.Unlock()
	if cmd == nil {
		return "did not run"
	}
	_ = cmd.Process.Kill()
	<-done
	return cmd.ProcessState.String()
}

// Said gives all that it printed.
func (s *server) Said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// Collector is the real collector. Life is held by whoever ends and starts it.
type Collector struct {
	server
	Life    sync.Mutex
	Dir     string
	Address string
	broker  string
	program string
	say     func(string)
}

func (c *Collector) setUp() error {
	_, err := c.Command("enrol", "-dir", c.Dir, "-host", c.Address)
	return err
}

// Command runs a command of the collector's program to its end and gives what it prints.
func (c *Collector) Command(args ...string) (string, error) {
	var errs bytes.Buffer
	cmd := exec.Command(c.program, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("site: collector %s: %w: %s", args[0], err, strings.TrimSpace(errs.String()))
	}
	return string(out), nil
}

// Start starts it on its address.
func (c *Collector) Start() error {
	args := []string{"serve", "-dir", c.Dir, "-listen", c.Address, "-simulated"}
	if c.broker != "" {
		args = append(args, "-mqtt", c.broker)
	}
	return c.run(c.Address, c.program, args...)
}

// Kill kills it without warning and gives how it ended.
func (c *Collector) Kill() string { return c.kill() }

// Broker is Mosquitto. Life is held by whoever ends and starts it.
type Broker struct {
	server
	Life    sync.Mutex
	Address string
	Inside  string // where whoever runs the broker hears and says what they like
	program string
	config  string
}

// newBroker sets a broker up with the certificates that the collector's enrol makes, and starts it. Without
// Mosquitto on this machine it gives nil.
func newBroker(s *Site) (*Broker, error) {
	b := &Broker{}
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin") {
		path := filepath.Join(dir, "mosquitto")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			b.program = path
			break
		}
	}
	if b.program == "" {
		return nil, nil
	}
	var err error
	if b.Address, err = free(); err != nil {
		return nil, err
	}
	if b.Inside, err = free(); err != nil {
		return nil, err
	}
	dir := filepath.Join(s.Dir, "broker")
	text, err := s.Collector.Command("enrol", "-dir", s.Collector.Dir, "-broker", "-host", b.Address, "-out", dir)
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(b.Address)
	text = strings.Replace(text, "listener "+port, "listener "+port+" 127.0.0.1", 1)
	_, port, _ = net.SplitHostPort(b.Inside)
	text += "\nlistener " + port + " 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\nlog_type error\nlog_type warning\n"
	if os.Geteuid() == 0 {
		text += "user root\n" // or it becomes somebody who may not read its files
	}
	b.config = filepath.Join(dir, "mosquitto.conf")
	if err := os.WriteFile(b.config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	return b, b.Start()
}

// Start starts it on its address.
func (b *Broker) Start() error { return b.run(b.Address, b.program, "-c", b.config) }

// Kill kills it without warning and gives how it ended.
func (b *Broker) Kill() string { return b.kill() }

// free gives an address on which nobody listens. It stays below the ports that outgoing connections get,
// since programs here die and come back to their address.
func free() (string, error) {
	for port := 21000 + os.Getpid()%5000 + int(time.Now().UnixNano()/1000%5000); port < 32000; port++ {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		l, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		return address, l.Close()
	}
	return "", fmt.Errorf("site: no free port")
}
