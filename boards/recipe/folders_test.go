package recipe

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tellijn/boards"
	"tellijn/boards/card"
)

// header is the 40-pin header that all these boards have: which line or supply is on which pin.
func header(pin int) string {
	lines := strings.Fields("3V3 5V GPIO2 5V GPIO3 GND GPIO4 GPIO14 GND GPIO15 GPIO17 GPIO18 GPIO27 GND GPIO22 GPIO23 3V3 GPIO24 GPIO10 GND " +
		"GPIO9 GPIO25 GPIO11 GPIO8 GND GPIO7 ID_SDA ID_SCL GPIO5 GND GPIO6 GPIO12 GPIO13 GND GPIO19 GPIO16 GPIO26 GPIO20 GND GPIO21")
	if pin < 1 || pin > len(lines) {
		return ""
	}
	return lines[pin-1]
}

// drawing is what a wiring.svg says to a program: pins with their lines and parts, and components.
type drawing struct {
	lines      map[int]string    // by pin
	parts      map[string]string // line, by the key in [parts]
	components []string
}

// read goes through a drawing and refuses what contradicts itself.
func read(r io.Reader) (d drawing, err error) {
	d = drawing{lines: map[int]string{}, parts: map[string]string{}}
	dec := xml.NewDecoder(r)
	for {
		t, err := dec.Token()
		if err == io.EOF {
			return d, nil
		}
		if err != nil {
			return d, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "script" || e.Name.Local == "image" {
			return d, errors.New("a drawing holds shapes and words only, not " + e.Name.Local)
		}
		at := map[string]string{}
		for _, a := range e.Attr {
			at[a.Name.Local] = a.Value
		}
		if c := at["data-component"]; c != "" {
			if slices.Contains(d.components, c) {
				return d, errors.New(c + " is drawn twice")
			}
			d.components = append(d.components, c)
		}
		if at["data-pin"] == "" {
			continue
		}
		pin, err := strconv.Atoi(at["data-pin"])
		if err != nil || header(pin) != at["data-line"] {
			return d, errors.New("pin " + at["data-pin"] + " is " + header(pin) + ", not " + at["data-line"])
		}
		if d.lines[pin] != "" {
			return d, errors.New("pin " + at["data-pin"] + " is used twice")
		}
		d.lines[pin] = at["data-line"]
		if p := at["data-part"]; p != "" {
			if d.parts[p] != "" {
				return d, errors.New("two pins for " + p)
			}
			d.parts[p] = at["data-line"]
		}
	}
}

// complain says everything that is wrong in the folder of a real board.
func complain(fsys fs.FS, b boards.Board, r Recipe) (wrong []string) {
	bad := func(s ...string) { wrong = append(wrong, b.Name+": "+strings.Join(s, " ")) }
	svg, err := fs.ReadFile(fsys, path.Join(b.Name, "wiring.svg"))
	if err != nil {
		bad("no wiring.svg")
		return wrong
	}
	d, err := read(bytes.NewReader(svg))
	if err != nil {
		bad("wiring.svg:", err.Error())
	}
	for _, p := range b.Parts.Lines() {
		if d.parts[p.Key] != p.Line {
			bad("wiring.svg has", p.Key, "on", d.parts[p.Key], "and board.toml on", p.Line)
		}
	}
	text, err := fs.ReadFile(fsys, path.Join(b.Name, "README.md"))
	if err != nil {
		bad("no README.md")
		return wrong
	}
	readme := string(text)
	for _, c := range d.components {
		if strings.Count(readme, c) < 2 { // in the shopping list and where it is wired
			bad("README.md names", c, "less than twice")
		}
	}
	for pin, line := range d.lines {
		if line != "GND" && line != "3V3" && !strings.Contains(readme, "| "+strconv.Itoa(pin)+" | "+line+" |") {
			bad("README.md has no row for pin", strconv.Itoa(pin))
		}
	}
	for _, t := range r.Tried {
		if !strings.Contains(readme, "| "+t.How+" | "+t.What+" | "+t.Result+" |") {
			bad("README.md does not say that this was tried:", t.What)
		}
	}
	for _, want := range []string{"## 1. Dangers first", "## 2. Shopping list", "(wiring.svg)", "fieldkit image -board " + b.Name + " ", "fieldkit geometry", "fieldkit flash",
		"fieldkit wipe", "fieldkit approve", "Not known", b.Title, "7 flashes"} {
		if !strings.Contains(readme, want) {
			bad("README.md lacks:", want)
		}
	}
	return append(wrong, starts(b, r)...)
}

// starts says what in config.txt would keep a board from starting.
func starts(b boards.Board, r Recipe) (wrong []string) {
	bad := func(s ...string) { wrong = append(wrong, b.Name+": "+strings.Join(s, " ")) }
	for _, want := range []string{"arm_64bit=1", "kernel=" + card.Kernel, "initramfs " + card.Initrd + " followkernel"} {
		if !slices.Contains(r.ConfigTxt, want) {
			bad("config.txt lacks", want)
		}
	}
	var overlays []string
	for _, l := range r.ConfigTxt {
		if o, ok := strings.CutPrefix(l, "dtoverlay="); ok {
			o, _, _ = strings.Cut(o, ",")
			overlays = append(overlays, "overlays/"+o+".dtbo")
		}
	}
	own := slices.Clone(r.Kernel.Overlays)
	slices.Sort(own)
	slices.Sort(overlays)
	if !slices.Equal(own, overlays) {
		bad("config.txt asks for", strings.Join(overlays, " "), "and the image has", strings.Join(own, " "))
	}
	off := slices.ContainsFunc(r.ConfigTxt, func(l string) bool { return strings.HasPrefix(l, "dtoverlay=disable-wifi") })
	if off == r.Radio {
		bad("config.txt and radio say different things about Wi-Fi")
	}
	return wrong
}

func TestFolders(t *testing.T) {
	fsys := os.DirFS("..")
	real := 0
	for _, name := range boards.Names(fsys, "board.toml") {
		b, err := boards.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if b.Kind != boards.Real {
			continue
		}
		real++
		r, err := Lookup(name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, w := range complain(fsys, b, r) {
			t.Error(w)
		}
	}
	if real < 5 {
		t.Errorf("%d real boards", real)
	}
}
