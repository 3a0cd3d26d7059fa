// Package outside runs the warden itself with flags, as somebody with a keyboard would, and sees
// whether it refuses them or what it then tells the eye. The eye is a stand-in that says the hash of
// its orders; no camera is opened. Boards of the desk are approved
// of by a key of the desk, and the built warden believes its clock. It is a part of tools/proof/space.
package outside

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"tellijn/tools/proof/bench"
)

// Names of boards that only the built warden of a Desk has, beside those in the source.
const (
	RealBoard    = "real-probe"
	VirtualBoard = "virtual-probe"
)

// Desk holds what a run needs.
type Desk struct {
	warden, eye, courier, dir string
	configs                   []string          // a place such as @config, and the file there, in turn
	approvals                 map[string]string // by board and place of the configuration

	next atomic.Int64
}

// New builds a warden that knows two boards more, whose board.toml are the given texts, the stand-in
// and a courier. Each of them is approved of with each configuration, where that can be. configs are the texts of configurations by the places that flags name them with, such
// as @config.
func New(ctx context.Context, b *bench.Bench, realBoard, virtualBoard string, configs map[string]string) (d *Desk, err error) {
	d = &Desk{dir: filepath.Join(b.Dir, "outside"), warden: filepath.Join(b.Dir, "outside", "warden"), approvals: map[string]string{}}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, err
	}
	// The go command takes these files for files of the source; the source itself stays as it is.
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for name, text := range map[string]string{RealBoard: realBoard, VirtualBoard: virtualBoard} {
		p := filepath.Join(d.dir, name+".toml")
		overlay.Replace[filepath.Join(b.Root, "boards", name, "board.toml")] = p
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	kept := filepath.Join(d.dir, "synced.go")
	if err := os.WriteFile(kept, []byte(believed), 0o600); err != nil {
		return nil, err
	}
	overlay.Replace[filepath.Join(b.Root, "hal", "clock", "synced_linux.go")] = kept
	list, err := json.Marshal(overlay)
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{RealBoard: realBoard, VirtualBoard: virtualBoard} {
		if d.approvals[name], err = d.approve(name, text, ""); err != nil {
			return nil, err
		}
		for place, conf := range configs {
			if d.approvals[name+place], err = d.approve(name, text, conf); err != nil {
				return nil, err
			}
		}
	}
	for place, text := range configs {
		p := filepath.Join(d.dir, strings.TrimPrefix(place, "@")+".toml")
		d.configs = append(d.configs, place, p)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(d.dir, "overlay.json"), list, 0o600); err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, "go", "build", "-overlay", filepath.Join(d.dir, "overlay.json"), "-tags", "sim", "-trimpath", "-buildvcs=false", "-o", d.warden, "./firmware/warden")
	c.Dir = b.Root
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the warden: %w\n%s", err, out)
	}
	if d.eye, err = b.Program(ctx, "tools/proof/space/outside/echo", "", ""); err != nil {
		return nil, err
	}
	d.courier, err = b.Program(ctx, "firmware/courier", "", "")
	return d, err
}

// Answer is what a warden did with its flags.
type Answer struct {
	// Orders is the hash of what it told its eye, "" if it started none.
	Orders string
	Said   string // all its words
	Code   int
}

// Run starts a warden with flags by name; empty values are left out. It waits until the warden ends,
// which it does on its own once the stand-in has spoken; after ten seconds it is ended.
func (d *Desk) Run(ctx context.Context, flags map[string]string) (a Answer, err error) {
	dir := filepath.Join(d.dir, fmt.Sprint("queue", d.next.Add(1)))
	defer os.RemoveAll(dir)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return a, err
	}
	eye := dir + "-eye" // by itself, since it writes beside itself
	defer os.Remove(eye)
	defer os.Remove(eye + ".said")
	if err := os.Link(d.eye, eye); err != nil {
		return a, err
	}
	place := strings.NewReplacer(append([]string{"@eye", eye, "@courier", d.courier, "@dir", dir}, d.configs...)...)
	var args []string
	for name, v := range flags {
		if v != "" {
			args = append(args, "-"+name+"="+place.Replace(v))
		}
	}
	if own := d.approvals[flags["board"]+flags["config"]]; own != "" && flags["approval"] == "" {
		args = append(args, "-approval="+own)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, d.warden, args...)
	// A variable that nobody should read, so that a warden which does would be found out.
	c.Env = []string{"TELLIJN_DEBUG=1", "DEBUG=1", "TELLIJN_LEVEL=0"}
	var words bytes.Buffer
	c.Stdout, c.Stderr = &words, &words
	c.WaitDelay = time.Second
	err = c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		return a, fmt.Errorf("outside: %w", err)
	}
	a.Said, a.Code = words.String(), c.ProcessState.ExitCode()
	if m := regexp.MustCompile(`1082 bytes of orders, SHA-256 ([0-9a-f]{64})`).FindStringSubmatch(spoken(eye + ".said")); m != nil {
		a.Orders = m[1]
	}
	return a, nil
}

// spoken is what the stand-in wrote, or "".
func spoken(path string) string {
	b, _ := os.ReadFile(path)
	return string(b)
}
