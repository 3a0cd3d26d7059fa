package geometry

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"tellijn/tools/fieldkit/command"
)

const about = `geometry works out [scene] of a device's configuration from what can be measured with a tape:

  fieldkit geometry -height 2.8 -angle 78 -door 0.95
  fieldkit geometry -height 3.2 -diagonal 90 -native 16:9 -door 1.8 -offset 0.2 -draw door.svg >> door.toml

The lens looks straight down. The angle stands on its data sheet: -angle from left to right, or -diagonal from
corner to corner. If the sheet gives it for a wide picture (16:9) say so with -native: at 320x240 most
cameras cut the sides off. Lengths are in metres.`

// Command is the subcommand.
func Command() command.Command {
	return command.Command{Name: "geometry", Line: "works out line and size of a person from height, lens and door",
		Run: func(_ context.Context, args []string, out, _ io.Writer) error { return run(args, out) }}
}

// options are what was asked.
type options struct {
	place            Place
	across, diagonal float64
	format, native   string
	top, draw        string
}

func run(args []string, out io.Writer) error {
	var o options
	f := flag.NewFlagSet("geometry", flag.ContinueOnError)
	f.Float64Var(&o.place.Height, "height", 0, "of the lens over the floor, m")
	f.Float64Var(&o.across, "angle", 0, "that the lens sees from left to right, degrees")
	f.Float64Var(&o.diagonal, "diagonal", 0, "that the lens sees from corner to corner, degrees; in place of -angle")
	f.StringVar(&o.native, "native", "", "shape of the picture for which the data sheet gives the angle, such as 16:9; as -format if left out")
	f.StringVar(&o.format, "format", "320x240", "pixels that the camera is asked for")
	f.Float64Var(&o.place.FPS, "fps", 15, "frames a second")
	f.Float64Var(&o.place.Door, "door", 0, "width of the door, m")
	f.Float64Var(&o.place.Offset, "offset", 0, "how far the line lies from the point under the lens, towards outside, m")
	f.Float64Var(&o.place.Side, "side", 0, "how far the middle of the door lies to the right of the lens for somebody who goes in, m")
	f.StringVar(&o.top, "top", "out", "what the top of the camera points to: out or in")
	f.StringVar(&o.draw, "draw", "", "`file` for a drawing (SVG)")
	if err := command.Parse(f, about, args, out); err != nil {
		return err
	}
	p, err := o.read()
	if err != nil {
		return err
	}
	r, err := Work(p)
	if err != nil {
		return err
	}
	if o.draw != "" {
		if err := os.WriteFile(o.draw, []byte(Draw(p, r)), 0o644); err != nil {
			return fmt.Errorf("geometry: %w", err)
		}
	}
	_, err = io.WriteString(out, TOML(p, r))
	return err
}

// read turns flags into a place.
func (o *options) read() (Place, error) {
	p := o.place
	usage := func(format string, args ...any) (Place, error) {
		return Place{}, command.Usage("geometry", format, args...)
	}
	switch {
	case p.Height == 0 || p.Door == 0:
		return usage("-height and -door are needed")
	case (o.across == 0) == (o.diagonal == 0):
		return usage("one of -angle and -diagonal is needed")
	case o.top != "in" && o.top != "out":
		return usage("-top %q, want in or out", o.top)
	}
	p.Angle, p.Diagonal, p.TopIn = max(o.across, o.diagonal), o.diagonal != 0, o.top == "in"
	if n, _ := fmt.Sscanf(o.format, "%dx%d", &p.Width, &p.Rows); n != 2 || fmt.Sprintf("%dx%d", p.Width, p.Rows) != o.format {
		return usage("-format %q, want pixels such as 320x240", o.format)
	}
	if o.native != "" {
		var w, h float64
		if n, _ := fmt.Sscanf(o.native, "%f:%f", &w, &h); n != 2 || w <= 0 || h <= 0 || strings.Count(o.native, ":") != 1 {
			return usage("-native %q, want a shape such as 16:9 or 4:3", o.native)
		}
		p.Native = w / h
	}
	return p, nil
}

// TOML is the table for a device's configuration, with what it was worked out from, and what follows, in
// words.
func TOML(p Place, r Result) string {
	kind := "from left to right"
	if p.Diagonal {
		kind = "from corner to corner"
	}
	var b strings.Builder
	say := func(format string, args ...any) {
		b.WriteString(strings.TrimRight("# "+fmt.Sprintf(format, args...), " ") + "\n")
	}
	say("Worked out for a lens %.2f m over the floor that sees %g degrees %s, looks straight down,", p.Height, p.Angle, kind)
	say("and a door of %.2f m. Measure again if any of this changes.", p.Door)
	say("")
	say("It sees %.2f m x %.2f m of floor, and %.2f m x %.2f m at the height of shoulders (%.2f m).", r.FloorX, r.FloorY, r.Across, r.Along, Shoulders)
	say("A person covers %.1f %% of that and is %.1f cells across. A cell is %.0f mm of floor, %.0f mm at shoulders;", 100*r.Area, r.Cells, r.CellFloor, r.CellShoulders)
	say("40 mm is the finest that is allowed. The whole picture is %d x %d cells.", r.GridX, r.GridY)
	say("Somebody brisk (%.1f m/s) is in view for %.0f frames before the line at least, and as many behind it; %d are needed.", Pace, floor(r.FramesBefore), frames)
	if r.Cells < few {
		say("That is few cells for a person: a lower place or a narrower lens counts better.")
	}
	top := "outside"
	if p.TopIn {
		top = "inside"
	}
	say("The top of the camera points %s. Forward is going in.", top)
	fmt.Fprintf(&b, "[scene]\nperson_area = %.4f\n\n[[scene.line]]\nfrom = [%.4f, %.4f]\nto   = [%.4f, %.4f]\n", r.Area, r.From[0], r.From[1], r.To[0], r.To[1])
	return b.String()
}

// few cells across a person: half of what counting uses where it can.
const few = 6

// floor keeps a promise in whole frames.
func floor(v float64) float64 { return float64(int(v + 1e-9)) }
