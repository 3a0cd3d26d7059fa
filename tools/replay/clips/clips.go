// Package clips counts every clip of a truth file and writes what it counted, one file a clip. Of
// the truth it uses only where the line lies and how large a person is. It keeps no frame.
package clips

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"tellijn/hal/camera"
	"tellijn/hal/camera/clip"
	"tellijn/tools/replay/run"
	"tellijn/tools/replay/score"
	"tellijn/tools/replay/term"
	"tellijn/tools/replay/truth"
)

// Row is what came of one clip.
type Row struct {
	Name   string
	Result run.Result
	MJPEG  *Difference // of the low-frequency decoder; nil for other formats
	Err    error
}

// Job says what to count.
type Job struct {
	Clips    []truth.Clip
	Folder   string // of the clips
	Out      string // folder for the crossings, "" for nowhere; made if it is not there
	Parallel int    // clips at once
	Progress *term.Progress
	Row      func(*Row) // is given each row in the order of Clips, as soon as it can be
}

// Run counts all clips. A clip that cannot be counted has its row like the others.
func Run(j Job) ([]Row, error) {
	if j.Out != "" {
		if err := os.MkdirAll(j.Out, 0o777); err != nil {
			return nil, fmt.Errorf("replay: %w", err)
		}
	}
	rows := make([]Row, len(j.Clips))
	ready := make([]chan struct{}, len(rows))
	for i := range ready {
		ready[i] = make(chan struct{})
	}
	var next atomic.Int64
	for range max(1, j.Parallel) {
		go func() {
			for i := int(next.Add(1)) - 1; i < len(rows); i = int(next.Add(1)) - 1 {
				rows[i] = j.count(&j.Clips[i])
				close(ready[i])
			}
		}()
	}
	for i := range rows {
		<-ready[i]
		j.Progress.Clear()
		if j.Row != nil {
			j.Row(&rows[i])
		}
	}
	return rows, nil
}

func (j *Job) count(c *truth.Clip) Row {
	row := Row{Name: c.Name}
	row.Err = func() error {
		sc, err := c.Scene()
		if err != nil {
			return err
		}
		src, err := Open(j.Folder, c)
		if err != nil {
			return err
		}
		var look *sampler
		if src.Format().Pixel == camera.MJPEG {
			if look, err = newSampler(sc, src.Format(), src.Frames()); err != nil {
				src.Close()
				return err
			}
		}
		done, all := 0, src.Frames()
		row.Result, err = run.Count(src, sc, func(f *camera.Frame) {
			look.frame(f)
			done++
			j.Progress.Show("%s: frame %d of %d", c.Name, done, all)
		})
		if err != nil {
			return err
		}
		row.MJPEG = look.difference()
		return j.write(c, &row.Result)
	}()
	if row.Err != nil {
		row.Err = fmt.Errorf("clip %s: %w", c.Name, row.Err)
	}
	return row
}

// Open opens the clip, which lies below folder; the frame rate of the truth file is for clips that
// do not know their own.
func Open(folder string, c *truth.Clip) (*clip.Clip, error) {
	path, err := c.Path(folder)
	if err != nil {
		return nil, err
	}
	src, err := clip.Open(path, clip.Options{})
	if errors.Is(err, clip.ErrInterval) && c.Interval() > 0 {
		return clip.Open(path, clip.Options{Interval: c.Interval()})
	}
	return src, err
}

// write writes one line of JSON a crossing.
func (j *Job) write(c *truth.Clip, r *run.Result) error {
	if j.Out == "" {
		return nil
	}
	var b strings.Builder
	for _, x := range r.Crossings {
		direction := "backward"
		if x.Forward {
			direction = "forward"
		}
		fmt.Fprintf(&b, "{\"frame\": %d, \"direction\": %q}\n", x.Frame, direction)
	}
	return os.WriteFile(filepath.Join(j.Out, c.Name+".jsonl"), []byte(b.String()), 0o666)
}

// Judged gives the frames of one direction that are compared: those of the truth, and those counted.
func Judged(c *truth.Clip, r *run.Result, forward bool) (happened, counted []int) {
	happened = c.Backward
	if forward {
		happened = c.Forward
	}
	return happened, score.After(c.EvalStart, r.Way(0, forward))
}

// Score compares one counted clip with its truth.
func Score(c *truth.Clip, r *run.Result) score.Row {
	way := func(forward bool) score.Events {
		happened, counted := Judged(c, r, forward)
		return score.Match(happened, counted, c.Tolerance)
	}
	return score.Row{Name: c.Name, Group: c.Group, Total: c.Total, Forward: way(true), Backward: way(false)}
}
