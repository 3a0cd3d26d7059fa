package knobs

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed nominal.toml
var nominal string // never changed; the compiler offers no embedded constant

// Nominal gives the ordinary doorway of nominal.toml.
func Nominal() Knobs {
	k, _ := Parse(nominal) // a test holds the embedded file to be right
	return k
}

// Parse reads lines of "name = number" with comments after #, which is as much TOML as knobs need.
// Every knob must be there once.
func Parse(text string) (Knobs, error) {
	var k Knobs
	all := List()
	seen := make(map[string]bool, len(all))
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, number, _ := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		v, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
		if err != nil {
			return k, fmt.Errorf("sim: line %d: %q, want name = whole number", i+1, line)
		}
		if seen[name] {
			return k, fmt.Errorf("sim: line %d: knob %q twice", i+1, name)
		}
		if err := k.Set(name, int32(v)); err != nil {
			return k, fmt.Errorf("line %d: %w", i+1, err)
		}
		seen[name] = true
	}
	for _, n := range all {
		if !seen[n.Name] {
			return k, fmt.Errorf("sim: knob %q is missing", n.Name)
		}
	}
	return k, k.Check()
}
