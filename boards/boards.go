// Package boards holds the computers that the firmware runs on: a board is a folder of data, and
// its existence makes the board. It has no code for any of them, opens nothing and starts nothing;
// the warden asks it what to tell the eye.
package boards

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"tellijn/boards/plan"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

//go:embed */board.toml
var files embed.FS

// images has its own variable, so that a program which never asks for it does not carry it.
//
//go:embed */image.toml
var images embed.FS

// Images are the image.toml of all boards that have one, in folders of their names. boards/recipe reads
// them; no program of a device does.
func Images() fs.FS { return images }

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
	Compress int           // seconds of the calendar to one of the camera; 1 on real boards
	Driver   string        // of the camera: v4l2, sim or clip
	Path     string        // of the camera
	Wanted   camera.Format // what to ask the camera for
	Scene    scene.Scene
	Release  plan.Release
	Upload   plan.Upload
	Room     plan.Room

	Compatible []string // what the device tree of such a computer may say, empty for the simulated one
	Parts      plan.Parts
	Memory     int        // budget of all programs together, MiB resident
	Hours      plan.Hours // as written
	Week       plan.Week  // the same, checked
	Network    plan.Network
	Time       plan.Time
	Approval   plan.Approval
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

	Compatible []string      `toml:"compatible"`
	Compress   *int          `toml:"compress"`
	Parts      plan.Parts    `toml:"parts"`
	Memory     memory        `toml:"memory"`
	Hours      plan.Hours    `toml:"hours"`
	Approval   plan.Approval `toml:"approval"`
}

// memory is the table [memory].
type memory struct {
	Budget int `toml:"budget"` // MiB
}

// All gives every board, in the order of their names.
func All() ([]Board, error) {
	var all []Board
	for _, name := range Names(files, "board.toml") {
		b, err := Lookup(name)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}

// Names gives the folders of fsys that hold a file of this name, in order.
func Names(fsys fs.FS, file string) (names []string) {
	found, _ := fs.Glob(fsys, "*/"+file) // fails only for a bad pattern
	for _, f := range found {
		names = append(names, path.Dir(f))
	}
	return names
}

// Lookup gives the board of this name.
func Lookup(name string) (Board, error) { return From(files, name) }

// From gives the board of this name out of folders that lie in fsys, so that a folder can be tried
// before a warden is built with it.
func From(fsys fs.FS, name string) (Board, error) {
	if name == "" || strings.ContainsAny(name, `/\.`) {
		return Board{}, fmt.Errorf("boards: no board %q; names are folders such as sim", name)
	}
	text, err := fs.ReadFile(fsys, name+"/board.toml")
	if err != nil {
		known := Names(fsys, "board.toml")
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

// Limits of a board's clock and beat; firmware/orders, which tells them to the eye, has the same, and
// firmware/warden/calendar that of the calendar.
const (
	MaxSpeed    = 1000
	MaxCompress = 10_000
	MinBeat     = 100 * time.Millisecond
	MaxBeat     = 10 * time.Second
)

// Limits of a board's memory budget in MiB. The smallest board has 512 MiB.
const (
	MinMemory = 16
	MaxMemory = 512
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
	if b.Scene, err = f.Scene.Scene(name, text); err != nil {
		return Board{}, err
	}
	if err = machine(&f, &b, name, text); err != nil {
		return Board{}, err
	}
	return b, nil
}

// machine checks what a board says about the computer and what hangs on it.
func machine(f *file, b *Board, name, text string) (err error) {
	b.Compatible, b.Compress, b.Memory = f.Compatible, 1, f.Memory.Budget
	if f.Compress != nil {
		b.Compress = *f.Compress
	}
	if b.Compress < 1 || b.Compress > MaxCompress || b.Compress > 1 && !b.Kind.Pretended() {
		return plan.At(name, text, "compress", "%d, want 1, or up to %d on a board that is not real", b.Compress, MaxCompress)
	}
	if len(b.Compatible) == 0 && b.Kind != Simulated {
		return plan.At(name, text, "compatible", "missing, want what the device tree says of the computer, such as raspberrypi,4-model-b")
	}
	for _, c := range b.Compatible {
		if maker, model, ok := strings.Cut(c, ","); !ok || maker == "" || model == "" || strings.Trim(c, "abcdefghijklmnopqrstuvwxyz0123456789,.-") != "" {
			return plan.At(name, text, "compatible", "%q, want maker,model such as raspberrypi,4-model-b", c)
		}
	}
	if b.Memory < MinMemory || b.Memory > MaxMemory {
		return plan.At(name, text, "memory.budget", "%d, want %d to %d MiB", b.Memory, MinMemory, MaxMemory)
	}
	if err = f.Parts.Check(name, text); err != nil {
		return err
	}
	if b.Week, err = f.Hours.Check(name, text); err != nil {
		return err
	}
	if err = f.Approval.Check(name, text); err != nil {
		return err
	}
	b.Parts, b.Hours, b.Approval = f.Parts, f.Hours, f.Approval
	return b.Network.Check(name, text) // none is written, so it becomes what a device without one does
}
