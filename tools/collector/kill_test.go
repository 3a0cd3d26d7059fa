package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
)

// build makes the real program.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "collector")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// process is a collector that runs.
type process struct {
	cmd     *exec.Cmd
	address string
	key     sign.Public
	said    *bytes.Buffer
}

// serve starts the program and waits until it says where it listens.
func serve(t *testing.T, program, dir string, more ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(program, append([]string{"serve", "-dir", dir, "-listen", "127.0.0.1:0"}, more...)...), said: new(bytes.Buffer)}
	p.cmd.Stderr = p.said
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.end(syscall.SIGKILL) })
	line, _ := bufio.NewReader(out).ReadString('\n')
	m := regexp.MustCompile(`https://(\S+), receipts are signed by (\S+)`).FindStringSubmatch(line)
	if m == nil {
		p.end(syscall.SIGKILL)
		t.Fatalf("it says %q\n%s", line, p.said)
	}
	p.address = m[1]
	if p.key, err = sign.ParsePublic(m[2]); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *process) end(s os.Signal) error {
	_ = p.cmd.Process.Signal(s)
	return p.cmd.Wait()
}

// command runs a command of this program in this process.
func command(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

func enrolled(t *testing.T, dir string, d *collectortest.Device, more ...string) (c *http.Client, bundle string) {
	t.Helper()
	bundle = filepath.Join(t.TempDir(), "bundle")
	if code, _, errs := command(t, append([]string{"enrol", "-dir", dir, "-device", d.Name, "-key", d.Key.Public().String(), "-out", bundle}, more...)...); code != 0 {
		t.Fatal(errs)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(bundle, "device.pem"), filepath.Join(bundle, "device.key"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(bundle, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}}}}, bundle
}

// courier sends what a device makes until it is told to stop, and keeps what was acknowledged. What was
// not, it sends again.
type courier struct {
	d     *collectortest.Device
	c     *http.Client
	acked [][]byte
	queue [][]byte
}

func (q *courier) send(t *testing.T, p *process, stop <-chan struct{}, tries, failed *atomic.Int64) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		for len(q.queue) < 6 {
			q.queue = append(q.queue, q.d.Record(nil), q.d.Entry())
		}
		b := q.d.Pack(q.queue[:1+rand.IntN(len(q.queue))]...)
		body, err := batch.Encode(b)
		if err != nil {
			t.Error(err)
			return
		}
		tries.Add(1)
		a, err := q.c.Post("https://"+p.address+batch.Path, batch.Type, bytes.NewReader(body))
		if err != nil {
			failed.Add(1)
			time.Sleep(time.Millisecond)
			continue
		}
		answer, err := io.ReadAll(a.Body)
		a.Body.Close()
		if err != nil || a.StatusCode == http.StatusTooManyRequests {
			failed.Add(1)
			continue
		}
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", q.d.Name, a.StatusCode)
			return
		}
		verdicts, _ := collectortest.Read(t, p.key, b, answer)
		for i, v := range verdicts {
			if v.Outcome != batch.Stored {
				t.Errorf("%s: item %d: %v", q.d.Name, i, v.Reason)
			}
		}
		q.acked = append(q.acked, q.queue[:len(b.Items)]...)
		q.queue = q.queue[len(b.Items):]
	}
}

// TestKilled kills the real program at random moments while two devices send: what it acknowledged is
// there, once, and a start later everything goes on.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds; not with -short")
	}
	program, dir := build(t), filepath.Join(t.TempDir(), "s")
	var both []*courier
	for _, name := range []string{"north", "south"} {
		d := collectortest.NewDevice(t, name, time.Now().Add(-2*time.Hour))
		c, _ := enrolled(t, dir, d)
		both = append(both, &courier{d: d, c: c})
	}
	var tries, failed atomic.Int64
	kills := 0
	for end := time.Now().Add(6 * time.Second); time.Now().Before(end) && !t.Failed(); kills++ {
		p := serve(t, program, dir)
		stop := make(chan struct{})
		var all sync.WaitGroup
		for _, q := range both {
			all.Go(func() { q.send(t, p, stop, &tries, &failed) })
		}
		time.Sleep(time.Duration(20+rand.IntN(250)) * time.Millisecond)
		if err := p.end(syscall.SIGKILL); err == nil || p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("it was not killed: %v", err)
		}
		close(stop)
		all.Wait()
		check(t, dir, both)
	}
	if kills < 5 || failed.Load() < int64(kills) || len(both[0].acked) < 20 || len(both[1].acked) < 20 {
		t.Errorf("%d kills, %d of %d batches failed, %d and %d items acknowledged: too little happened", kills, failed.Load(), tries.Load(), len(both[0].acked), len(both[1].acked))
	}
	t.Logf("%d kills, %d of %d batches without an answer, %d and %d items acknowledged", kills, failed.Load(), tries.Load(), len(both[0].acked), len(both[1].acked))
	if code, out, errs := command(t, "verify", "-dir", dir); code != 0 {
		t.Errorf("%d: %s%s", code, out, errs)
	}
}

// check looks whether everything that was acknowledged is in the store, and nothing twice.
func check(t *testing.T, dir string, both []*courier) {
	t.Helper()
	b, err := bolt.Open(filepath.Join(dir, register.StoreFile), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Check(); err != nil {
		t.Error(err)
	}
	for _, q := range both {
		stored := map[string]int{}
		err := b.View(func(r store.Reader) error {
			for _, kind := range []batch.Kind{batch.Record, batch.Log} {
				chains, err := r.Chains(q.d.Name, kind)
				if err != nil {
					return err
				}
				for _, c := range chains {
					if err := r.Boot(q.d.Name, kind, c.Scope, func(it store.Item) error { stored[string(it.Signed)]++; return nil }); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range q.acked {
			if stored[string(a)] != 1 {
				t.Errorf("%s: acknowledged item %d is there %d times", q.d.Name, i, stored[string(a)])
			}
		}
		if extra := len(stored) - len(q.acked); extra < 0 || extra > len(q.queue) {
			t.Errorf("%s: %d items are stored, %d were acknowledged", q.d.Name, len(stored), len(q.acked))
		}
	}
}
