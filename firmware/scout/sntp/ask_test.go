package sntp

import (
	"encoding/binary"
	"errors"
	"net"
	"testing"
	"time"
)

// conn is a server by itself: what is written to it is the question.
type conn struct {
	net.Conn
	answer func(question []byte) []byte
	b      []byte
	closed bool
}

func (c *conn) Write(b []byte) (int, error) {
	c.b = c.answer(append([]byte(nil), b...))
	return len(b), nil
}

func (c *conn) Read(b []byte) (int, error) {
	if c.b == nil {
		return 0, timeout{}
	}
	return copy(b, c.b), nil
}

func (c *conn) SetDeadline(time.Time) error { return nil }
func (c *conn) Close() error                { c.closed = true; return nil }

type timeout struct{}

func (timeout) Error() string   { return "nobody" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

// stamp is a time as NTP has it. (RFC 5905, 6)
func stamp(b []byte, t time.Time) {
	binary.BigEndian.PutUint32(b, uint32(t.Unix()+2208988800))
	binary.BigEndian.PutUint32(b[4:], uint32(uint64(t.Nanosecond())<<32/1e9))
}

// says is a server of stratum 2 that has a time, and is changed.
func says(t time.Time, change func(b []byte)) func([]byte) []byte {
	return func(q []byte) []byte {
		b := make([]byte, 48)
		b[0], b[1], b[2], b[3] = 4<<3|4, 2, 6, 0xec
		b[6], b[10] = 0x10, 0x08 // 62 ms and 31 ms
		stamp(b[16:], t.Add(-time.Minute))
		copy(b[24:32], q[40:48])
		stamp(b[32:], t)
		stamp(b[40:], t)
		if change != nil {
			change(b)
		}
		return b
	}
}

func ask(answer func([]byte) []byte) (Answer, *conn, error) {
	c := &conn{answer: answer}
	boot := 90 * time.Second
	a, err := Ask(func() (net.Conn, error) { return c, nil }, func() time.Duration { boot += 5 * time.Millisecond; return boot })
	return a, c, err
}

func now() time.Time { return time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC) }

func TestAsk(t *testing.T) {
	for _, at := range []time.Time{now(), time.Date(1971, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2090, 6, 1, 0, 0, 0, 0, time.UTC)} {
		a, c, err := ask(says(at, nil))
		if err != nil || a.Time.Sub(at).Abs() > 20*time.Millisecond || a.Boot < 90*time.Second || !c.closed {
			t.Errorf("%+v, %v, want %v", a, err, at)
		}
		if a.Error < 62*time.Millisecond || a.Error > 80*time.Millisecond {
			t.Errorf("off by %v", a.Error)
		}
	}
}

func TestBad(t *testing.T) {
	kiss := func(code string) func([]byte) { return func(b []byte) { b[1] = 0; copy(b[12:], code) } }
	for name, c := range map[string]struct {
		change func([]byte)
		want   error
	}{
		"rate":                 {kiss("RATE"), ErrLess},
		"deny":                 {kiss("DENY"), ErrNever},
		"restricted":           {kiss("RSTR"), ErrNever},
		"another kiss":         {kiss("STEP"), ErrBad},
		"another question":     {func(b []byte) { b[24]++ }, ErrBad},
		"not in step":          {func(b []byte) { b[0] |= 3 << 6 }, ErrBad},
		"stratum 16":           {func(b []byte) { b[1] = 16 }, ErrBad},
		"a client":             {func(b []byte) { b[0] = 4<<3 | 3 }, ErrBad},
		"far from the source":  {func(b []byte) { b[8] = 1 }, ErrBad},
		"no time":              {func(b []byte) { clear(b[40:48]) }, ErrBad},
		"set in the future":    {func(b []byte) { stamp(b[16:], now().Add(time.Hour)) }, ErrBad},
		"not set for days":     {func(b []byte) { stamp(b[16:], now().Add(-50*time.Hour)) }, ErrBad},
		"sent before received": {func(b []byte) { stamp(b[40:], now().Add(-time.Hour)) }, ErrBad},
	} {
		if a, k, err := ask(says(now(), c.change)); !errors.Is(err, c.want) || a != (Answer{}) || !k.closed {
			t.Errorf("%s: %+v, %v, want %v", name, a, err, c.want)
		}
	}
	if _, _, err := ask(func([]byte) []byte { return nil }); !errors.Is(err, ErrSilent) {
		t.Error(err)
	}
	if _, err := Ask(func() (net.Conn, error) { return nil, &net.OpError{Err: timeout{}} }, func() time.Duration { return 0 }); !errors.Is(err, ErrSilent) {
		t.Error(err)
	}
}

func FuzzAsk(f *testing.F) {
	f.Add(says(now(), nil)(make([]byte, 48)))
	f.Add([]byte{})
	f.Add(make([]byte, 4000))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, _, err := ask(func(q []byte) []byte {
			if len(b) >= 32 {
				copy(b[24:32], q[40:48])
			}
			return append([]byte{}, b...)
		})
		if err == nil && (a.Error < 0 || a.Error > MostError || a.Time.Year() < 1971 || a.Time.Year() > 2200) {
			t.Fatalf("%+v", a)
		}
	})
}

func TestTurns(t *testing.T) {
	var turns Turns
	if _, ok := turns.Next(); ok || turns.Due(0) != -1 {
		t.Error("somebody is to be asked")
	}
	turns.Restart(2, time.Minute)
	if turns.Due(0) != -1 || turns.Due(time.Minute) != 0 || turns.Due(time.Minute) != 1 || turns.Due(time.Minute) != -1 {
		t.Error("not each once")
	}
	turns.Done(7, nil, 0)
	count := func(err error) (n int) {
		turns.Restart(1, 0)
		for now := time.Duration(0); now < 24*time.Hour; now, _ = turns.Next() {
			if turns.Due(now) != 0 {
				t.Fatal("nobody is to be asked")
			}
			if n++; now == 0 {
				turns.Done(0, err, now)
				continue
			}
			turns.Done(0, err, now+time.Second)
		}
		return n
	}
	for err, want := range map[error][2]int{nil: {80, 100}, ErrSilent: {80, 100}, ErrBad: {80, 100}, ErrLess: {20, 24}, ErrNever: {1, 1}} {
		if n := count(err); n < want[0] || n > want[1] {
			t.Errorf("%v: asked %d times a day, want %v", err, n, want)
		}
	}
	turns.Restart(1, 0)
	turns.Due(0)
	turns.Done(0, ErrLess, 0)
	at, _ := turns.Next()
	turns.Due(at)
	turns.Done(0, nil, at)
	if next, _ := turns.Next(); next-at < less {
		t.Errorf("asked again after %v", next-at)
	}
}
