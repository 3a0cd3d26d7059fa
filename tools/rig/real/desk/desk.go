// Package desk reads what stands on a desk: which adapter of a real bench hangs where, and which of its lines goes to
// which pin. It opens none of it. It is for the rig, outside the data path.
package desk

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
)

// Desk is one bench, as its file has it.
type Desk struct {
	Board    string    `toml:"board"`
	Console  Console   `toml:"console"`
	Power    Power     `toml:"power"`
	Adapters []Adapter `toml:"adapter"`
	Lines    Lines     `toml:"lines"`
	Card     Card      `toml:"card"`
	Camera   Camera    `toml:"camera"`
	Network  Network   `toml:"network"`
}

// Console is the serial port that listens to the board.
type Console struct {
	Path string `toml:"path"`
	Baud int    `toml:"baud"` // bits a second
}

// Power is what switches the board's supply.
type Power struct {
	Kind   string   `toml:"kind"`   // "hub", "line" or "command"
	Hub    string   `toml:"hub"`    // of a hub: where it hangs, such as 1-1.4
	Port   int      `toml:"port"`   // of a hub, from 1
	On     []string `toml:"on"`     // of a command: program and arguments
	Off    []string `toml:"off"`    // the same
	Settle string   `toml:"settle"` // how long a board without power needs until it is off, such as 3s

	// Wait is Settle.
	Wait time.Duration `toml:"-"`
}

// Adapter is one device with lines.
type Adapter struct {
	Name string `toml:"name"`
	Kind string `toml:"kind"` // "gpiochip" or "mcp2221"
	Path string `toml:"path"`
}

// Lines are those of the bench, each as adapter, slash, line; "" is one that is not there. High is as the board has it
// for what is read, and does it for what is driven.
type Lines struct {
	Alive  string `toml:"alive"`        // read: the board's 3.3 V
	Camera string `toml:"camera_power"` // read: the board's line to the switch
	Fed    string `toml:"camera_fed"`   // read: the camera's supply behind the switch
	Lamp   string `toml:"lamp"`         // read: the status lamp
	Button string `toml:"button"`       // driven: presses the button
	Weld   string `toml:"weld"`         // driven: closes the switch of the camera, whatever the board says
	Break  string `toml:"break"`        // driven: keeps it open
	Cable  string `toml:"cable"`        // driven: takes the camera's cable out
	Supply string `toml:"supply"`       // driven: the board's power, for power of kind "line"
}

// Card is the multiplexer of the card.
type Card struct {
	Kind   string   `toml:"kind"`   // "sdwire" or "command"
	Serial string   `toml:"serial"` // of an SDWire
	Drive  string   `toml:"drive"`  // where the card is while this computer has it, such as /dev/disk/by-id/usb-...
	Host   []string `toml:"host"`   // of a command: gives the card to this computer
	Device []string `toml:"device"` // of a command: gives it to the board
}

// Camera is what stands before the board.
type Camera struct {
	Kind    string `toml:"kind"`    // "none", "gadget" or "screen"
	Address string `toml:"address"` // of a gadget: where it listens; of a screen: where its page is, such as 127.0.0.1:8060
}

// Network is the card of this computer that the board's cable is in.
type Network struct {
	Card string `toml:"card"`
}

// Read reads the file of a bench.
func Read(path string) (*Desk, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("desk: %w; hint: copy tools/rig/real/bench.example.toml and change it", err)
	}
	return Parse(path, string(b))
}

