// Package truth reads truth files: which clips there are, how each scene lies, and when people
// really crossed, counted by eye. It reads no clip and counts nothing.
package truth

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tellijn/counting/scene"
)

// ErrFile is wrapped by every error about what a truth file says.
var ErrFile = errors.New("truth: unusable")

// Clip is one clip and its truth. Only Line and PersonArea are for counting; the rest is for
// scoring.
type Clip struct {
	Name       string    `json:"name"`
	File       string    `json:"file"`        // below the folder of clips
	Group      string    `json:"group"`       // clips whose errors are added up
	FPS        float64   `json:"fps"`         // frames a second, where the file does not say; 0: unknown
	Line       []float64 `json:"line"`        // ax, ay, bx, by in parts of the picture
	PersonArea float64   `json:"person_area"` // part of the picture
	EvalStart  int       `json:"eval_start"`  // crossings at earlier frames do not count
	Tolerance  int       `json:"tolerance"`   // frames
	Total      bool      `json:"total"`       // counts into the sum of its group
	Forward    []int     `json:"forward"`     // frames, zero-based among those that decode
	Backward   []int     `json:"backward"`
}

// Read reads a truth file. Fields it does not know are passed over.
func Read(path string) ([]Clip, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("truth: %w", err)
	}
	var file struct{ Clips []Clip }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFile, path, err)
	}
	if len(file.Clips) == 0 {
		return nil, fmt.Errorf("%w: %s: no clips; want {\"clips\": [{\"name\": ..., \"file\": ...}]}", ErrFile, path)
	}
	seen := map[string]bool{}
	for i, c := range file.Clips {
		switch {
		case c.Name == "" || strings.ContainsAny(c.Name, `/\`) || !filepath.IsLocal(c.Name):
			return nil, fmt.Errorf("%w: %s: clip %d is named %q, want a name that a file can have", ErrFile, path, i, c.Name)
		case seen[c.Name]:
			return nil, fmt.Errorf("%w: %s: two clips are named %q", ErrFile, path, c.Name)
		}
		seen[c.Name] = true
	}
	return file.Clips, nil
}

// Path of the clip below the folder of clips.
func (c *Clip) Path(folder string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(c.File)) {
		return "", fmt.Errorf("%w: clip %s: file %q is not below the folder of clips", ErrFile, c.Name, c.File)
	}
	return filepath.Join(folder, filepath.FromSlash(c.File)), nil
}

// Scene gives the geometry that the clip is counted with, checked.
func (c *Clip) Scene() (*scene.Scene, error) {
	sc, err := Scene(c.Line, c.PersonArea)
	if err != nil {
		return nil, fmt.Errorf("clip %s: %w", c.Name, err)
	}
	return sc, nil
}

// Scene makes a scene of one line, ax, ay, bx, by, and a person's area, all in parts of the picture.
func Scene(line []float64, area float64) (*scene.Scene, error) {
	if len(line) != 4 {
		return nil, fmt.Errorf("%w: line of %d numbers, want 4: ax, ay, bx, by from 0 to 1", ErrFile, len(line))
	}
	sc := &scene.Scene{PersonArea: whole(area * 1e6), NLines: 1}
	sc.Lines[0] = scene.Line{
		A: scene.Point{X: whole(line[0] * scene.One), Y: whole(line[1] * scene.One)},
		B: scene.Point{X: whole(line[2] * scene.One), Y: whole(line[3] * scene.One)},
	}
	return sc, sc.Check()
}

// whole rounds. What fits no scene stays outside of every scene.
func whole(v float64) int32 {
	if !(math.Abs(v) < math.MaxInt32) {
		return math.MinInt32
	}
	return int32(math.Round(v))
}

// Interval between frames that the truth file gives, 0 if it gives none that a clip can have.
func (c *Clip) Interval() time.Duration {
	if c.FPS < 0.1 || c.FPS > 1000 {
		return 0
	}
	return time.Duration(float64(time.Second)/c.FPS + 0.5)
}
