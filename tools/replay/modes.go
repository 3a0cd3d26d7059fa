package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"tellijn/counting"
	"tellijn/counting/grid"
	"tellijn/tools/replay/clips"
	"tellijn/tools/replay/score"
	"tellijn/tools/replay/speed"
	"tellijn/tools/replay/term"
	"tellijn/tools/replay/truth"
	"tellijn/tools/replay/wrong"
)

// runTruth counts clips. It fails if one could not be counted, after the others were.
func (o *options) runTruth(out, errs *os.File) error {
	list, err := truth.Read(o.truth)
	if err != nil {
		return err
	}
	if o.wrong != "" {
		if err := os.MkdirAll(o.wrong, 0o777); err != nil {
			return fmt.Errorf("replay: %w", err)
		}
	}
	clips.Head(out)
	failed := 0
	rows, err := clips.Run(clips.Job{
		Clips: list, Folder: o.clips, Out: o.events, Parallel: o.parallel, Progress: term.New(errs),
		Row: func(r *clips.Row) {
			r.Print(out)
			if r.Err != nil {
				failed++
				fmt.Fprintln(errs, "replay:", r.Err)
			}
		},
	})
	if err != nil {
		return err
	}
	if o.score {
		var scores []score.Row
		for i := range rows {
			if rows[i].Err == nil {
				scores = append(scores, clips.Score(&list[i], &rows[i].Result))
			}
		}
		fmt.Fprintln(out)
		score.Print(out, scores)
	}
	if o.wrong != "" {
		if err := o.drawWrong(out, list, rows); err != nil {
			return err
		}
	}
	if failed > 0 {
		fmt.Fprintf(errs, "replay: %d of %d clips were not counted\n", failed, len(rows))
		return errSaid
	}
	return nil
}

// drawWrong says what was wrong with each clip that was counted, and draws it.
func (o *options) drawWrong(out io.Writer, list []truth.Clip, rows []clips.Row) error {
	fmt.Fprintln(out)
	for i := range rows {
		if rows[i].Err != nil {
			continue
		}
		events := wrong.List(&list[i], &rows[i].Result)
		if len(events) == 0 {
			continue
		}
		sheet, err := wrong.Draw(o.clips, &list[i], events)
		if err != nil {
			return fmt.Errorf("clip %s: %w", list[i].Name, err)
		}
		if err := write(filepath.Join(o.wrong, list[i].Name+".png"), sheet.PNG); err != nil {
			return err
		}
		for _, e := range events {
			fmt.Fprintf(out, "%s: %v\n", list[i].Name, e)
		}
	}
	return nil
}

// runTime times the cycle. The last number of the last line is its ns a frame.
func (o *options) runTime(out io.Writer) error {
	sc, err := speed.Fit(o.cells.w, o.cells.h)
	if err != nil {
		return err
	}
	plan, err := grid.NewPlan(sc, speed.Format())
	if err != nil {
		return err
	}
	if sc.PersonArea != speed.Area {
		asked := math.Sqrt(float64(speed.Area) / 1e6 * float64(o.cells.w*o.cells.h))
		fmt.Fprintf(out, "person area %.6f of the picture instead of %.4f: %v cells would be %.1f a person, and the ceiling is %d\n",
			float64(sc.PersonArea)/1e6, float64(speed.Area)/1e6, &o.cells, asked, counting.MaxPerson)
	}
	frames, err := speed.Read(o.time)
	if err != nil {
		return err
	}
	times, err := speed.Cycle(sc, frames, o.passes)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d frames of %dx%d YUYV, %dx%d cells, %.2f cells a person; reduce, wipe and count on one thread\n",
		len(frames), speed.Width, speed.Height, plan.W, plan.H, float64(plan.Person)/256)
	fmt.Fprintf(out, "ns a frame, least of %d passes (median %.0f): %.0f\n", len(times), times.Median(), times.Least())
	return nil
}

// write makes the file at path with what fill writes.
func write(path string, fill func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	if err := fill(f); err != nil {
		f.Close()
		return fmt.Errorf("replay: %s: %w", path, err)
	}
	return f.Close()
}
