package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/hal/camera"
	"tellijn/tools/try/player"
)

// options are the flags.
type options struct {
	clip, device, line, dir, addr string
	area                          float64
	seed                          uint64
	speed                         int
	duration                      time.Duration
	quit                          bool
	addrGiven                     bool
}

// errUsage says that the flag package has said enough.
var errUsage = errors.New("usage")

func parse(args []string) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("try", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprint(f.Output(), `Starts the counter on this computer and shows it at http://127.0.0.1:8080.
Without flags the camera is drawn by the computer; nobody real is counted.

`)
		f.PrintDefaults()
	}
	f.StringVar(&o.clip, "clip", "", "count on a clip instead: an AVI (MJPEG) or Y4M `file`; needs -line and -person-area")
	f.StringVar(&o.device, "device", "", "count with a real camera, such as /dev/video0 (Linux)")
	f.StringVar(&o.line, "line", "", "counting line `x1,y1,x2,y2`; 0,0 is left above, 1,1 right below; forward is to its right")
	f.Float64Var(&o.area, "person-area", 0, "`part` of the picture that one person near the line covers, such as 0.02")
	f.Uint64Var(&o.seed, "seed", 1, "another number draws other people")
	f.IntVar(&o.speed, "speed", 1, "how many times faster than the world, up to 1000; not with -device")
	f.DurationVar(&o.duration, "duration", 0, "stop by itself after this `time`, such as 30s")
	f.BoolVar(&o.quit, "quit", false, "stop by itself when the clip has ended")
	f.StringVar(&o.dir, "dir", "", "`directory` for the queue (default: in the cache of this user)")
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` of the page, on this computer; the next free port if this is taken")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, errUsage
	}
	f.Visit(func(g *flag.Flag) { o.addrGiven = o.addrGiven || g.Name == "addr" })
	return o, o.check(f.NArg())
}

func (o *options) check(extra int) error {
	switch {
	case extra > 0:
		return errors.New("there is a word too many; every option begins with a hyphen, see -help")
	case o.clip != "" && o.device != "":
		return errors.New("-clip and -device exclude each other: one camera at a time")
	case o.clip != "" && (o.line == "" || o.area == 0):
		return errors.New("-clip needs to know where to count and how large people appear, for example:\n" +
			"  -line 0.1,0.5,0.9,0.5 -person-area 0.03")
	case o.speed < 1 || o.speed > 1000:
		return fmt.Errorf("-speed %d, want 1 to 1000", o.speed)
	case o.device != "" && o.speed != 1:
		return errors.New("-speed is for drawn cameras and clips; a real camera gives its own time")
	}
	if o.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		o.dir = filepath.Join(cache, "tellijn", "try")
	}
	var err error
	o.dir, err = filepath.Abs(o.dir)
	return err
}

// plan is the board as it will run: the simulated board, with the flags laid over it as the text of
// a device's configuration, which comes back too.
func (o *options) plan(c *player.Clip) (boards.Board, string, error) {
	b, err := boards.Lookup("sim")
	if err != nil {
		return b, "", err
	}
	var text strings.Builder
	cam := func(driver, path, pixel string, f camera.Format) {
		fmt.Fprintf(&text, "[camera]\ndriver = %q\npath = %q\nformat = %q\nwidth = %d\nheight = %d\nfps = %v\n",
			driver, path, pixel, f.Width, f.Height, max(1, float64(time.Second)/float64(f.Interval)))
	}
	switch {
	case c != nil:
		cam("clip", "", c.Format().Pixel.String(), c.Format())
	case o.device != "":
		cam("v4l2", o.device, "", camera.Format{Width: 640, Height: 480, Interval: time.Second / 30})
	}
	if o.line != "" || o.area != 0 {
		if err := o.scene(&text, &b); err != nil {
			return b, "", err
		}
	}
	if err := config.Apply("flags", text.String(), &b); err != nil {
		return b, "", fmt.Errorf("%s; see -help", strings.TrimPrefix(err.Error(), "config: "))
	}
	b.Speed = o.speed
	return b, text.String(), nil
}

// scene writes line and person area; what is not given stays as the board has it.
func (o *options) scene(text *strings.Builder, b *boards.Board) error {
	area := o.area
	if area == 0 {
		area = float64(b.Scene.PersonArea) / 1e6
	}
	line := []string{"0.02", "0.5", "0.98", "0.5"}
	if o.line != "" {
		line = strings.Split(o.line, ",")
		if len(line) != 4 {
			return fmt.Errorf("-line %q, want four numbers from 0 to 1, such as 0.1,0.5,0.9,0.5", o.line)
		}
		for i, s := range line {
			v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err != nil || !(v >= 0 && v <= 1) {
				return fmt.Errorf("-line %q: %q is no number from 0 to 1", o.line, s)
			}
			line[i] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	fmt.Fprintf(text, "[scene]\nperson_area = %s\n[[scene.line]]\nfrom = [%s, %s]\nto = [%s, %s]\n",
		strconv.FormatFloat(area, 'f', -1, 64), line[0], line[1], line[2], line[3])
	return nil
}
