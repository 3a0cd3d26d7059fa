package flash

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// agree has the name of each drive typed, since a wrong one cannot be brought back.
func (k *kit) agree(ctx context.Context, o *options, places []*place) error {
	if o.own != "" {
		return nil
	}
	for _, name := range o.yes {
		if !slices.ContainsFunc(places, func(p *place) bool { return p.name == name }) {
			return fmt.Errorf("flash: -yes %q names none of %s; hint: it is the name of a drive, such as sdb", name, names(places))
		}
	}
	lines := bufio.NewScanner(k.in)
	for _, p := range places {
		if slices.Contains(o.yes, p.name) {
			continue
		}
		fmt.Fprintf(k.errOut, "\n  %s\nbecomes %s. Everything on it is lost. Type its name, %s, to go on: ", p.drive.String(), p.device.Board.Device, p.name)
		said := make(chan string, 1)
		go func() { // the terminal cannot be asked to stop waiting
			if lines.Scan() {
				said <- strings.TrimSpace(lines.Text())
			}
			close(said)
		}()
		select {
		case <-ctx.Done():
			return fmt.Errorf("flash: stopped; nothing was written: %w", ctx.Err())
		case s := <-said:
			if s != p.name {
				return fmt.Errorf("flash: %q is not %q; nothing was written", s, p.name)
			}
		}
	}
	return nil
}

// progress is one display for all cards.
type progress struct {
	mu       sync.Mutex
	bar      *progressbar.ProgressBar // nil when nobody looks at a terminal
	out      io.Writer
	cards    int
	bad      int
	all, now int64 // bytes
	told     int64 // percent
}

func (k *kit) progress(cards int) *progress {
	p := &progress{out: k.errOut, cards: cards}
	if f, ok := k.errOut.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(1, progressbar.OptionSetWriter(k.errOut), progressbar.OptionShowBytes(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth())
	}
	p.begin(0)
	return p
}

// words say what is going on.
func (p *progress) words() string {
	s := fmt.Sprintf("writing and reading back %d cards", p.cards)
	if p.cards == 1 {
		s = "writing and reading back"
	}
	if p.bad > 0 {
		s += fmt.Sprintf(", %d NOT GOOD", p.bad)
	}
	return s
}

// begin adds the work of a card.
func (p *progress) begin(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all += bytes
	if p.bar != nil && p.all > 0 {
		p.bar.ChangeMax64(p.all)
		p.bar.Describe(p.words())
	}
}

// failed takes away what will not be done any more.
func (p *progress) failed(bytes int64) {
	p.mu.Lock()
	p.bad++
	p.mu.Unlock()
	p.begin(-bytes)
}

func (p *progress) step(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now += bytes
	if p.bar != nil {
		_ = p.bar.Set64(p.now) // a display that fails stops nothing
		return
	}
	if percent := 100 * p.now / max(p.all, 1) / 20 * 20; percent > p.told {
		p.told = percent
		fmt.Fprintf(p.out, "%s: %d %%\n", p.words(), percent)
	}
}

func (p *progress) end() {
	if p.bar != nil {
		fmt.Fprintln(p.out)
	}
}
