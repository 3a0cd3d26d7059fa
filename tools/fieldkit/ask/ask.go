// Package ask is what fieldkit says to whoever sits at the terminal while cards are written or wiped: which
// drive is meant, and how far it is. It decides nothing and opens nothing. It is for installers, outside the data path.
package ask

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"tellijn/tools/fieldkit/drive"
)

// ErrNo is wrapped when somebody did not agree. Nothing was written then.
var ErrNo = errors.New("nothing was written")

// Question is one drive and what becomes of it.
type Question struct {
	Drive drive.Drive
	What  string // such as "becomes north-door"
}

// Agree has the name of each drive typed into in, since a wrong one cannot be brought back. yes are names
// that were given already; each must be one of the drives.
func Agree(ctx context.Context, in io.Reader, errOut io.Writer, yes []string, all []Question) error {
	var names []string
	for _, q := range all {
		names = append(names, q.Drive.Name)
	}
	for _, name := range yes {
		if !slices.Contains(names, name) {
			return fmt.Errorf("ask: -yes %q names none of %s; hint: it is the name of a drive, such as sdb; %w", name, strings.Join(names, ", "), ErrNo)
		}
	}
	lines := bufio.NewScanner(in)
	for _, q := range all {
		if slices.Contains(yes, q.Drive.Name) {
			continue
		}
		fmt.Fprintf(errOut, "\n  %s\n%s. Everything on it is lost. Type its name, %s, to go on: ", q.Drive.String(), q.What, q.Drive.Name)
		said := make(chan string, 1)
		go func() { // the terminal cannot be asked to stop waiting
			if lines.Scan() {
				said <- strings.TrimSpace(lines.Text())
			}
			close(said)
		}()
		select {
		case <-ctx.Done():
			return fmt.Errorf("ask: stopped; %w: %w", ErrNo, ctx.Err())
		case s := <-said:
			if s != q.Drive.Name {
				return fmt.Errorf("ask: %q is not %q; %w", s, q.Drive.Name, ErrNo)
			}
		}
	}
	return nil
}

// Meter is one display for all cards that are worked on. Its methods may be called from several goroutines.
type Meter struct {
	mu       sync.Mutex
	bar      *progressbar.ProgressBar // nil when nobody looks at a terminal
	out      io.Writer
	what     string
	bad      int
	all, now int64 // bytes
	told     int64 // percent
}

// NewMeter begins a display. Where out is no terminal it says every 20 %.
func NewMeter(out io.Writer, what string) *Meter {
	p := &Meter{out: out, what: what}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(1, progressbar.OptionSetWriter(out), progressbar.OptionShowBytes(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth())
	}
	return p
}

// words say what is going on.
func (p *Meter) words() string {
	if p.bad > 0 {
		return fmt.Sprintf("%s, %d NOT GOOD", p.what, p.bad)
	}
	return p.what
}

// Add adds so many bytes of work; less than 0 takes some away.
func (p *Meter) Add(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all += bytes
	if p.bar != nil && p.all > 0 {
		p.bar.ChangeMax64(p.all)
		p.bar.Describe(p.words())
	}
}

// Failed counts a card that is not good, and takes away the work that will not be done.
func (p *Meter) Failed(bytes int64) {
	p.mu.Lock()
	p.bad++
	p.mu.Unlock()
	p.Add(-bytes)
}

// Step says that so many bytes were done.
func (p *Meter) Step(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now += bytes
	if p.bar != nil {
		_ = p.bar.Set64(min(p.now, p.all)) // a display that fails stops nothing
		return
	}
	if percent := 100 * p.now / max(p.all, 1) / 20 * 20; percent > p.told {
		p.told = percent
		fmt.Fprintf(p.out, "%s: %d %%\n", p.words(), percent)
	}
}

// End leaves the line of the display.
func (p *Meter) End() {
	if p.bar != nil {
		fmt.Fprintln(p.out)
	}
}
