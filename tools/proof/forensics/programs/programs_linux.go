// Package programs runs all programs of a device together on frames that it hands them, for checks that
// look at every one of them from outside: it knows their process ids, what they say, and what they have
// open. Any eye can be put in. It stands outside the data path.
package programs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"tellijn/hal/camera"
	"tellijn/hal/camera/feed"
	"tellijn/tools/proof/bench"
)

// Running are the started programs.
type Running struct {
	Dir  string // of the device: its ledger and its queue
	feed *feed.Writer
	pipe *os.File
	cmd  *exec.Cmd
	said words
	end  sync.Once
	err  error
}

// Start starts the warden with the eye at path, which counts frames of the format that are handed to it,
// none larger than largest bytes. dir is made, and the device has its files there. What it counts goes to a
// collector, or with nil stays where it is. A quarter of an hour takes a second. Kill ends it.
func Start(ctx context.Context, b *bench.Bench, eye, dir string, f camera.Format, largest int, to *Collector) (*Running, error) {
	warden, err := b.Program(ctx, "firmware/warden", "", "sim")
	if err != nil {
		return nil, err
	}
	courier, err := b.Program(ctx, "firmware/courier", "", "sim")
	if err != nil {
		return nil, err
	}
	dialer, err := b.Program(ctx, "firmware/dialer", "", "sim")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	args := []string{"-board", "sim", "-dir", dir, "-eye", eye, "-courier", courier, "-driver", "clip", "-feed", "3", "-compress", "900"}
	if to != nil {
		config, err := to.admit(ctx, warden, dir)
		if err != nil {
			return nil, err
		}
		args = append(args, "-config", config, "-dialer", dialer)
	}
	in, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r := &Running{Dir: dir, pipe: out}
	r.cmd = exec.CommandContext(ctx, warden, args...)
	r.cmd.Stdout, r.cmd.Stderr, r.cmd.ExtraFiles = &r.said, &r.said, []*os.File{in}
	if err := r.cmd.Start(); err != nil {
		out.Close()
		return nil, err
	}
	in.Close()
	if r.feed, err = feed.NewWriter(out, f, largest); err != nil {
		r.Kill()
		return nil, r.sorry(err)
	}
	return r, nil
}

// Feed hands over a frame, with its number.
func (r *Running) Feed(data []byte, n uint32) error {
	if err := r.feed.Write(&camera.Frame{Data: data, Sequence: n}); err != nil {
		return r.sorry(fmt.Errorf("frame %d: %w", n, err))
	}
	return nil
}

// End ends the frames, and waits until the programs have ended in order.
func (r *Running) End() error {
	err := r.feed.Close()
	r.pipe.Close()
	r.wait()
	if err == nil {
		err = r.err
	}
	if err != nil {
		return r.sorry(err)
	}
	return nil
}

// Wait ends the frames, and waits until the programs have ended in whatever way.
func (r *Running) Wait() {
	r.pipe.Close()
	r.wait()
}

// Kill ends the programs, if they still run.
func (r *Running) Kill() {
	_ = r.cmd.Process.Kill() // the others end with the starter
	r.Wait()
}

func (r *Running) wait() { r.end.Do(func() { r.err = r.cmd.Wait() }) }

// sorry adds what the programs said.
func (r *Running) sorry(err error) error {
	return fmt.Errorf("programs: %w; they said %s", err, r.Words())
}

// Words are what they said so far.
func (r *Running) Words() string { return r.said.String() }

// Pids gives the warden's starter and all that it started. (proc_pid_stat(5), field 4)
func (r *Running) Pids() []int {
	parents := map[int]int{}
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, rest, ok := strings.Cut(string(b), ") ")
		fields := strings.Fields(rest)
		id, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if ok && len(fields) > 1 && fields[0] != "Z" {
			parents[id], _ = strconv.Atoi(fields[1])
		}
	}
	out := []int{r.cmd.Process.Pid}
	for i := 0; i < len(out); i++ {
		for child, parent := range parents {
			if parent == out[i] {
				out = append(out, child)
			}
		}
	}
	return out
}

// words keeps what programs say.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}
