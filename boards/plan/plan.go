// Package plan is the part of a TOML file that boards and devices share: which camera, where its lines
// and zones are, what hangs on the board, when the camera may have power. It turns text into checked values, or says which line of the text is
// wrong and what would be right. It opens no file and knows no board.
package plan

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"tellijn/boards/plan/keys"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// ErrInvalid is wrapped by every error of Read and of the checks.
var ErrInvalid = errors.New("invalid")

// MaxText bounds a file in bytes: eight lines and eight zones with comments stay under 8 KB.
const MaxText = 64 << 10

// Camera is the table [camera].
type Camera struct {
	Driver string  `toml:"driver"` // v4l2, sim or clip
	Path   string  `toml:"path"`   // of a v4l2 camera, such as /dev/video0
	Format string  `toml:"format"` // four-character code, or empty for what suits the camera
	Width  int     `toml:"width"`  // pixels
	Height int     `toml:"height"` // pixels
	FPS    float64 `toml:"fps"`    // frames a second
}

// Scene is the table [scene]. Coordinates go from 0 (left, top) to 1 (right, bottom).
type Scene struct {
	PersonArea float64 `toml:"person_area"` // of one person near the line, as a part of the picture
	Lines      []Line  `toml:"line"`
	Zones      []Zone  `toml:"zone"`
}

// Line is one [[scene.line]]. Forward is towards the right-hand side of somebody who looks from
// From to To.
type Line struct {
	From [2]float64 `toml:"from"`
	To   [2]float64 `toml:"to"`
}

// Zone is one [[scene.zone]].
type Zone struct {
	Corners [][2]float64 `toml:"corners"`
}

// Read reads text into v, a pointer to a struct with toml tags, and refuses keys that it does not have,
// with the one that was probably meant. name says where the text is from.
func Read(name, text string, v any) error {
	if len(text) > MaxText {
		return fmt.Errorf("%s: %w: %d bytes, at most %d", name, ErrInvalid, len(text), MaxText)
	}
	md, err := toml.Decode(text, v)
	if err != nil {
		line, what := 1, strings.TrimPrefix(err.Error(), "toml: ")
		var at toml.ParseError
		if errors.As(err, &at) {
			line, what = at.Position.Line, at.Message
		} else if n, _ := fmt.Sscanf(what, "line %d", &line); n == 1 {
			// Values of the wrong type come as text only: line 2 (last key "interval"): ...
			_, what, _ = strings.Cut(what, "(last key ")
			what = strings.Replace(strings.TrimPrefix(what, `"`), `"): `, ": ", 1)
		}
		return fmt.Errorf("%s:%d: %w: %s", name, max(line, 1), ErrInvalid, what)
	}
	if extra := md.Undecoded(); len(extra) > 0 {
		key := extra[0].String()
		return At(name, text, key, "unknown key; %s", keys.Hint(key, keys.Of(v)))
	}
	return nil
}

// At makes the error for one key of a text, with the line it stands in.
func At(name, text, key, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w: %s: %s", name, keys.Line(text, key), ErrInvalid, key, fmt.Sprintf(format, args...))
}

// Wanted checks the table and gives the format to ask the camera for. Pixel is 0 if the table
// leaves it open.
func (c *Camera) Wanted(name, text string) (f camera.Format, err error) {
	bad := func(key, format string, args ...any) (camera.Format, error) {
		return camera.Format{}, At(name, text, "camera."+key, format, args...)
	}
	switch c.Driver {
	case "v4l2":
		if !goodPath(c.Path) {
			return bad("path", "%q, want the path of a camera below /dev/, at most %d printable characters, such as /dev/video0", c.Path, MaxPath)
		}
	case "sim", "clip":
		if c.Path != "" {
			return bad("path", "%q, but the driver %s has none", c.Path, c.Driver)
		}
	default:
		return bad("driver", "%q, want v4l2, sim or clip", c.Driver)
	}
	for _, p := range [...]camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG} {
		if c.Format == p.String() {
			f.Pixel = p
		}
	}
	if c.Format != "" && f.Pixel == 0 {
		return bad("format", "%q, want YUYV, UYVY, NV12, YU12, GREY or MJPG", c.Format)
	}
	if c.Width < 8 || c.Width > camera.MaxSide {
		return bad("width", "%d pixels, want 8 to %d", c.Width, camera.MaxSide)
	}
	if c.Height < 8 || c.Height > camera.MaxSide {
		return bad("height", "%d pixels, want 8 to %d", c.Height, camera.MaxSide)
	}
	if !(c.FPS >= 1 && c.FPS <= 240) {
		return bad("fps", "%v frames a second, want 1 to 240", c.FPS)
	}
	f.Width, f.Height = c.Width, c.Height
	f.Interval = time.Duration(math.Round(1e6/c.FPS)) * time.Microsecond
	return f, nil
}

// Limits of texts, in bytes. The programs behind have the same: firmware/orders for the path,
// privacy/record for the device.
const (
	MaxPath   = 128
	maxDevice = 32
)

// goodPath tells whether a path can be that of a camera.
func goodPath(s string) bool {
	strange := func(c rune) bool { return c <= ' ' || c > '~' }
	return strings.HasPrefix(s, "/dev/") && len(s) <= MaxPath && !strings.Contains(s, "..") && strings.IndexFunc(s, strange) < 0
}

// Device checks the name that a device has in its records.
func Device(name, text, s string) error {
	strange := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' }
	if s == "" || len(s) > maxDevice || strings.IndexFunc(s, strange) >= 0 {
		return At(name, text, "device", "%q, want 1 to %d of a-z, 0-9 and hyphen", s, maxDevice)
	}
	return nil
}

// parts turns a part of the picture into the units of scene.
func parts(v float64, units float64) (int32, bool) {
	if !(v >= 0 && v <= 1) {
		return 0, false
	}
	return int32(math.Round(v * units)), true
}

// point turns two coordinates into a place.
func point(c [2]float64) (scene.Point, bool) {
	x, okX := parts(c[0], scene.One)
	y, okY := parts(c[1], scene.One)
	return scene.Point{X: x, Y: y}, okX && okY
}

// Shortest is the least length of a record: what privacy/release is made for. Shorter ones would
// show more of when a lone person came and went.
const Shortest = 15 * time.Minute

// Interval reads the length of a record: a divisor of an hour, 15 minutes or longer.
func Interval(name, text, s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < Shortest || d > time.Hour || time.Hour%d != 0 || d%time.Minute != 0 {
		return 0, At(name, text, "interval", "%q, want 15m, 20m, 30m or 60m", s)
	}
	return d, nil
}
