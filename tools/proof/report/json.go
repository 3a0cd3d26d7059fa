package report

import (
	"encoding/json"
	"fmt"
	"io"

	"tellijn/tools/proof/promises"
	"tellijn/tools/proof/risks"
)

// FormatVersion of the JSON. A field that goes or changes its meaning is a new version.
const FormatVersion = 1

// WriteJSON writes the report.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// ReadJSON reads a report and refuses one that contradicts itself: other fields, promises that are
// missing, counts that do not add up, or a verdict that its lines do not bear out.
func ReadJSON(from io.Reader) (Report, error) {
	var r Report
	d := json.NewDecoder(from)
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Report{}, fmt.Errorf("report: %w", err)
	}
	if r.Format != FormatVersion {
		return Report{}, fmt.Errorf("report: format %d, want %d", r.Format, FormatVersion)
	}
	if len(r.Rows) != promises.Count {
		return Report{}, fmt.Errorf("report: %d promises, want %d", len(r.Rows), promises.Count)
	}
	if bad := risks.Incomplete(r.Risks); len(bad) > 0 {
		return Report{}, fmt.Errorf("report: risks missing or incomplete: %q", bad)
	}
	counts := map[Verdict]int{}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Number != i+1 {
			return Report{}, fmt.Errorf("report: promise %d stands in place %d", row.Number, i+1)
		}
		if err := row.agrees(); err != nil {
			return Report{}, fmt.Errorf("report: promise %d: %w", row.Number, err)
		}
		counts[row.Verdict]++
	}
	for _, v := range Verdicts() {
		if counts[v] != r.Counts[v] {
			return Report{}, fmt.Errorf("report: %d promises are %q, and it says %d", counts[v], v, r.Counts[v])
		}
	}
	return r, nil
}

// agrees tells whether the verdict follows from the lines.
func (row *Row) agrees() error {
	n := map[string]int{}
	for _, l := range row.Lines {
		n[l.Verdict]++
	}
	held, short := n[string(Held)], n[string(Short)]
	ok := false
	switch row.Verdict {
	case Held:
		ok = held > 0 && held == len(row.Lines) && row.Lacks == ""
	case Short:
		ok = short > 0
	case Part:
		ok = held > 0 && short == 0 && row.Lacks != ""
	case NotShown:
		ok = held+short == 0 && row.Lacks != ""
	}
	if !ok {
		return fmt.Errorf("it is called %q with %d lines, of which %d held and %d fell short", row.Verdict, len(row.Lines), held, short)
	}
	return nil
}
