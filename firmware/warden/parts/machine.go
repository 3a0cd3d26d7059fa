package parts

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"tellijn/boards"
	"tellijn/hal"
	"tellijn/hal/gpio"
	"tellijn/hal/watchdog"
)

// Line is a line that was taken.
type Line interface {
	gpio.Out
	gpio.In
	Close() error
	Fd() int
	Request() uint64
	String() string
}

// Dog is a watchdog that runs.
type Dog interface {
	watchdog.Watchdog
	Fd() int
	Request() uint64
	String() string
}

// Source is where parts come from: the machine, or a test.
type Source struct {
	Output   func(name string) (Line, error) // taken low
	Input    func(name string) (Line, error) // pulled up
	Watchdog func(path string) (Dog, error)
	// Compatible is what the device tree says that the computer is, nil if it has none.
	Compatible []string
}

// Machine is the source of a device.
func Machine() Source {
	return Source{
		Output: func(name string) (Line, error) {
			p, err := gpio.Find(name)
			if err != nil {
				return nil, err
			}
			return line(gpio.Output(p, false))
		},
		Input: func(name string) (Line, error) {
			p, err := gpio.Find(name)
			if err != nil {
				return nil, err
			}
			return line(gpio.Input(p, gpio.Up))
		},
		Watchdog: func(path string) (Dog, error) {
			d, err := watchdog.Open(path, watchdog.Timeout)
			if err != nil {
				return nil, err
			}
			return d, nil
		},
		Compatible: compatible(tree),
	}
}

// tree is where the kernel says what the computer is: names that each end in a zero byte.
// (Devicetree Specification 0.4, 2.3.1; Linux, Documentation/ABI/testing/sysfs-firmware-ofw)
const tree = "/sys/firmware/devicetree/base/compatible"

func compatible(path string) (all []string) {
	b, _ := os.ReadFile(path)
	for name := range bytes.SplitSeq(b, []byte{0}) {
		if len(name) > 0 {
			all = append(all, string(name))
		}
	}
	return all
}

// is tells whether this is one of the computers that a board lists. A board that lists none may be any.
func (s *Source) is(wanted []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(s.Compatible, w) })
}

// foreign is the source of a computer that is another than the board: it has nothing of what that names.
func (s *Source) foreign(b *boards.Board) Source {
	own := "has no device tree"
	if len(s.Compatible) > 0 {
		own = "is " + strings.Join(s.Compatible, ", ")
	}
	err := fmt.Errorf("parts: %w: this computer %s, and board %s is %s", hal.ErrAbsent, own, b.Name, strings.Join(b.Compatible, " or "))
	none := func(string) (Line, error) { return nil, err }
	return Source{Output: none, Input: none, Watchdog: func(string) (Dog, error) { return nil, err }, Compatible: s.Compatible}
}

// line keeps a line that is none from becoming a Line that is not nil.
func line(l *gpio.Line, err error) (Line, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}
