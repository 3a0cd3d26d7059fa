package mqtt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"
)

// broker accepts connections and plays a part on each until the client hangs up.
func broker(t *testing.T, part func(net.Conn)) (address string, met *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	met = new(atomic.Int32)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			met.Add(1)
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(20 * time.Second))
				part(c)
			}()
		}
	}()
	return l.Addr().String(), met
}

// greet reads CONNECT and takes it.
func greet(c net.Conn) {
	_, _ = packets.ReadPacket(c)
	c.Write([]byte{0x20, 3, 0, 0, 0})
}

// TestHostileBrokers has brokers that send anything. The client fails in time, keeps nothing running,
// and makes no room for what they only announce.
func TestHostileBrokers(t *testing.T) {
	before := runtime.NumGoroutine()
	for what, part := range map[string]func(net.Conn){
		"hangs up":             func(c net.Conn) {},
		"silent":               func(c net.Conn) { io.Copy(io.Discard, c) },
		"deaf":                 func(c net.Conn) { time.Sleep(400 * time.Millisecond) },
		"deaf after greeting":  func(c net.Conn) { greet(c); time.Sleep(400 * time.Millisecond) },
		"refuses":              func(c net.Conn) { c.Write([]byte{0x20, 3, 0, 0x87, 0}) },
		"announces 256 MB":     func(c net.Conn) { c.Write([]byte{0x20, 0xff, 0xff, 0xff, 0x7f, 0}); io.Copy(io.Discard, c) },
		"length without end":   func(c net.Conn) { c.Write([]byte{0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}); io.Copy(io.Discard, c) },
		"other protocol":       func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); io.Copy(io.Discard, c) },
		"wants more proof":     func(c net.Conn) { c.Write([]byte{0xf0, 6, 0x18, 4, 0x15, 0, 1, 'x'}); io.Copy(io.Discard, c) },
		"says there was proof": func(c net.Conn) { c.Write([]byte{0x20, 7, 0, 0, 4, 0x15, 0, 1, 'x'}); io.Copy(io.Discard, c) },
		"large after greeting": func(c net.Conn) { greet(c); c.Write([]byte{0x30, 0xff, 0xff, 0xff, 0x7f}); io.Copy(io.Discard, c) },
		"disconnects":          func(c net.Conn) { greet(c); c.Write([]byte{0xe0, 2, 0x8e, 0}); io.Copy(io.Discard, c) },
		"greets twice":         func(c net.Conn) { greet(c); greet(c); io.Copy(io.Discard, c) },
		"receipts for nothing": func(c net.Conn) {
			greet(c)
			c.Write([]byte{0x40, 2, 0, 7, 0x50, 2, 0, 9, 0x90, 4, 0, 5, 0, 0, 0x62, 2, 0, 1, 0x70, 2, 0, 1})
			io.Copy(io.Discard, c)
		},
	} {
		t.Run(what, func(t *testing.T) {
			address, met := broker(t, part)
			var dials atomic.Int32
			c := New(options(address, &dials))
			var m, n runtime.MemStats
			runtime.ReadMemStats(&m)
			for range 2 {
				began := time.Now()
				if b, err := c.Exchange(within(t, 300*time.Millisecond), some(t, 64)); err == nil {
					t.Errorf("an answer: %q", b)
				}
				if d := time.Since(began); d > 5*time.Second {
					t.Errorf("after %v", d)
				}
			}
			c.Close()
			if runtime.ReadMemStats(&n); n.TotalAlloc-m.TotalAlloc > 8<<20 {
				t.Errorf("%d bytes were allocated", n.TotalAlloc-m.TotalAlloc)
			}
			if met.Load() != 2 {
				t.Errorf("the broker was met %d times", met.Load())
			}
		})
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines stay, there were %d\n%s", n, before, buf[:runtime.Stack(buf, true)])
	}
}

