// Package protocol reads scenarios of the rig: text files that look like a test protocol, with a head of one key a
// line and then one step a line. Steps are sentences; which there are comes from outside. It runs nothing. It is for
// the rig, outside the data path.
//
//	# A ladder catches the camera's cable.
//	title   The camera is unplugged and comes back
//	why     Counting goes on by itself.
//	board   rpi-zero-2w
//	film    door 7
//	at      2027-03-01 08:14
//	expect  90 s
//
//	switch the board on
//	the console says "Loaded \+camera" within 120 s
//	check the counts equal those of replay
//
// What follows a # at the start of a line or behind a space is a comment, unless it is within double quotes. Between
// the quotes everything is as it stands; a pattern that needs a quote writes \x22.
package protocol

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"tellijn/tools/rig/bench"
)

// ErrInvalid is wrapped by every error about the text of a scenario.
var ErrInvalid = errors.New("protocol: invalid")

// Limits of a file: what nobody reads through is no protocol.
const (
	maxSize  = 64 << 10 // bytes
	maxLine  = 400      // bytes
	maxSteps = 200
)

// Scenario is one file.
type Scenario struct {
	Name   string // of the file, without .txt
	Title  string
	Why    string
	Tags   []string
	Expect time.Duration // how long it usually takes on an idle computer
	Setup  bench.Setup   // with Name
	Head   [][2]string   // all keys and values in their order
	Steps  []Line
	Text   string // the whole file
}

// Line is one step as it stands in the file.
type Line struct {
	Number int // from 1
	Text   string
}

// Tagged tells whether it has a tag.
func (s *Scenario) Tagged(tag string) bool {
	for _, t := range s.Tags {
		if t == tag {
			return true
		}
	}
	return false
}

const nameForm = `^[a-z0-9]+(-[a-z0-9]+)*$`

func fits(form, text string) bool { return regexp.MustCompile(form).MatchString(text) }

// Parse reads one scenario. The error names the line.
func Parse(name, text string) (*Scenario, error) {
	s := &Scenario{Name: name, Text: text, Setup: bench.Setup{Name: name}}
	if !fits(nameForm, name) {
		return nil, fmt.Errorf("%w: name %q, want words of a-z and 0-9 with hyphens between them", ErrInvalid, name)
	}
	if len(text) > maxSize || !utf8.ValidString(text) {
		return nil, fmt.Errorf("%w: %s: %d bytes, want at most %d, all UTF-8", ErrInvalid, name, len(text), maxSize)
	}
	head, number := true, 0
	for line := range strings.Lines(text) {
		number++
		at := func(err error) error { return fmt.Errorf("%w: %s:%d: %w", ErrInvalid, name, number, err) }
		if len(line) > maxLine {
			return nil, at(fmt.Errorf("%d bytes, want at most %d", len(line), maxLine))
		}
		bare := strings.TrimSpace(line)
		if line, comment := uncomment(bare); line != "" {
			if head {
				if err := s.take(line); err != nil {
					return nil, at(err)
				}
			} else {
				if _, err := split(line); err != nil {
					return nil, at(err)
				}
				s.Steps = append(s.Steps, Line{number, line})
			}
		} else if !comment && len(s.Head) > 0 {
			head = false
		}
	}
	return s, s.whole()
}

// whole tells what is missing.
func (s *Scenario) whole() error {
	var lacks []string
	for _, key := range []string{"title", "why", "board", "expect"} {
		if !s.has(key) {
			lacks = append(lacks, key)
		}
	}
	switch {
	case len(lacks) > 0:
		return fmt.Errorf("%w: %s has no %s; the head is one key a line, before the first blank line", ErrInvalid, s.Name, strings.Join(lacks, ", no "))
	case len(s.Steps) == 0:
		return fmt.Errorf("%w: %s has no steps; they stand behind a blank line", ErrInvalid, s.Name)
	case len(s.Steps) > maxSteps:
		return fmt.Errorf("%w: %s has %d steps, want at most %d", ErrInvalid, s.Name, len(s.Steps), maxSteps)
	}
	return nil
}

func (s *Scenario) has(key string) bool {
	for _, h := range s.Head {
		if h[0] == key {
			return true
		}
	}
	return false
}

// uncomment cuts a comment off, and tells whether there was one.
func uncomment(line string) (string, bool) {
	quoted := false
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case c == '#' && !quoted && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return strings.TrimSpace(line[:i]), true
		}
	}
	return line, false
}
