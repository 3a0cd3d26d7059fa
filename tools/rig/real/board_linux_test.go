package real

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tellijn/boards/card"
	"tellijn/firmware/upload/https"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/real/realtest"
	"tellijn/tools/rig/real/tape"
)

// table is a desk of doubles with a scripted board on it, that starts from the card, moves its lines, looks through its
// camera, sends records, and ends by its button.
type table struct {
	t       *testing.T
	hub     *realtest.Hub
	mux     *realtest.SDWire
	a, b    *realtest.MCP // lines of the desk file in testdata
	path    string        // of the serial port
	console *os.File
	card    string // the file in place of a card
	camera  net.Listener
	came    func() string // where the collector is, as far as no cable is needed

	mu      sync.Mutex
	stop    context.CancelFunc // of the board's life, nil while it has no power
	done    chan struct{}
	plugged bool
	frames  int
	leak    bool // the board has power although the hub says it has none
}

// Lines of the two adapters.
const (
	gpAlive, gpCamera, gpFed, gpLamp    = 0, 1, 2, 3 // of a
	gpButton, gpWeld, gpBreak, gpNoPlug = 0, 1, 2, 3 // of b
)

func newTable(t *testing.T) *table {
	b := &table{t: t, mux: &realtest.SDWire{TB: t}, card: filepath.Join(t.TempDir(), "card"), a: &realtest.MCP{TB: t}}
	b.path, b.console = realtest.Port(t)
	b.b = &realtest.MCP{TB: t, OnSet: func(int, bool) { b.supply() }}
	b.hub = &realtest.Hub{TB: t, Ports: 4, OnPower: func(port int, on bool) {
		if port != 3 {
			t.Errorf("port %d was switched", port)
		}
		if on {
			b.on()
		} else {
			b.off()
		}
	}}
	var err error
	if b.camera, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go b.see()
	t.Cleanup(func() { b.camera.Close(); b.off() })
	return b
}

func (b *table) on() {
	ctx, stop := context.WithCancel(context.Background())
	b.mu.Lock()
	b.stop, b.done = stop, make(chan struct{})
	done := b.done
	b.mu.Unlock()
	b.a.Drive(gpAlive, true)
	go func() {
		defer close(done)
		b.live(ctx)
	}()
}

// off ends the board at once, in the middle of a line.
func (b *table) off() {
	b.mu.Lock()
	stop, done, leak := b.stop, b.done, b.leak
	b.stop = nil
	b.mu.Unlock()
	if stop == nil {
		return
	}
	stop()
	<-done
	b.console.WriteString("[   12.3")
	for _, line := range []int{gpCamera, gpLamp} {
		b.a.Drive(line, false)
	}
	b.a.Drive(gpAlive, leak)
	b.supply()
}

func (b *table) say(format string, args ...any) {
	fmt.Fprintf(b.console, "[   %d.000000] "+format+"\r\n", append([]any{time.Now().Second()}, args...)...)
}

// supply is the switch of the camera with the two transistors beside it.
func (b *table) supply() {
	b.mu.Lock()
	on := b.stop != nil
	b.mu.Unlock()
	b.a.Drive(gpFed, on && (b.a.High(gpCamera) || b.b.High(gpWeld)) && !b.b.High(gpBreak))
}

// live is the board from getting power to losing it.
func (b *table) live(ctx context.Context) {
	b.say("Booting Linux on a scripted board")
	if has, _ := b.mux.Board(); !has {
		b.say("no card")
		return
	}
	files, err := b.device()
	if err != nil {
		b.say("the card cannot be read: %v", err)
		return
	}
	b.say("Loaded +camera")
	b.a.Drive(gpCamera, true)
	b.supply()
	b.a.Drive(gpLamp, true)
	sent, held := false, time.Time{}
	for ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
		b.mu.Lock()
		frames := b.frames
		b.mu.Unlock()
		if frames >= 10 && !sent {
			sent = true
			if err := b.send(ctx, files); err != nil {
				b.say("not sent: %v", err)
			} else {
				b.say("sent")
			}
		}
		if !b.b.High(gpButton) {
			held = time.Now()
		} else if time.Since(held) > 100*time.Millisecond {
			b.say("reboot: Power down")
			b.a.Drive(gpCamera, false)
			b.a.Drive(gpLamp, false)
			b.supply()
			<-ctx.Done()
		}
	}
}

