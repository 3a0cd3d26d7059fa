package forensics

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/feed"
	"tellijn/privacy/privacytest/canary"
	"tellijn/privacy/privacytest/search"
	"tellijn/tools/proof/bench"
)

// Together lets all programs count canary frames, searches the memory of those that see no frame, and
// then every file and every word that came out.
func Together(ctx context.Context, b *bench.Bench) (memory, files Tally, err error) {
	var at [3]string
	for i, name := range []string{"eye", "warden", "courier"} {
		if at[i], err = b.Program(ctx, "firmware/"+name, "", "sim"); err != nil {
			return
		}
	}
	var seed canary.Seed
	if _, err = rand.Read(seed[:]); err != nil {
		return
	}
	f := formats()[0]
	frames, set, err := canary.New(f, 8, seed)
	if err != nil {
		return
	}
	dir := filepath.Join(b.Dir, "together")
	if err = os.MkdirAll(dir, 0o700); err != nil {
		return
	}
	pipe, out, err := os.Pipe()
	if err != nil {
		return
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, at[1], "-board", "sim", "-dir", dir, "-eye", at[0], "-courier", at[2],
		"-driver", "clip", "-feed", "3", "-interval", "1s")
	var words heard
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = &words, &words, []*os.File{pipe}
	err = cmd.Start()
	pipe.Close()
	if err != nil {
		return
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	w, err := feed.NewWriter(out, f, len(frames[0].Data))
	if err != nil {
		return
	}
	for n := range uint32(200) {
		if err = w.Write(&camera.Frame{Data: frames[n%8].Data, Sequence: n}); err != nil {
			return memory, files, fmt.Errorf("forensics: frame %d: %w; the programs said %s", n, err, words.String())
		}
	}
	time.Sleep(300 * time.Millisecond) // the last frames are counted, and a record is on its way
	memory.Windows, files.Windows = set.Windows(), set.Windows()
	pids := below(cmd.Process.Pid)
	if len(pids) < 4 {
		return memory, files, fmt.Errorf("forensics: %d programs run, want 4; they said %s", len(pids), words.String())
	}
	for _, pid := range pids {
		found, serr := search.All(pid, set)
		if serr != nil {
			return memory, files, serr
		}
		memory.add(found)
	}
	// The control is this program, which made the frames.
	memory.Wanted = len(frames[0].Data) - 7
	own, err := search.Reader(bytes.NewReader(frames[0].Data), set)
	if err != nil {
		return
	}
	memory.Control = own.Hits
	if err = w.Close(); err != nil {
		return
	}
	if err = cmd.Wait(); err != nil {
		return memory, files, fmt.Errorf("forensics: %w; the programs said %s", err, words.String())
	}
	err = files.onDisk(dir, words.String(), frames[0], set)
	return
}

// onDisk searches a folder and words, and for the control the same folder with a frame hidden in it.
func (t *Tally) onDisk(dir, words string, frame canary.Frame, set *canary.Set) error {
	found, err := search.Tree(dir, set)
	if err != nil {
		return err
	}
	if found.Bytes == 0 {
		return fmt.Errorf("forensics: nothing was written to %s, so nothing is shown", dir)
	}
	t.add(found)
	if found, err = search.Reader(strings.NewReader(words), set); err != nil {
		return err
	}
	t.add(found)
	hidden := filepath.Join(dir, "hidden")
	if err := os.WriteFile(hidden, append([]byte("x"), frame.Data...), 0o600); err != nil {
		return err
	}
	defer os.Remove(hidden)
	t.Wanted = len(frame.Data) - 7
	found, err = search.Tree(dir, set)
	t.Control = found.Hits
	return err
}

// below gives a process and all that it started, and they. (proc_pid_stat(5), field 4)
func below(pid int) []int {
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
	out := []int{pid}
	for i := 0; i < len(out); i++ {
		for child, parent := range parents {
			if parent == out[i] {
				out = append(out, child)
			}
		}
	}
	return out
}

// heard keeps what programs say.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}
