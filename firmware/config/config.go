// Package config is what an installer says about one device: its name, its camera, its lines and
// zones, how coarse its counts are and where they go, what hangs on it and when its camera may have
// power, in one TOML file. Unknown keys and values that cannot be are errors with the line of the file
// and a hint. Nothing in it can make the device show or keep more than it does without. The warden reads
// it once at start and lays it over the board.
package config

import (
	"fmt"
	"os"

	"tellijn/boards"
	"tellijn/boards/plan"
)

// file is the configuration as written. What is left out stays as the board has it.
type file struct {
	Device   string       `toml:"device"`   // 1 to 32 of a-z, 0-9 and hyphen
	Interval string       `toml:"interval"` // of a record: 15m, 20m, 30m or 60m
	Compress *int         `toml:"compress"` // seconds of the calendar to one of the camera; only on a board that is not real
	Camera   *plan.Camera `toml:"camera"`
	Scene    *plan.Scene  `toml:"scene"`
	// Before counts leave, and where they go.
	Release *plan.Release `toml:"release"`
	Room    plan.Rooms    `toml:"room"`
	Upload  plan.Upload   `toml:"upload"`
	// What hangs on this device, when it may look, how it reaches the world.
	Parts    *plan.Parts    `toml:"parts"`
	Hours    *plan.Hours    `toml:"hours"`
	Network  plan.Network   `toml:"network"`
	Time     plan.Time      `toml:"time"`
	Approval *plan.Approval `toml:"approval"`
}

// Load reads the file at path and lays it over b.
func Load(path string, b *boards.Board) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	return Apply(path, string(text), b)
}

// Apply lays the text of a configuration over b. After an error b is as it was.
func Apply(name, text string, b *boards.Board) (err error) {
	var f file
	if err := plan.Read(name, text, &f); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	n := *b
	if f.Device != "" {
		n.Device = f.Device
	}
	if err := plan.Device(name, text, n.Device); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	if f.Interval != "" {
		if n.Interval, err = plan.Interval(name, text, f.Interval); err != nil {
			return fmt.Errorf("config: %w", err)
		}
	}
	if f.Compress != nil {
		n.Compress = *f.Compress
		if n.Compress < 1 || n.Compress > boards.MaxCompress || n.Compress > 1 && !n.Kind.Pretended() {
			return fmt.Errorf("config: %w", plan.At(name, text, "compress",
				"%d, want 1, or up to %d on a board that is not real", n.Compress, boards.MaxCompress))
		}
	}
	if f.Camera != nil {
		n.Driver, n.Path = f.Camera.Driver, f.Camera.Path
		if n.Wanted, err = f.Camera.Wanted(name, text); err != nil {
			return fmt.Errorf("config: %w", err)
		}
		if n.Driver != "v4l2" && !n.Kind.Pretended() {
			return fmt.Errorf("config: %w", plan.At(name, text, "camera.driver",
				"%q, but a real board counts people and so takes only v4l2", n.Driver))
		}
	}
	if f.Scene != nil {
		if n.Scene, err = f.Scene.Scene(name, text); err != nil {
			return fmt.Errorf("config: %w", err)
		}
	}
	if err := leave(&f, &n, name, text); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	if err := machine(&f, &n, name, text); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	*b = n
	return nil
}

// machine reads what hangs on this device, when its camera may have power, whose approval that needs,
// and how it reaches the world. A table replaces that of the board as a whole.
func machine(f *file, n *boards.Board, name, text string) (err error) {
	if f.Parts != nil {
		if err := f.Parts.Check(name, text); err != nil {
			return err
		}
		n.Parts = *f.Parts
	}
	if f.Hours != nil {
		n.Hours = *f.Hours
		if n.Week, err = f.Hours.Check(name, text); err != nil {
			return err
		}
	}
	if f.Approval != nil {
		if err := f.Approval.Check(name, text); err != nil {
			return err
		}
		n.Approval = *f.Approval
	}
	if err := f.Network.Check(name, text); err != nil {
		return err
	}
	if err := f.Time.Check(name, text); err != nil {
		return err
	}
	n.Network, n.Time = f.Network, f.Time
	return nil
}

// leave reads what becomes of counts: how coarse, added up with whose, sent where.
func leave(f *file, n *boards.Board, name, text string) (err error) {
	if f.Release != nil {
		if err := f.Release.Check(name, text); err != nil {
			return err
		}
		n.Release = *f.Release
	}
	if err := f.Upload.Check(name, text); err != nil {
		return err
	}
	n.Upload = f.Upload
	n.Room, err = f.Room.Room(name, text, n.Device)
	return err
}