// TestTurnsBad has a broker that does everything right until the batch comes: then it hangs up, which
// is noticed at once, or takes no byte more, which ends with the context.
func TestTurnsBad(t *testing.T) {
	for what, tc := range map[string]struct {
		turn func(net.Conn)
		ctx  time.Duration
		most time.Duration
	}{
		"hangs up": {func(c net.Conn) { packets.ReadPacket(c); c.Close() }, 30 * time.Second, 10 * time.Second},
		"deaf":     {func(c net.Conn) { time.Sleep(15 * time.Second) }, 300 * time.Millisecond, 10 * time.Second},
	} {
		t.Run(what, func(t *testing.T) {
			c := New(Options{Device: "d", Dial: func(context.Context) (net.Conn, error) {
				here, there := net.Pipe() // which keeps nothing that nobody reads
				go func() {
					greet(there)
					for {
						p, err := packets.ReadPacket(there)
						if err != nil {
							return
						}
						switch m := p.Content.(type) {
						case *packets.Subscribe:
							there.Write([]byte{0x90, 4, byte(m.PacketID >> 8), byte(m.PacketID), 0, 1})
						case *packets.Publish:
							there.Write([]byte{0x40, 2, byte(m.PacketID >> 8), byte(m.PacketID)})
							tc.turn(there)
							return
						}
					}
				}()
				return here, nil
			}})
			began := time.Now()
			if _, err := c.Exchange(within(t, tc.ctx), some(t, 64)); err == nil {
				t.Error("an answer")
			}
			if d := time.Since(began); d > tc.most {
				t.Errorf("after %v", d)
			}
		})
	}
}

// TestRubbish has a broker that answers with random packets of random lengths after its greeting.
func TestRubbish(t *testing.T) {
	var sent atomic.Int64
	address, met := broker(t, func(c net.Conn) {
		if rand.IntN(4) > 0 {
			greet(c)
		}
		for range 20 {
			body := make([]byte, rand.IntN(60))
			for i := range body {
				body[i] = byte(rand.IntN(256)) >> rand.IntN(8)
			}
			if _, err := c.Write(append([]byte{byte(rand.IntN(256)), byte(len(body))}, body...)); err != nil {
				return
			}
			sent.Add(1)
		}
		io.Copy(io.Discard, c)
	})
	var dials atomic.Int32
	c := New(options(address, &dials))
	defer c.Close()
	for range 150 {
		if _, err := c.Exchange(within(t, 20*time.Millisecond), some(t, 1)); err == nil {
			t.Error("rubbish was an answer")
		}
	}
	if met.Load() < 100 || sent.Load() < 500 {
		t.Errorf("%d connections, %d packets: the test did not test", met.Load(), sent.Load())
	}
	t.Logf("%d connections, %d packets", met.Load(), sent.Load())
}

type script struct {
	net.Conn
	r io.Reader
}

func (s script) Read(b []byte) (int, error) { return s.r.Read(b) }
func (s script) Close() error               { return nil }

// FuzzFramed holds framed against a second reading of the same bytes: whatever pieces they come in, it
// stops before the first packet that is too large, and lets everything else pass.
func FuzzFramed(f *testing.F) {
	f.Add([]byte{0x20, 3, 0, 0, 0, 0xd0, 0}, 1)
	f.Add([]byte{0x30, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3}, 2)
	f.Add([]byte{0x30, 0x80, 0x80, 0x80, 0x80, 0x80}, 3)
	f.Add(append([]byte{0x30, 0x80, 0x01}, make([]byte, 130)...), 7)
	f.Fuzz(func(t *testing.T, b []byte, step int) {
		bad := false
		for rest := b; len(rest) >= 2 && !bad; {
			n, shift, i := 0, 0, 1
			for ; i < len(rest); i++ {
				n |= int(rest[i]&0x7f) << shift
				shift += 7
				if bad = n > maxPacket || shift > 28; bad || rest[i]&0x80 == 0 {
					break
				}
			}
			if bad || i == len(rest) {
				break
			}
			rest = rest[min(len(rest), i+1+n):]
		}
		fr := &framed{Conn: script{r: bytes.NewReader(b)}}
		buf := make([]byte, 1+(step&0x7fffffff)%9)
		var got []byte
		for {
			n, err := fr.Read(buf)
			got = append(got, buf[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				if !errors.Is(err, ErrBroker) || !bad {
					t.Fatalf("%v after %d bytes of %x", err, len(got), b)
				}
				return
			}
		}
		if bad || !bytes.Equal(got, b) {
			t.Fatalf("all of %x passed", b)
		}
	})
}

func TestNoNetwork(t *testing.T) {
	no := errors.New("no network today")
	c := New(Options{Device: "d", Dial: func(context.Context) (net.Conn, error) { return nil, no }})
	if _, err := c.Exchange(within(t, time.Second), some(t, 1)); !errors.Is(err, no) {
		t.Fatal(err)
	}
	c.Close()
	if _, err := c.Exchange(within(t, time.Second), []byte("no batch")); err == nil {
		t.Fatal("sent something else than a batch")
	}
}
