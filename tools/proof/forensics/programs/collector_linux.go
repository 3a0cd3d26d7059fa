package programs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
	"tellijn/tools/proof/bench"
)

// device is the name of the simulated board's device.
const device = "sim"

// Collector is a collector on this machine that devices can send to.
type Collector struct {
	Address string // host:port
	dir     string
	cmd     *exec.Cmd
	said    words
}

// Serve starts a collector with its files in dir, on a free port of this machine. Kill ends it.
func Serve(ctx context.Context, b *bench.Bench, dir string) (*Collector, error) {
	program, err := b.Program(ctx, "tools/collector", "", "")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &Collector{Address: l.Addr().String(), dir: dir}
	l.Close()
	if err := enrol.SetUp(dir, []string{c.Address}, time.Now()); err != nil {
		return nil, err
	}
	c.cmd = exec.CommandContext(ctx, program, "serve", "-dir", dir, "-listen", c.Address, "-simulated")
	c.cmd.Stdout, c.cmd.Stderr = &c.said, &c.said
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if strings.Contains(c.said.String(), "devices reach") {
			return c, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.Kill()
	return nil, fmt.Errorf("programs: the collector does not begin; it said %s", c.said.String())
}

// admit lets the device in dir in, gives it its files, and writes its configuration.
func (c *Collector) admit(ctx context.Context, warden, dir string) (config string, err error) {
	out, err := exec.CommandContext(ctx, warden, "-identity", "-board", "sim", "-dir", dir).Output()
	key := regexp.MustCompile(`sign = "([0-9a-f]{64})"`).FindSubmatch(out)
	if err != nil || key == nil {
		return "", fmt.Errorf("programs: the warden does not say who it is: %w: %s", err, out)
	}
	bundle, own := filepath.Join(c.dir, "bundle"), filepath.Join(dir, "courier")
	err = enrol.Admit(c.dir, enrol.Device{Name: device, Key: string(key[1]), Simulated: true, Kind: "https"}, []string{c.Address}, bundle, time.Now())
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(own, 0o700); err != nil {
		return "", err
	}
	for _, name := range []string{"ca.pem", "device.pem", "device.key"} {
		text, err := os.ReadFile(filepath.Join(bundle, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(own, name), text, 0o600)
		}
		if err != nil {
			return "", err
		}
	}
	text, err := os.ReadFile(filepath.Join(bundle, "upload.toml"))
	if err != nil {
		return "", err
	}
	config = filepath.Join(c.dir, "device.toml")
	return config, os.WriteFile(config, append([]byte("device = \""+device+"\"\n"), text...), 0o600)
}

// Kill ends the collector, if it still runs.
func (c *Collector) Kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// Words are what it said so far.
func (c *Collector) Words() string { return c.said.String() }

// Stored gives how many items of the device it has stored and how many it ever refused, once it was
// killed.
func (c *Collector) Stored() (stored, refused uint64, err error) {
	s, err := bolt.Open(filepath.Join(c.dir, register.StoreFile), bolt.Options{})
	if err != nil {
		return 0, 0, err
	}
	err = s.View(func(r store.Reader) error {
		state, err := r.State(device)
		for _, n := range state.Refused {
			refused += n
		}
		stored = state.Stored
		return err
	})
	return stored, refused, errors.Join(err, s.Close())
}
