package strike

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tellijn/tools/rig/gdb"
)

// moment is where a pretended machine stops next.
type moment struct {
	cpu  string
	regs map[gdb.Register]uint64
	mem  []byte // at PC
}

// stub is a pretended machine with two processors and the stub for debuggers.
type stub struct {
	t     *testing.T
	conn  net.Conn
	next  []moment
	now   string
	mu    sync.Mutex // of what follows
	regs  map[string]map[gdb.Register]uint64
	mem   map[uint64][]byte
	asked []string
}

func begin(t *testing.T, next ...moment) (*gdb.Client, *stub) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	there, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { there.Close() })
	s := &stub{t: t, conn: there, next: next, regs: map[string]map[gdb.Register]uint64{"01": {}, "02": {}}, mem: map[uint64][]byte{}}
	go s.serve()
	c, err := gdb.New(here)
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func (s *stub) serve() {
	in := bufio.NewReader(s.conn)
	for {
		if b, err := in.Peek(1); err == nil && (b[0] == 3 || b[0] == '+') {
			in.Discard(1)
			if b[0] == 3 {
				s.conn.Write(gdb.Frame([]byte("T02thread:01;")))
			}
			continue
		}
		body, err := gdb.Next(in)
		if err != nil {
			return
		}
		s.conn.Write([]byte{'+'})
		if answer := s.answer(string(body)); answer != "" {
			s.conn.Write(gdb.Frame([]byte(answer)))
		}
	}
}

func (s *stub) answer(q string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, q)
	number := func(text string) uint64 {
		n, err := strconv.ParseUint(text, 16, 64)
		if err != nil {
			s.t.Errorf("%q: %v", q, err)
		}
		return n
	}
	switch {
	case strings.HasPrefix(q, "qSupported"), strings.HasPrefix(q, "qXfer"):
		return "m<"
	case q == "?", strings.HasPrefix(q, "vCont;s"):
		return "T05thread:01;"
	case q == "qfThreadInfo":
		return "m01,02"
	case q == "qsThreadInfo":
		return "l"
	case strings.HasPrefix(q, "Hg"):
		s.now = q[2:]
	case q[0] == 'p':
		r := gdb.Register(number(q[1:]))
		b := binary.LittleEndian.AppendUint64(nil, s.regs[s.now][r])
		if r == gdb.State {
			b = b[:4]
		}
		return hex.EncodeToString(b)
	case q[0] == 'P':
		name, value, _ := strings.Cut(q[1:], "=")
		b, _ := hex.DecodeString(value)
		s.regs[s.now][gdb.Register(number(name))] = binary.LittleEndian.Uint64(append(b, make([]byte, 8)...))
	case q[0] == 'm':
		at, n, _ := strings.Cut(q[1:], ",")
		from := number(at)
		for base, b := range s.mem {
			if from >= base && from+number(n) <= base+uint64(len(b)) {
				return hex.EncodeToString(b[from-base:][:number(n)])
			}
		}
		return "E14"
	case q == "vCont;c":
		if len(s.next) == 0 {
			return ""
		}
		m := s.next[0]
		s.next = s.next[1:]
		for r, v := range m.regs {
			s.regs[m.cpu][r] = v
		}
		if m.mem != nil {
			s.mem[s.regs[m.cpu][gdb.PC]] = m.mem
		}
		return fmt.Sprintf("T05thread:%s;", m.cpu)
	}
	return "OK"
}

// get gives a register, and how often the machine was asked something.
func (s *stub) get(cpu string, r gdb.Register) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.regs[cpu][r]
}

func (s *stub) count(q string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if strings.HasPrefix(a, q) {
			n++
		}
	}
	return n
}
