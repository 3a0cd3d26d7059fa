package main

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed libjpeg/turbo.c
var source []byte

// turbo is the running C program.
type turbo struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	where string // its directory
}

// start builds the C program, starts it and hands it the frames.
func start(frames [][]byte) (*turbo, error) {
	if _, err := exec.LookPath("gcc"); err != nil {
		return nil, fmt.Errorf("no gcc here; on Debian: apt install gcc libjpeg62-turbo-dev")
	}
	where, err := os.MkdirTemp("", "mjpeg-bench-")
	if err != nil {
		return nil, err
	}
	t := &turbo{where: where}
	if err := t.launch(frames); err != nil {
		t.stop()
		return nil, err
	}
	return t, nil
}

func (t *turbo) launch(frames [][]byte) error {
	from, binary := filepath.Join(t.where, "turbo.c"), filepath.Join(t.where, "turbo")
	if err := os.WriteFile(from, source, 0o600); err != nil {
		return err
	}
	if said, err := exec.Command("gcc", "-O3", "-o", binary, from, "-ljpeg").CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build against libjpeg (on Debian: apt install libjpeg62-turbo-dev): %w\n%s", err, said)
	}
	t.cmd = exec.Command(binary)
	t.cmd.Stderr = os.Stderr
	in, err := t.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	t.in, t.out = in, bufio.NewReader(out)
	if err := t.cmd.Start(); err != nil {
		return err
	}
	return send(in, frames)
}

func send(w io.Writer, frames [][]byte) error {
	b := bufio.NewWriter(w)
	number := func(n int) { b.Write(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
	number(len(frames))
	for _, f := range frames {
		number(len(f))
		b.Write(f)
	}
	return b.Flush()
}

// round has it decode all frames once; it is idle otherwise.
func (t *turbo) round() (ns int64, sum uint64, err error) {
	if _, err := io.WriteString(t.in, "\n"); err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Fscanln(t.out, &ns, &sum); err != nil {
		return 0, 0, fmt.Errorf("libjpeg's side gave no answer: %w", err)
	}
	return ns, sum, nil
}

// stop ends the program and removes it.
func (t *turbo) stop() {
	if t.in != nil {
		t.in.Close()
	}
	if t.cmd != nil && t.cmd.Process != nil {
		t.cmd.Wait()
	}
	os.RemoveAll(t.where)
}
