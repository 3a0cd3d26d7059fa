// Package boards holds the computers that the firmware runs on: a board is a folder of data, and
// its existence makes the board. It has no code for any of them, opens nothing and starts nothing;
// the warden asks it what to tell the eye.
package boards

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"tellijn/boards/plan"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

//go:embed */board.toml
var files embed.FS

// Kind says whether a board counts people.
type Kind string

// The kinds. Only real boards count people; the others may pretend a camera and a faster clock.
const (
	Real      Kind = "real"
	Simulated Kind = "simulated"
	Virtual   Kind = "virtual"
)

// Pretended tells whether nobody real is counted.
func (k Kind) Pretended() bool { return k == Simulated || k == Virtual }

// Board is one supported computer and what it does unless a device's configuration says otherwise.
type Board struct {
	Name     string
	Title    string
	Kind     Kind
	Device   string        // device id
	Interval time.Duration // of a record, whole seconds
	Beat     time.Duration // between tallies
	Speed    int           // of the clock
	Driver   string        // of the camera: v4l2, sim or clip
	Path     string        // of the camera
	Wanted   camera.Format // what to ask the camera for
	Scene    scene.Scene
	Release  plan.Release
	Upload   plan.Upload
	Room     plan.Room
}

// file is board.toml.
type file struct {
	Name     string      `toml:"name"`
	Title    string      `toml:"title"`
	Kind     Kind        `toml:"kind"`
	Device   string      `toml:"device"`
	Interval string      `toml:"interval"`
	Beat     string      `toml:"beat"`
	Speed    int         `toml:"speed"`
	Camera   plan.Camera `toml:"camera"`
	Scene    plan.Scene  `toml:"scene"`
	// How coarse counts are before they leave. Where they go is a device's own, see firmware/config.
	Release plan.Release `toml:"release"`
}

// All gives every board, in the order of their names.
func All() ([]Board, error) {
	dirs, err := files.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("boards: %w", err)
	}
	var all []Board
	for _, d := range dirs {
		b, err := Lookup(d.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

// Lookup gives the board of this name.
func Lookup(name string) (Board, error) {
	if name == "" || strings.ContainsAny(name, `/\.`) {
		return Board{}, fmt.Errorf("boards: no board %q; names are folders such as sim", name)
	}
	text, err := files.ReadFile(name + "/board.toml")
	if err != nil {
		var known []string
		dirs, _ := files.ReadDir(".")
		for _, d := range dirs {
			known = append(known, d.Name())
		}
		return Board{}, fmt.Errorf("boards: no board %q; there are: %s", name, strings.Join(known, ", "))
	}
	b, err := Parse(name+"/board.toml", string(text))
	if err == nil && b.Name != name {
		err = plan.At(name+"/board.toml", string(text), "name", "%q, want the name of its folder, %q", b.Name, name)
	}
	if err != nil {
		return Board{}, fmt.Errorf("boards: %w", err)
	}
	return b, nil
}

// Limits of a board's clock and beat; firmware/orders, which tells them to the eye, has the same.
const (
	MaxSpeed = 1000
	MinBeat  = 100 * time.Millisecond
	MaxBeat  = 10 * time.Second
)

// Parse reads and checks the text of one board.toml; name is for errors, which say the line and wrap
// plan.ErrInvalid.
func Parse(name, text string) (b Board, err error) {
	var f file
	if err := plan.Read(name, text, &f); err != nil {
		return Board{}, err
	}
	b = Board{Name: f.Name, Title: f.Title, Kind: f.Kind, Device: f.Device, Speed: f.Speed,
		Driver: f.Camera.Driver, Path: f.Camera.Path}
	if !b.Kind.Pretended() && b.Kind != Real {
		return Board{}, plan.At(name, text, "kind", "%q, want real, simulated or virtual", f.Kind)
	}
	if b.Title == "" {
		return Board{}, plan.At(name, text, "title", "empty; say in plain words what it is")
	}
	if err = plan.Device(name, text, f.Device); err != nil {
		return Board{}, err
	}
	if b.Interval, err = plan.Interval(name, text, f.Interval); err != nil {
		return Board{}, err
	}
	if b.Beat, err = time.ParseDuration(f.Beat); err != nil || b.Beat < MinBeat || b.Beat > MaxBeat || b.Beat%time.Millisecond != 0 {
		return Board{}, plan.At(name, text, "beat", "%q, want %v to %v in whole milliseconds, such as 1s or 200ms", f.Beat, MinBeat, MaxBeat)
	}
	if b.Speed < 1 || b.Speed > MaxSpeed || b.Speed > 1 && !b.Kind.Pretended() {
		return Board{}, plan.At(name, text, "speed", "%d, want 1, or up to %d on a board that is not real", f.Speed, MaxSpeed)
	}
	if b.Driver != "v4l2" && !b.Kind.Pretended() {
		return Board{}, plan.At(name, text, "camera.driver", "%q, but a real board counts people and so takes only v4l2", b.Driver)
	}
	if b.Wanted, err = f.Camera.Wanted(name, text); err != nil {
		return Board{}, err
	}
	if err = f.Release.Check(name, text); err != nil {
		return Board{}, err
	}
	b.Release = f.Release
	b.Scene, err = f.Scene.Scene(name, text)
	return b, err
}
