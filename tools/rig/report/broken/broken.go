// Package broken writes what became of the mutants: ways in which the product was broken on purpose, and whether the
// bench noticed, each at the step that the list names. It writes one HTML page and JSON, as tools/rig/report does for
// scenarios. It is for the rig, outside the data path.
package broken

import (
	_ "embed" // the template
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"

	"tellijn/tools/rig/mutants"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
	"tellijn/tools/rig/report/page"
	"tellijn/tools/rig/report/plot"
)

// Names of the files in the folder of a run.
const (
	Page  = "mutants.html"
	Whole = "mutants.json"
)

//go:embed broken.html
var source string

// Report is all of a run.
type Report struct {
	About    about.About       `json:"about"`
	Seen     int               `json:"seen"`
	Outcomes []mutants.Outcome `json:"mutants"`
}

// Verdict is green if every mutant was seen, red if one was not, and neither if one could not be run or there were
// none.
func Verdict(all []mutants.Outcome) play.Verdict {
	v := play.Green
	if len(all) == 0 {
		v = play.CouldNot
	}
	for _, o := range all {
		switch {
		case o.Seen:
		case o.Verdict == play.CouldNot && v != play.Red:
			v = play.CouldNot
		case o.Verdict != play.CouldNot:
			v = play.Red
		}
	}
	return v
}

// Write writes both files into a folder that exists.
func Write(dir string, a about.About, all []mutants.Outcome) error {
	r := Report{About: a, Outcomes: all}
	for _, o := range all {
		if o.Seen {
			r.Seen++
		}
	}
	t, err := template.New("page").Funcs(template.FuncMap{"style": page.Style, "clean": plot.Clean, "length": page.Length, "class": class}).Parse(source)
	if err != nil {
		return fmt.Errorf("broken: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, r); err != nil {
		return fmt.Errorf("broken: %w", err)
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("broken: %w", err)
	}
	if err := errors.Join(os.WriteFile(filepath.Join(dir, Page), []byte(b.String()), 0o644), os.WriteFile(filepath.Join(dir, Whole), text, 0o644)); err != nil {
		return fmt.Errorf("broken: %w", err)
	}
	return nil
}

// class is the colour of an outcome.
func class(o mutants.Outcome) string {
	switch {
	case o.Seen:
		return "green"
	case o.Verdict == play.CouldNot:
		return "not"
	}
	return "red"
}
