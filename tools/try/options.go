package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/firmware/warden/calendar"
	"tellijn/hal/camera"
	"tellijn/tools/try/player"
)

// options are the flags.
type options struct {
	clip, device, line, dir, addr string
	programs                      string
	area                          float64
	seed                          uint64
	speed                         int
	day, duration                 time.Duration
	mqtt, quit                    bool
	addrGiven                     bool
}

// errUsage says that the flag package has said enough.
var errUsage = errors.New("usage")

func parse(args []string) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("try", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprint(f.Output(), `Starts two doors of a room and a collector on this computer, and shows them at http://127.0.0.1:8080.
Without flags the cameras are drawn by the computer; nobody real is counted. Keys while it runs:
n pulls the network out and puts it back, q ends. Where there is no terminal: lines with n or q.

`)
		f.PrintDefaults()
	}
	f.StringVar(&o.clip, "clip", "", "count on a clip instead: an AVI (MJPEG) or Y4M `file`; needs -line and -person-area")
	f.StringVar(&o.device, "device", "", "count with a real camera, such as /dev/video0 (Linux)")
	f.StringVar(&o.line, "line", "", "counting line `x1,y1,x2,y2`; 0,0 is left above, 1,1 right below; forward is to its right")
	f.Float64Var(&o.area, "person-area", 0, "`part` of the picture that one person near the line covers, such as 0.02")
	f.Uint64Var(&o.seed, "seed", 1, "another number draws other people")
	f.IntVar(&o.speed, "speed", 1, "how many times faster than the world, up to 1000; not with -device")
	f.StringVar(&o.programs, "programs", "", "take the programs from this `directory` instead of building them")
	f.DurationVar(&o.day, "day", time.Minute, "how long a `time` a day of the drawn calendar lasts; people walk as fast as ever")
	f.BoolVar(&o.mqtt, "mqtt", false, "send through an MQTT 5 broker on this computer; needs mosquitto")
	f.DurationVar(&o.duration, "duration", 0, "stop by itself after this `time`, such as 30s")
	f.BoolVar(&o.quit, "quit", false, "stop by itself when the clip has ended")
	f.StringVar(&o.dir, "dir", "", "`directory` for all files, which the next run puts away (default: in the cache of this user)")
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
	case o.day*time.Duration(o.speed) < leastDay || o.day*time.Duration(o.speed) > 24*time.Hour:
		return fmt.Errorf("-day %v with -speed %d, want %v to %v", o.day, o.speed, (leastDay / time.Duration(o.speed)).Round(time.Millisecond),
			24*time.Hour/time.Duration(o.speed))
	}
	if o.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		o.dir = filepath.Join(cache, "tellijn", "house")
	}
	var err error
	o.dir, err = filepath.Abs(o.dir)
	return err
}

// leastDay is the shortest day of a calendar, at ordinary speed.
const leastDay = 24 * time.Hour / calendar.MaxFactor

// factor is how many seconds of the calendar pass in one of the camera.
func (o *options) factor() int {
	return int(24 * time.Hour / (o.day * time.Duration(o.speed)))
}

// lasts says how long a day lasts, in plain words.
func (o *options) lasts() string {
	day := 24 * time.Hour / time.Duration(o.factor()*o.speed)
	if day == 24*time.Hour {
		return "a day lasts a day"
	}
	return fmt.Sprintf("a day lasts %v s", math.Round(10*day.Seconds())/10)
}

// doors are the names of the devices, and room is theirs, if there are several.
func (o *options) doors() (names []string, room string) {
	if o.clip != "" || o.device != "" {
		return []string{"door"}, ""
	}
	return []string{"north-door", "south-door"}, "hall"
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
	fmt.Fprintf(&text, "\n[release]\nk = %d\nzone = %q\n\n", stepOf, b.Release.Zone)
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