// device reads the files of the device from the card.
func (b *table) device() (map[string][]byte, error) {
	f, err := os.Open(b.card)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	v, err := fat.Open(f, card.Start().Start)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range []string{card.Config, card.Keys, card.CA, card.Cert, card.CertKey, card.Approval} {
		if files[name], err = fs.ReadFile(v, card.Device+"/"+name); err != nil && name != card.Approval {
			return nil, err
		}
	}
	return files, nil
}

// send sends a record and an entry of a log, signed with the key on the card, as the device's courier does.
func (b *table) send(ctx context.Context, files map[string][]byte) error {
	keys, err := ledger.ParseKeys(files[card.Keys])
	if err != nil {
		return err
	}
	d := collectortest.NewDevice(b.t, install.Name, time.Now().Add(-time.Hour).Truncate(time.Minute))
	d.Key = sign.NewKey(keys.Sign)
	d.Reboot()
	pair, err := tls.X509KeyPair(files[card.Cert], files[card.CertKey])
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(files[card.CA])
	c := https.New(https.Options{Address: "192.0.2.100:8443",
		Dial: func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", b.came()) },
		Secure: func(ctx context.Context, conn net.Conn) (net.Conn, error) {
			s := tls.Client(conn, &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}, ServerName: "192.0.2.100", MinVersion: tls.VersionTLS13})
			return s, s.HandshakeContext(ctx)
		}})
	defer c.Close()
	encoded, err := batch.Encode(d.Pack(d.Entry(), d.Record(nil)))
	if err != nil {
		return err
	}
	_, err = c.Exchange(ctx, encoded)
	return err
}

// shows waits until the camera is plugged in, or is not.
func (b *table) shows(plugged bool) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		b.mu.Lock()
		now := b.plugged
		b.mu.Unlock()
		if now == plugged {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("the camera is plugged in: %v, want %v", now, plugged)
		}
	}
}

// see is the camera: it takes whoever comes, and each frame at once while it is plugged in.
func (b *table) see() {
	for {
		conn, err := b.camera.Accept()
		if err != nil {
			return
		}
		if err := b.play(conn); err != nil {
			b.t.Error(err)
		}
	}
}

func (b *table) play(conn net.Conn) error {
	defer conn.Close()
	for begun := false; ; {
		m, err := tape.Read(conn)
		if err != nil {
			return nil // the bench is gone
		}
		switch m.Kind {
		case tape.Greet:
			err = tape.Write(conn, tape.Message{Kind: tape.Greet, Number: tape.Version})
		case tape.Plug:
			if f, err := tape.FormatOf(m.Body); err != nil || f != (tape.Format{Width: 320, Height: 240, Interval: 1_000_000, Largest: 320 * 240 * 2}) {
				return fmt.Errorf("plugged in as %+v, %w", f, err)
			}
			if !b.a.High(gpFed) {
				return errors.New("a camera without power was plugged in")
			}
			begun = false
			b.mu.Lock()
			b.plugged = true
			b.mu.Unlock()
			err = tape.Write(conn, tape.Message{Kind: tape.Started})
		case tape.Unplug:
			b.mu.Lock()
			b.plugged = false
			b.mu.Unlock()
		case tape.Frame:
			b.mu.Lock()
			b.frames++
			b.mu.Unlock()
			if err = tape.Write(conn, tape.Message{Kind: tape.Sent, Number: m.Number}); err == nil && !begun {
				begun = true
				err = tape.Write(conn, tape.Message{Kind: tape.Held})
			}
		}
		if err != nil {
			return nil
		}
	}
}
