package model

import (
	"slices"
	"strings"
)

// lineMost is how much of a line is read. (config.txt, "File format")
const lineMost = 98

// settings are what one reading of config.txt or autoboot.txt came to.
type settings struct {
	values   map[string]string // the last of each name
	overlays []string          // of dtoverlay, in order, without their parameters
	initrds  []string
}

// parse reads a file of settings as a board would that passes these filters. A filter of one kind takes the
// place of the one before, those of different kinds have to pass together, and [all] ends all of them.
// (config.txt, "Conditional filters")
func parse(text []byte, filters []string, tryboot bool) settings {
	s := settings{values: map[string]string{}}
	passes := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\r\n")
		line = strings.TrimSpace(line[:min(len(line), lineMost)])
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "["); ok {
			name, _, _ = strings.Cut(name, "]")
			filter(passes, strings.ToLower(name), filters, tryboot)
			continue
		}
		if !all(passes) {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "initramfs "); ok { // the only one without "="
			if names := strings.Fields(rest); len(names) > 0 {
				s.initrds = strings.Split(names[0], ",")
			}
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if name, value = strings.TrimSpace(name), strings.TrimSpace(value); !ok || name == "" {
			continue
		}
		if name == "dtoverlay" {
			if overlay, _, _ := strings.Cut(value, ","); overlay != "" {
				s.overlays = append(s.overlays, overlay)
			}
			continue
		}
		s.values[name] = value
	}
	return s
}

// filter notes what a line in square brackets does. What the model does not know, such as a serial number or
// a line that is high, passes on no board.
func filter(passes map[string]bool, name string, filters []string, tryboot bool) {
	switch {
	case name == "all":
		clear(passes)
	case name == "none":
		passes["none"] = false
	case name == "tryboot":
		passes["tryboot"] = tryboot
	case strings.HasPrefix(name, "pi") || strings.HasPrefix(name, "cm") || strings.HasPrefix(name, "board-type="):
		passes["model"] = slices.Contains(filters, name)
	default:
		kind, _, _ := strings.Cut(strings.TrimRight(name, "0123456789"), "=")
		passes[kind] = false
	}
}

func all(passes map[string]bool) bool {
	for _, pass := range passes {
		if !pass {
			return false
		}
	}
	return true
}
