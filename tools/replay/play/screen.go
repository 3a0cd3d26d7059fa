package play

import (
	"bytes"
	"fmt"
	"io"
	"math/bits"
	"strings"

	"tellijn/counting/grid"
	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/tools/replay/marks"
)

// widest picture in characters; a finer grid is shown with several cells to a dot.
const widest = 80

// colours of dots, of the 256 of a terminal.
var colours = [...]int{marks.Empty: 232, marks.Shadow: 24, marks.Sparse: 240, marks.Solid: 252, marks.Line: 94, marks.Person: 196}

// bright is the line when somebody has crossed.
const bright = 226

// signs of dots where there is no colour.
const signs = " .:#-@"

// screen draws cycles as dots.
type screen struct {
	out  io.Writer
	live bool
	w, h int // dots
	side int // cells to a dot, each way
	line [][2]int
	dots []uint8

	forward, backward, tracks int
	lit                       uint32
	printed                   int
	b                         bytes.Buffer
}

func newScreen(out io.Writer, live bool, p grid.Plan, sc *scene.Scene) *screen {
	s := &screen{out: out, live: live, side: (p.W + widest - 1) / widest}
	s.w, s.h = (p.W+s.side-1)/s.side, (p.H+s.side-1)/s.side
	s.dots = make([]uint8, s.w*s.h)
	for _, c := range marks.Over(p, sc.Lines[0]) {
		s.line = append(s.line, [2]int{c[0] / s.side, c[1] / s.side})
	}
	if live {
		fmt.Fprint(out, "\x1b[?25l\x1b[2J") // hide the cursor, clear
	}
	return s
}

// draw takes what is seen in a cycle.
func (s *screen) draw(v *pipeline.View) {
	clear(s.dots)
	for y := range v.H {
		for x := range v.W {
			s.dot(x/s.side, y/s.side, marks.Cell(v, x, y))
		}
	}
	for _, at := range s.line {
		s.dot(at[0], at[1], marks.Line)
	}
	s.tracks = bits.OnesCount64(v.Tracks.Live)
	for set := v.Tracks.Live; set != 0; set &= set - 1 {
		k := &v.Tracks.Tracks[bits.TrailingZeros64(set)]
		if k.X >= 0 && k.Y >= 0 {
			s.dot(int(k.X)>>8/s.side, int(k.Y)>>8/s.side, marks.Person)
		}
	}
}

func (s *screen) dot(x, y int, kind uint8) {
	if x < s.w && y < s.h && kind > s.dots[y*s.w+x] {
		s.dots[y*s.w+x] = kind
	}
}

// show puts the cycle on the screen, or prints it if somebody has just crossed.
func (s *screen) show(n, all int) error {
	s.b.Reset()
	fresh := s.lit > 0
	switch {
	case s.live:
		s.b.WriteString("\x1b[H")
		s.blocks()
		fmt.Fprintf(&s.b, "\x1b[0m%s %d of %d   forward %d   backward %d   tracks %d\x1b[K\n",
			bar(n, all), n, all, s.forward, s.backward, s.tracks)
		fmt.Fprint(&s.b, "white differs, blue is shadow, red is a person, the line lights up at a crossing\x1b[K\n")
	case fresh && s.printed < shown:
		s.printed++
		fmt.Fprintf(&s.b, "frame %d of %d: forward %d, backward %d, tracks %d\n", n, all, s.forward, s.backward, s.tracks)
		s.letters()
	}
	if s.lit > 0 {
		s.lit--
	}
	if !s.live {
		s.lit = 0
	}
	_, err := s.out.Write(s.b.Bytes())
	return err
}

// blocks draws two rows of dots in one of characters.
func (s *screen) blocks() {
	for y := 0; y < s.h; y += 2 {
		last := [2]int{-1, -1}
		for x := range s.w {
			now := [2]int{s.colour(x, y), s.colour(x, y+1)}
			if now != last {
				fmt.Fprintf(&s.b, "\x1b[38;5;%d;48;5;%dm", now[0], now[1])
				last = now
			}
			s.b.WriteString("▀")
		}
		s.b.WriteString("\x1b[0m\x1b[K\n")
	}
}

func (s *screen) colour(x, y int) int {
	if y >= s.h {
		return colours[marks.Empty]
	}
	kind := s.dots[y*s.w+x]
	if kind == marks.Line && s.lit > 0 {
		return bright
	}
	return colours[kind]
}

// letters draws two rows of dots as one, since letters are twice as high as wide.
func (s *screen) letters() {
	for y := 0; y < s.h; y += 2 {
		row := make([]byte, s.w)
		for x := range row {
			kind := s.dots[y*s.w+x]
			if y+1 < s.h {
				kind = max(kind, s.dots[(y+1)*s.w+x])
			}
			row[x] = signs[kind]
		}
		s.b.WriteString(strings.TrimRight(string(row), " ") + "\n")
	}
}

// bar shows how much was played.
func bar(n, all int) string {
	const length = 20
	full := length * n / max(1, all)
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", length-full) + "]"
}

// end prints what was counted.
func (s *screen) end() error {
	_, err := fmt.Fprintf(s.out, "forward %d, backward %d\n", s.forward, s.backward)
	return err
}

// close gives the cursor back.
func (s *screen) close() {
	if s.live {
		fmt.Fprint(s.out, "\x1b[0m\x1b[?25h")
	}
}
