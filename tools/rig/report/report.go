// Package report writes what a run of the bench found, in three forms into one folder: a page for people
// (report.html), all of it for programs (report.json), and the form that build servers read (junit.xml). It judges
// nothing and leaves nothing out. It is for the rig, outside the data path.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
	"tellijn/tools/rig/report/junit"
	"tellijn/tools/rig/report/page"
)

// Names of the files in the folder of a run.
const (
	Page  = "report.html"
	Whole = "report.json"
	JUnit = "junit.xml"
)

// Report is all of a run.
type Report struct {
	About   about.About   `json:"about"`
	Verdict play.Verdict  `json:"verdict"` // red if one is, else "could not" if one could not or was not reached, else green
	Results []play.Result `json:"results"`
}

// Verdict is that of a whole run, of which so many scenarios were not reached. Of nothing it is that it could not be run:
// nothing was shown.
func Verdict(results []play.Result, missed int) play.Verdict {
	v := play.Green
	if len(results) == 0 || missed > 0 {
		v = play.CouldNot
	}
	for _, r := range results {
		switch r.Verdict {
		case play.Green:
		case play.CouldNot:
			if v == play.Green {
				v = play.CouldNot
			}
		default:
			v = play.Red
		}
	}
	return v
}

// Write writes the three files into a folder that exists. Files of the results, such as drawings, lie there already
// under their paths and become part of the page.
func Write(dir string, a about.About, results []play.Result) error {
	r := Report{a, Verdict(results, a.Missed), []play.Result{}}
	for _, one := range results {
		one.Curves = numbers(one.Curves)
		r.Results = append(r.Results, one)
	}
	var errs []error
	for name, write := range map[string]func(io.Writer) error{
		Page:  func(w io.Writer) error { return page.Write(w, &a, results, os.DirFS(dir)) },
		JUnit: func(w io.Writer) error { return junit.Write(w, &a, results) },
		Whole: func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetIndent("", " ")
			return e.Encode(r)
		},
	} {
		if err := file(filepath.Join(dir, name), write); err != nil {
			errs = append(errs, fmt.Errorf("report: %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// numbers are the curves without points that JSON has no words for.
func numbers(curves map[string][]play.Point) map[string][]play.Point {
	some := map[string][]play.Point{}
	for name, points := range curves {
		some[name] = slices.DeleteFunc(slices.Clone(points), func(p play.Point) bool { return math.IsNaN(p.T+p.Y) || math.IsInf(p.T+p.Y, 0) })
	}
	return some
}

// file writes a file whole, or leaves what was there.
func file(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".report-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// Read reads the whole of a run again, such as to draw it anew.
func Read(path string) (r Report, err error) {
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		return Report{}, fmt.Errorf("report: %w", err)
	}
	return r, nil
}
