// Package try boots the image of a card on this computer, in QEMU, with a network, a real collector, and
// drawn people before its camera, and shows the records that come out of it. The image is not changed: a device
// that exists for this one run is put on a copy. It writes to no drive and counts nobody real. It is for
// whoever wants to see an image work before a card is written, outside the data path.
package try

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"tellijn/hal"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/fieldkit/command"
	"tellijn/tools/rig/boot"
	"tellijn/tools/rig/segment/scan"
	"tellijn/tools/rig/trial"
)

// Line says what the subcommand does.
const Line = "boots an image on this computer and shows records coming out"

// Command is the subcommand.
func Command() command.Command { return command.Command{Name: "try", Line: Line, Run: run} }

// options of one run.
type options struct {
	image    string
	emulated string
	records  int
	limit    time.Duration
	at       string
	log      string
	verbose  bool
	ports    bool
	seed     uint64
}

func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	var o options
	flags := flag.NewFlagSet("try", flag.ContinueOnError)
	flags.StringVar(&o.emulated, "machine", "virt", "the machine of QEMU: virt, or raspi3b for an image of rpi-3b, which is slow and has no switch before its camera")
	flags.IntVar(&o.records, "records", 0, "ends after this many records; 0 is 3, or 1 of a real board, whose records take a quarter of an hour")
	flags.DurationVar(&o.limit, "limit", 5*time.Minute, "ends after this time anyway")
	flags.StringVar(&o.at, "at", "2027-03-01T08:13:30Z", "the time that all clocks begin with; an early Monday, shortly before a record ends")
	flags.StringVar(&o.log, "log", "", "a file for all that the console says")
	flags.BoolVar(&o.verbose, "v", false, "shows all that the console says")
	flags.BoolVar(&o.ports, "ports", false, "asks every TCP port of the device, and some of UDP, whether it opens; a minute more")
	flags.Uint64Var(&o.seed, "seed", 1, "which people are drawn")
	images, err := command.ParseSome(flags, Line+": try [flags] IMAGE", args, errOut)
	if err != nil {
		return err
	}
	if len(images) != 1 {
		return command.Usage("try", "want one image, such as card.img")
	}
	o.image = images[0]
	at, err := time.Parse(time.RFC3339, o.at)
	if err != nil {
		return command.Usage("try", "-at %q, want a time such as 2027-03-01T08:13:30Z", o.at)
	}
	err = o.run(ctx, at, out)
	if errors.Is(err, hal.ErrAbsent) {
		err = fmt.Errorf("%w; hint: apt-get install qemu-system-arm", err)
	}
	return err
}

func (o *options) run(ctx context.Context, at time.Time, out io.Writer) error {
	ctx, stop := context.WithTimeout(ctx, o.limit)
	defer stop()
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, format+"\n", args...)
	}
	log := io.Discard
	if o.log != "" {
		f, err := os.Create(o.log)
		if err != nil {
			return fmt.Errorf("try: %w", err)
		}
		defer f.Close()
		log = f
	}
	s, err := trial.Open(ctx, trial.Options{Image: o.image, Now: at, Seed: o.seed, Log: log, Boot: boot.Options{Emulated: o.emulated, Limit: o.limit + time.Minute},
		Say: func(line string) { say("          %s", line) }, Console: func(line string) { o.milestone(line, say) }})
	if err != nil {
		return err
	}
	defer s.End()
	want := o.records
	if want == 0 {
		want = 1
		if s.Device.Board.Kind.Pretended() {
			want = 3
		}
	}
	err = s.Receiver.Await(ctx, func(r []record.Record, _ []devicelog.Entry) bool { return len(r) >= want })
	if err == nil && o.ports {
		if err = o.scan(ctx, s, say); err != nil {
			return err
		}
	}
	if err == nil {
		say("          waiting for what it says of its memory and its ports, a minute after its start")
		err = s.Looked(2 * time.Minute)
	}
	left := err
	if left != nil {
		left = fmt.Errorf("try: %d records came, want %d, or it did not say how it is: %w", len(s.Receiver.Records()), want, err)
	}
	if s.Bench != nil {
		if err := s.Switch(time.Minute); err != nil {
			left = errors.Join(left, fmt.Errorf("try: switching off: %w", err))
		}
	}
	v, err := s.Receiver.Verify()
	left = errors.Join(left, err)
	say("\n%s\n%s", s.Device.Board.Title, s.Figures())
	if err == nil {
		say("The collector checked %d records and %d entries of the log: nothing is missing, nothing was changed.", v.Records, v.Entries)
	}
	return left
}

// milestone shows a line of the console if it is one of ours.
func (o *options) milestone(line string, say func(string, ...any)) {
	at, stamped := trial.Stamp(line)
	_, text, ours := strings.Cut(line, "tellijn: ")
	switch {
	case ours && stamped:
		say("%6.1f s  %s", at.Seconds(), text)
	case o.verbose, strings.Contains(line, "Kernel panic"), strings.Contains(line, "reboot: "):
		say("          %s", line)
	}
}

// scan looks at the device from outside.
func (o *options) scan(ctx context.Context, s *trial.Trial, say func(string, ...any)) error {
	tcp, err := scan.TCP(ctx, s.Segment, scan.All())
	if err != nil {
		return err
	}
	say("          TCP: %v", tcp)
	udp, err := scan.UDP(ctx, s.Segment, scan.Usual())
	if err != nil {
		return err
	}
	say("          UDP: %v", udp)
	if open := slices.Concat(tcp.Open, udp.Open); len(open) > 0 {
		return fmt.Errorf("try: ports %v are open, want none", open)
	}
	return nil
}
