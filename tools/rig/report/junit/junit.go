// Package junit writes results in the form that servers which build software read: one test case for each scenario.
// One that could not be run is skipped there, with the reason. It is for the rig, outside the data path.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
)

type suite struct {
	XMLName    xml.Name   `xml:"testsuite"`
	Name       string     `xml:"name,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Time       string     `xml:"time,attr"`
	Timestamp  string     `xml:"timestamp,attr"`
	Properties []property `xml:"properties>property"`
	Cases      []test     `xml:"testcase"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type test struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Time    string   `xml:"time,attr"`
	Failure *message `xml:"failure,omitempty"`
	Skipped *message `xml:"skipped,omitempty"`
	Out     string   `xml:"system-out,omitempty"`
}

type message struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Write writes one suite.
func Write(w io.Writer, a *about.About, results []play.Result) error {
	s := suite{Name: "tellijn bench, " + a.Bench, Tests: len(results), Time: seconds(a.Took), Timestamp: a.When.UTC().Format(time.RFC3339),
		Properties: []property{{"commit", a.Commit}, {"go", a.Go}, {"qemu", a.QEMU}, {"host", a.Host}, {"command", a.Command}, {"not reached", fmt.Sprint(a.Missed)}}}
	for _, i := range a.Images {
		s.Properties = append(s.Properties, property{"image " + i.Board, i.SHA256})
	}
	for _, r := range results {
		c := test{Name: r.Scenario.Name, Class: "bench." + r.Scenario.Board, Time: seconds(r.Took), Out: Protocol(&r)}
		switch r.Verdict {
		case play.Green:
		case play.CouldNot:
			s.Skipped++
			c.Skipped = &message{Message: r.Reason}
		default: // whatever is not known to be green is none
			s.Failures++
			c.Failure = &message{Message: r.Reason, Text: r.Scenario.Title + "\n" + r.Reason}
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(&s); err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	return nil
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }

// Protocol is what was done and seen, a step a line.
func Protocol(r *play.Result) string {
	var b strings.Builder
	for i, s := range r.Steps {
		switch {
		case !s.Ran:
			fmt.Fprintf(&b, "%2d.           %s: not reached\n", i+1, s.Text)
		case s.Err != "":
			fmt.Fprintf(&b, "%2d. %7.1f s  %s: %s; FAILED: %s\n", i+1, s.To, s.Text, s.Saw, s.Err)
		default:
			fmt.Fprintf(&b, "%2d. %7.1f s  %s: %s\n", i+1, s.To, s.Text, s.Saw)
		}
	}
	return b.String()
}
