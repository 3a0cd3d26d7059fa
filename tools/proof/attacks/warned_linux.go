package attacks

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// calm is how long the warden is listened to after it took a true tally. The eye that sent it lives for
// three seconds.
const calm = 1500 * time.Millisecond

// What the warden says of an eye.
const (
	accepted = "Loaded   camera:" // with the first tally that it takes
	ended    = "Failed   camera:"
	lied     = "the eye was ended, because it said what cannot be"
	held     = "held a frame"
)

// warned lets the real warden deal with the eye, and listens to what it says.
func (o *Outcome) warned(ctx context.Context, eye, warden, courier, dir string) error {
	dir = filepath.Join(dir, o.Name)
	if err := os.MkdirAll(filepath.Join(dir, "queue"), 0o700); err != nil {
		return err
	}
	named := filepath.Join(dir, "eye."+o.Name) // the starter hands no arguments down
	if err := os.Link(eye, named); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, warden, "-board", "sim", "-dir", filepath.Join(dir, "queue"), "-eye", named, "-courier", courier)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			lines <- in.Text()
		}
		_, _ = io.Copy(io.Discard, out) // a line that is too long
	}()
	o.listen(lines)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	for range lines {
	}
	_ = cmd.Wait()
	return nil
}

// listen waits until the warden ends the eye. For a control it waits until the warden has taken its
// tally, and then that the eye is not ended.
func (o *Outcome) listen(lines <-chan string) {
	o.How = "the warden did not notice"
	want := lied
	if o.Name == "hold" {
		want = held
	}
	var quiet <-chan time.Time
	for {
		select {
		case line, ok := <-lines:
			switch {
			case !ok:
				return
			case !o.Control && strings.Contains(line, want):
				o.Held, o.How = true, strings.TrimSpace(strings.TrimPrefix(line, ended))
				return
			case !o.Control && strings.Contains(line, ended): // for another reason
				o.How = strings.TrimSpace(line)
				return
			case o.Control && strings.Contains(line, accepted):
				quiet = time.After(calm)
			case o.Control && (strings.Contains(line, ended) || strings.Contains(line, lied)):
				o.How = strings.TrimSpace(line)
				return
			}
		case <-quiet:
			o.Held, o.How = true, "the warden took the tally, and the eye lived on"
			return
		}
	}
}
