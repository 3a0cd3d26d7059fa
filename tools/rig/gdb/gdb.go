// Package gdb speaks with the stub that QEMU has for debuggers: it stops and starts the processors of an emulated
// arm64 machine, reads what they see, sets their registers and lets them stop at an address. What runs there is not
// changed and needs nothing for it. While a client is connected and has not said Go the whole machine stands
// still, its clocks too. It is for the rig, outside the data path.
//
// Source: GDB manual, appendix E, "GDB Remote Serial Protocol"; QEMU 7.2, gdbstub/gdbstub.c.
package gdb

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Client is a connection to a stub. One goroutine uses it. Call Close, or the machine stands still for ever.
type Client struct {
	conn net.Conn
	in   *bufio.Reader
}

// patience bounds one answer, which a machine that stands still gives at once.
const patience = 30 * time.Second

// ErrRefused says that the stub could not do what it was asked.
var ErrRefused = errors.New("gdb: refused")

// New greets the stub behind a connection. The machine stands still from then on.
func New(conn net.Conn) (*Client, error) {
	c := &Client{conn, bufio.NewReaderSize(conn, most)}
	// Single registers are only answered to whoever has asked which ones there are. (handle_query_xfer_features)
	for _, ask := range []string{"qSupported:xmlRegisters=aarch64", "qXfer:features:read:target.xml:0,1", "?"} {
		if answer, err := c.do(ask); err != nil || len(answer) == 0 {
			conn.Close()
			return nil, fmt.Errorf("gdb: greeting %q: answer %q: %w", ask, answer, errors.Join(err, ErrRefused))
		}
	}
	return c, nil
}

// Close lets the machine go on, without any stop, and ends the connection.
func (c *Client) Close() error {
	_, err := c.do("D")
	return errors.Join(err, c.conn.Close())
}

// send sends one packet.
func (c *Client) send(body string) error {
	c.conn.SetDeadline(time.Now().Add(patience))
	_, err := c.conn.Write(Frame([]byte(body)))
	return err
}

// next takes one packet and acknowledges it.
func (c *Client) next() (string, error) {
	c.conn.SetDeadline(time.Now().Add(patience))
	body, err := Next(c.in)
	if err == nil {
		_, err = c.conn.Write([]byte{'+'})
	}
	return string(body), err
}

// do asks for something and gives the answer; one that says E and a number is an error that wraps ErrRefused.
func (c *Client) do(body string) (string, error) {
	if err := c.send(body); err != nil {
		return "", fmt.Errorf("gdb: %q: %w", body, err)
	}
	answer, err := c.next()
	for err == nil && strings.HasPrefix(answer, "T") && body != "?" { // it also says by itself that the machine stopped when we came
		answer, err = c.next()
	}
	if err != nil {
		return "", fmt.Errorf("gdb: %q: %w", body, err)
	}
	if len(answer) == 3 && answer[0] == 'E' {
		return answer, fmt.Errorf("%w: %q with %q", ErrRefused, body, answer)
	}
	return answer, nil
}

// order is do for what is answered OK.
func (c *Client) order(body string) error {
	answer, err := c.do(body)
	if err == nil && answer != "OK" {
		err = fmt.Errorf("%w: %q with %q", ErrRefused, body, answer)
	}
	return err
}

// Processors gives the names of all.
func (c *Client) Processors() (names []string, err error) {
	for ask := "qfThreadInfo"; ; ask = "qsThreadInfo" {
		answer, err := c.do(ask)
		if err != nil {
			return nil, err
		}
		list, more := strings.CutPrefix(answer, "m")
		if !more {
			return names, nil
		}
		names = append(names, strings.Split(list, ",")...)
	}
}

// Register is the number of one. (QEMU, gdb-xml/aarch64-core.xml: x0 to x30 are 0 to 30)
type Register int

// Registers that are no x.
const (
	SP    Register = 31
	PC    Register = 32
	State Register = 33 // cpsr: in bits 2 and 3 the exception level, in 7 the mask of interrupts
)