// Parse reads and checks the text of one; name is for errors, which say the line and wrap plan.ErrInvalid.
func Parse(name, text string) (*Desk, error) {
	d := &Desk{Console: Console{Baud: 115200}, Power: Power{Settle: "3s"}, Camera: Camera{Kind: "none"}}
	if err := plan.Read(name, text, d); err != nil {
		return nil, err
	}
	bad := func(key, format string, args ...any) error { return plan.At(name, text, key, format, args...) }
	if b, err := boards.Lookup(d.Board); err != nil {
		return nil, bad("board", "%v", err)
	} else if b.Kind != boards.Real {
		return nil, bad("board", "%q is no board to touch", d.Board)
	}
	var err error
	if d.Power.Wait, err = time.ParseDuration(d.Power.Settle); err != nil || d.Power.Wait < 0 || d.Power.Wait > time.Minute {
		return nil, bad("power.settle", "%q, want a time of at most a minute, such as 3s", d.Power.Settle)
	}
	for _, c := range []struct {
		key   string
		wrong bool
		want  string
	}{
		{"console.path", d.Console.Path == "", "a port, such as /dev/serial/by-id/usb-..."},
		{"power.kind", !slices.Contains([]string{"hub", "line", "command"}, d.Power.Kind), "hub, line or command"},
		{"power.hub", d.Power.Kind == "hub" && d.Power.Hub == "", "where the hub hangs, such as 1-1.4; lsusb -t tells"},
		{"power.port", d.Power.Kind == "hub" && d.Power.Port < 1, "the port of the hub, from 1"},
		{"power.on", d.Power.Kind == "command" && (len(d.Power.On) == 0 || len(d.Power.Off) == 0), "on and off, each a program and its arguments"},
		{"lines.supply", d.Power.Kind == "line" && d.Lines.Supply == "", "the line that switches the board's power"},
		{"card.kind", !slices.Contains([]string{"sdwire", "command"}, d.Card.Kind), "sdwire or command"},
		{"card.host", d.Card.Kind == "command" && (len(d.Card.Host) == 0 || len(d.Card.Device) == 0), "host and device, each a program and its arguments"},
		{"card.drive", d.Card.Drive == "", "where the card is while this computer has it"},
		{"camera.kind", !slices.Contains([]string{"none", "gadget", "screen"}, d.Camera.Kind), "none, gadget or screen"},
		{"camera.address", d.Camera.Kind != "none" && d.Camera.Address == "", "an address and a port"},
		{"network.card", d.Network.Card == "", "the network card for the board alone"},
	} {
		if c.wrong {
			return nil, bad(c.key, "want %s", c.want)
		}
	}
	return d, d.wires(bad)
}

// wires checks adapters and lines.
func (d *Desk) wires(bad func(key, format string, args ...any) error) error {
	var names []string
	for _, a := range d.Adapters {
		if a.Name == "" || strings.Contains(a.Name, "/") || slices.Contains(names, a.Name) {
			return bad("adapter", "name %q, want another for each, without a slash", a.Name)
		}
		names = append(names, a.Name)
	}
	taken := map[string]string{}
	for key, line := range d.all() {
		if line == "" {
			continue
		}
		adapter, wire, ok := strings.Cut(line, "/")
		if !ok || wire == "" || !slices.Contains(names, adapter) {
			return bad("lines."+key, "%q, want an adapter, a slash and its line; there are: %s", line, strings.Join(names, ", "))
		}
		if taken[line] != "" {
			return bad("lines."+key, "%q is %s already", line, taken[line])
		}
		taken[line] = key
	}
	return nil
}

// all gives the lines by key.
func (d *Desk) all() map[string]string {
	all := d.driven()
	for key, line := range d.read() {
		all[key] = line
	}
	return all
}

func (d *Desk) read() map[string]string {
	l := d.Lines
	return map[string]string{"alive": l.Alive, "camera_power": l.Camera, "camera_fed": l.Fed, "lamp": l.Lamp}
}

func (d *Desk) driven() map[string]string {
	l := d.Lines
	return map[string]string{"button": l.Button, "weld": l.Weld, "break": l.Break, "cable": l.Cable, "supply": l.Supply}
}

// Of gives the lines of one adapter that are read, and those that are driven.
func (d *Desk) Of(adapter string) (in, out []string) {
	pick := func(all map[string]string) (some []string) {
		for _, line := range all {
			if name, wire, _ := strings.Cut(line, "/"); name == adapter && wire != "" {
				some = append(some, wire)
			}
		}
		slices.Sort(some)
		return some
	}
	return pick(d.read()), pick(d.driven())
}
