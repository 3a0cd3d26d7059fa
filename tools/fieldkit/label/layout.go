package label

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"rsc.io/qr"
)

// Measures of a label in millimetres: the width of the paper, the margin that printers leave, the side of
// the code, of which a telephone held at arm's length needs 25.
const (
	width  = 62.0
	margin = 4.0
	code   = 30.0
	dpi    = 300
	mm     = 25.4 // in an inch
	point  = mm / 72
)

// page is a label that is laid out. Everything is in millimetres from the top left.
type page struct {
	height float64
	marks  []mark
}

// mark is one thing on a page: a text whose first letter stands on (x, y), a disc around (x, y) with the
// diameter w, or a rectangle from there.
type mark struct {
	kind       byte // 't', 'd', 'r'
	x, y, w, h float64
	size       float64 // of letters, in points
	bold       bool
	white      bool
	text       string
}

// faces are the fonts of measuring; both kinds of output break lines where they do.
type faces struct{ regular, bold *opentype.Font }

func load() (f faces, err error) {
	if f.regular, err = opentype.Parse(goregular.TTF); err == nil {
		f.bold, err = opentype.Parse(gobold.TTF)
	}
	if err != nil {
		return f, fmt.Errorf("label: font: %w", err)
	}
	return f, nil
}

// face gives a font at a size in points for a resolution.
func (f faces) face(bold bool, size, dpi float64) (font.Face, error) {
	which := f.regular
	if bold {
		which = f.bold
	}
	face, err := opentype.NewFace(which, &opentype.FaceOptions{Size: size, DPI: dpi, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("label: font: %w", err)
	}
	return face, nil
}

// layout puts everything in its place.
func (t *Text) layout() (*page, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	f, err := load()
	if err != nil {
		return nil, err
	}
	w := writer{f: f, p: &page{}, y: margin}
	w.camera()
	english, dutch := t.hours()
	for _, part := range []struct {
		size float64
		bold bool
		gap  float64 // before it, in millimetres
		text string
	}{
		{11, true, 1, "This camera counts people who cross a line. It keeps and shows no pictures."},
		{11, true, 1.5, "Deze camera telt mensen die een lijn passeren. Hij bewaart en toont geen beelden."},
		{9, false, 3, "Is it off? The lamp beside the lens shines whenever the camera has power. Lamp dark: camera off. " + english},
		{9, false, 1.5, "Staat hij uit? Het lampje naast de lens brandt zolang de camera stroom heeft. Lampje uit: camera uit. " + dutch},
	} {
		if err := w.text(part.text, part.size, part.bold, part.gap, width-2*margin); err != nil {
			return nil, err
		}
	}
	if err := w.foot(t); err != nil {
		return nil, err
	}
	w.p.height = math.Ceil(w.y + margin)
	return w.p, nil
}

// writer goes down a page.
type writer struct {
	f faces
	p *page
	y float64
}

func (w *writer) put(m mark) { w.p.marks = append(w.p.marks, m) }

// camera is the sign that this is one, and its lamp.
func (w *writer) camera() {
	x, y := margin, w.y
	w.put(mark{kind: 'r', x: x, y: y + 2, w: 17, h: 11})
	w.put(mark{kind: 'r', x: x + 3, y: y, w: 6, h: 3})
	w.put(mark{kind: 'd', x: x + 8.5, y: y + 7.5, w: 8, white: true})
	w.put(mark{kind: 'd', x: x + 8.5, y: y + 7.5, w: 5})
	w.put(mark{kind: 'd', x: x + 15, y: y + 4, w: 1.8, white: true}) // the lamp
	w.put(mark{kind: 't', x: x + 20, y: y + 10, size: 20, bold: true, text: "CAMERA"})
	w.y += 14
}

// text breaks a text into lines no wider than most.
func (w *writer) text(s string, size float64, bold bool, gap, most float64) error {
	face, err := w.f.face(bold, size, 72*64) // fine enough to measure
	if err != nil {
		return err
	}
	defer face.Close()
	wide := func(s string) float64 { return float64(font.MeasureString(face, s)) / 64 / 64 * point }
	w.y += gap
	line := ""
	flush := func() {
		w.y += size * point * 1.2
		w.put(mark{kind: 't', x: margin, y: w.y - size*point*0.2, size: size, bold: bold, text: line})
		line = ""
	}
	for _, word := range strings.Fields(s) {
		if line != "" && wide(line+" "+word) > most {
			flush()
		}
		for wide(word) > most { // an address without a blank
			n := len([]rune(word))
			for n > 1 && wide(string([]rune(word)[:n])) > most {
				n--
			}
			line = string([]rune(word)[:n])
			word = string([]rune(word)[n:])
			flush()
		}
		if line = strings.TrimSpace(line + " " + word); line == "" {
			continue
		}
	}
	if line != "" {
		flush()
	}
	return nil
}

// foot is the code on the right, and whose and which camera it is on the left.
func (w *writer) foot(t *Text) error {
	c, err := qr.Encode(t.Read, qr.M)
	if err != nil {
		return fmt.Errorf("%w: code of %q: %w", ErrInvalid, t.Read, err)
	}
	w.y += 3
	top := w.y
	// Four white modules belong around a code (ISO/IEC 18004 section 9.1); three sides have the margin.
	module := code / float64(c.Size)
	left := width - margin - code
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from { // one rectangle for neighbours leaves no hair between them
				w.put(mark{kind: 'r', x: left + float64(from)*module, y: top + float64(y)*module, w: float64(x-from) * module, h: module})
			}
		}
	}
	beside := left - margin - max(4*module, 2)
	for _, part := range []struct {
		size float64
		bold bool
		gap  float64
		text string
	}{{7, false, 0, "whose / van wie"}, {9, true, 0, t.Whose}, {7, false, 2, "which / welke"}, {9, true, 0, t.Device}} {
		if err := w.text(part.text, part.size, part.bold, part.gap, beside); err != nil {
			return err
		}
	}
	w.y = max(w.y, top+code) + 1
	return w.text("Read more / lees meer: "+t.Read, 7, false, 1, width-2*margin)
}