// Get reads a register of a processor.
func (c *Client) Get(processor string, r Register) (uint64, error) {
	if err := c.order("Hg" + processor); err != nil {
		return 0, err
	}
	answer, err := c.do(fmt.Sprintf("p%x", int(r)))
	if err != nil {
		return 0, err
	}
	b, err := hex.DecodeString(answer)
	if err != nil || len(b) != r.size() {
		return 0, fmt.Errorf("%w: register %d is %q, want %d bytes", ErrMalformed, r, answer, r.size())
	}
	return binary.LittleEndian.Uint64(append(b, make([]byte, 8-len(b))...)), nil
}

// Set sets a register of a processor.
func (c *Client) Set(processor string, r Register, v uint64) error {
	if err := c.order("Hg" + processor); err != nil {
		return err
	}
	return c.order(fmt.Sprintf("P%x=%x", int(r), binary.LittleEndian.AppendUint64(nil, v)[:r.size()]))
}

// size of a register in bytes.
func (r Register) size() int {
	if r == State {
		return 4
	}
	return 8
}

// Read reads memory as a processor sees it now: the program that it runs, or the kernel. What is not there is an
// error that wraps ErrRefused.
func (c *Client) Read(processor string, address uint64, n int) ([]byte, error) {
	if err := c.order("Hg" + processor); err != nil {
		return nil, err
	}
	var out []byte
	for len(out) < n {
		answer, err := c.do(fmt.Sprintf("m%x,%x", address+uint64(len(out)), min(n-len(out), 1024)))
		if err != nil {
			return nil, err
		}
		b, err := hex.DecodeString(answer)
		if err != nil || len(b) == 0 {
			return nil, fmt.Errorf("%w: memory at %#x is %q", ErrMalformed, address, answer)
		}
		out = append(out, b...)
	}
	return out, nil
}

// Break makes each processor stop before it executes what stands at an address, whatever program that is of.
func (c *Client) Break(address uint64) error { return c.order(fmt.Sprintf("Z0,%x,4", address)) }

// Clear takes a stop away.
func (c *Client) Clear(address uint64) error { return c.order(fmt.Sprintf("z0,%x,4", address)) }

// Step lets one processor execute one instruction, while the others stand still.
func (c *Client) Step(processor string) error {
	if err := c.send("vCont;s:" + processor); err != nil {
		return fmt.Errorf("gdb: %w", err)
	}
	_, err := c.stopped()
	return err
}

// Go lets the machine run until a processor stops at an address, and gives that processor's name. When ctx ends
// the machine is stopped, and the error is that of ctx.
func (c *Client) Go(ctx context.Context) (processor string, err error) {
	if err := c.send("vCont;c"); err != nil {
		return "", fmt.Errorf("gdb: %w", err)
	}
	for {
		c.conn.SetDeadline(time.Now().Add(50 * time.Millisecond))
		if _, err = c.in.Peek(1); err == nil {
			if b, _ := c.in.Peek(1); b[0] == '$' {
				return c.stopped()
			}
			c.in.Discard(1)
			continue
		}
		var late net.Error
		if !errors.As(err, &late) || !late.Timeout() {
			return "", fmt.Errorf("gdb: the machine is gone: %w", err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	c.conn.SetDeadline(time.Now().Add(patience))
	if _, err := c.conn.Write([]byte{3}); err != nil {
		return "", fmt.Errorf("gdb: %w", err)
	}
	_, err = c.stopped()
	return "", errors.Join(ctx.Err(), err)
}

// stopped takes the word that the machine stands still: T, the signal, and pairs of names and values.
func (c *Client) stopped() (processor string, err error) {
	answer, err := c.next()
	if err != nil {
		return "", fmt.Errorf("gdb: waiting for a stop: %w", err)
	}
	if len(answer) > 3 && answer[0] == 'T' {
		for pair := range strings.SplitSeq(answer[3:], ";") {
			if name, ok := strings.CutPrefix(pair, "thread:"); ok {
				return name, nil
			}
		}
	}
	return "", fmt.Errorf("%w: %q, want a stop", ErrMalformed, answer)
}
