package strike

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tellijn/tools/rig/gdb"
	"tellijn/tools/rig/gdb/gdbtest"
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
	next  []moment
	now   string
	mu    sync.Mutex // of what follows
	regs  map[string]map[gdb.Register]uint64
	mem   map[uint64][]byte
	asked []string
}

func begin(t *testing.T, next ...moment) (*gdb.Client, *stub) {
	t.Helper()
	s := &stub{t: t, next: next, regs: map[string]map[gdb.Register]uint64{"01": {}, "02": {}}, mem: map[uint64][]byte{}}
	c, _ := gdbtest.Begin(t, s.answer)
	return c, s
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
			return gdbtest.Silence
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
