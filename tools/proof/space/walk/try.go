package walk

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/firmware/config"
	"tellijn/tools/proof/space/values"
)

// fileName is what errors call the text.
const fileName = "f.toml"

// Ground is what configurations are laid on: the text of a board, or a board that a device's
// configuration is laid over.
type Ground struct {
	Name  string
	Kind  boards.Kind
	Over  *boards.Board // nil: the text is a board of its own
	Plain Config        // an ordinary configuration here, which is accepted
	Pairs bool          // walk pairs of keys here too

	known []string // keys
}

// ordinary gives the first value of each key.
func ordinary(keys []string) Config {
	c := Config{}
	for _, k := range keys {
		if all := values.TOML()[k]; len(all) > 0 {
			c[k] = all[0]
		}
	}
	return c
}

// literal is a value that is no list of tables.
func literal(text string) values.Value { return values.Value{Text: text, Tables: -1} }

// Grounds gives a ground for each kind of board and each ordinary camera of it, for both kinds of
// files. The keys are those that were found in the source.
func Grounds(boardKeys, configKeys []string) (all []Ground, err error) {
	drawn := Config{"camera.driver": literal(`"sim"`), "camera.path": literal(""), "camera.format": literal(`"GREY"`)}
	for _, kind := range []boards.Kind{boards.Real, boards.Simulated, boards.Virtual} {
		usb := ordinary(boardKeys).With(Config{"kind": literal(strconv.Quote(string(kind)))})
		text, _ := usb.Text()
		b, err := boards.Parse("board.toml", text)
		if err != nil {
			return nil, fmt.Errorf("walk: an ordinary %s board is refused: %w", kind, err)
		}
		device := ordinary(configKeys)
		// A virtual board differs from a simulated one in its name only, so pairs are walked on the
		// real board and on the drawn camera of the simulated one.
		isReal, isDrawn := kind == boards.Real, kind == boards.Simulated
		all = append(all, Ground{"board " + string(kind), kind, nil, usb, isReal, boardKeys}, Ground{"device on " + string(kind), kind, &b, device, isReal, configKeys})
		if kind.Pretended() {
			all = append(all, Ground{"drawn board " + string(kind), kind, nil, usb.With(drawn), isDrawn, boardKeys},
				Ground{"drawn device on " + string(kind), kind, &b, device.With(drawn), isDrawn, configKeys})
		}
	}
	return all, nil
}

// Tried is what became of one configuration.
type Tried struct {
	Board   boards.Board // if accepted
	Refused error
	// Wrong says what is wrong with the refusal itself: no line, or nothing that tells which key.
	Wrong string
}

// Try lets the code of the device read c. changed are the keys that were made unordinary.
func (g *Ground) Try(c Config, changed ...string) (t Tried) {
	text, lines := c.Text()
	if g.Over == nil {
		t.Board, t.Refused = boards.Parse(fileName, text)
	} else {
		t.Board = *g.Over
		t.Refused = config.Apply(fileName, text, &t.Board)
		if t.Refused != nil && !reflect.DeepEqual(t.Board, *g.Over) {
			t.Wrong = "refused, but the board changed"
		}
	}
	if t.Refused != nil && t.Wrong == "" {
		t.Wrong = unclear(t.Refused, strings.Count(text, "\n"), lines, changed, g.known)
	}
	return t
}

// unclear tells what an error fails to say: it must wrap plan.ErrInvalid, name a line of the text,
// and either name a key that exists or point at the line of a key that was changed.
func unclear(err error, length int, lines map[string]int, changed, known []string) string {
	if !errors.Is(err, plan.ErrInvalid) {
		return "does not wrap plan.ErrInvalid"
	}
	_, rest, found := strings.Cut(err.Error(), fileName+":")
	number, rest, _ := strings.Cut(rest, ": ")
	line, bad := strconv.Atoi(number)
	if !found || bad != nil {
		return "names no line"
	}
	if line < 1 || line > max(length, 1) {
		return fmt.Sprintf("names line %d of %d", line, length)
	}
	for _, key := range changed {
		if lines[key] == line {
			return ""
		}
	}
	// plan.At says invalid, the key, and what is wrong.
	named, _, _ := strings.Cut(strings.TrimPrefix(rest, plan.ErrInvalid.Error()+": "), ": ")
	for i := range named {
		if n := strings.IndexByte(named[i:], ']'); named[i] == '[' && n > 0 {
			named = named[:i] + named[i+n+1:]
			break
		}
	}
	if _, ok := lists()[named]; ok || slices.Contains(known, named) {
		return ""
	}
	return "names no key"
}
