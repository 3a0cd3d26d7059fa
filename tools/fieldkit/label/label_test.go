package label

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"tellijn/boards/plan"
	"tellijn/tools/fieldkit/command"
)

func text() *Text {
	return &Text{Device: "north-door", Whose: "University of Here, Facility Services", Read: "https://example.edu/counting/north-door",
		Hours: plan.Hours{Open: []string{"mon-fri 07:30-22:00", "sat 09:00-17:00"}}}
}

// longest is a label with the most that may stand on it.
func longest() *Text {
	return &Text{Device: strings.Repeat("w", 32), Whose: strings.Repeat("Ünïversity ", 5) + "Werst", Read: "https://" + strings.Repeat("w", 109) + ".ed",
		Hours: plan.Hours{Open: []string{"mon 07:30-12:00", "tue 07:31-12:00", "wed 07:32-12:00", "thu 07:33-12:00", "fri 07:34-12:00", "sat 09:00-17:00"}}}
}

func write(t *testing.T, l *Text) (pdf, picture []byte) {
	t.Helper()
	dir := t.TempDir()
	if err := Write(dir, l); err != nil {
		t.Fatal(err)
	}
	pdf, err := os.ReadFile(filepath.Join(dir, l.Device+".pdf"))
	picture, err2 := os.ReadFile(filepath.Join(dir, l.Device+".png"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return pdf, picture
}

// scan reads the code in a picture as a telephone would.
func scan(t *testing.T, b []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	m, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	r, err := qrcode.NewQRCodeReader().Decode(m, nil)
	if err != nil {
		t.Fatal("no code can be read: ", err)
	}
	return r.GetText()
}

func TestCode(t *testing.T) {
	if raceDetector {
		t.Skip("one goroutine that computes for long: not with the race detector")
	}
	for _, l := range []*Text{text(), longest()} {
		pdf, picture := write(t, l)
		if got := scan(t, picture); got != l.Read {
			t.Errorf("the code of the PNG says %q", got)
		}
		if got := scan(t, rendered(t, pdf)); got != l.Read {
			t.Errorf("the code of the PDF says %q", got)
		}
	}
}

// rendered is a PDF as a printer would see it.
func rendered(t *testing.T, pdf []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "pdftoppm", "-r", "300", "-png", "-singlefile", filepath.Join(dir, "a.pdf"), filepath.Join(dir, "a"))
	if out, err := c.CombinedOutput(); errors.Is(err, exec.ErrNotFound) {
		t.Skip("pdftoppm of poppler-utils is not here")
	} else if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Nothing is cut off: the margins are white in both forms, which are of one size and nearly the same.
func TestPaper(t *testing.T) {
	if raceDetector {
		t.Skip("one goroutine that computes for long: not with the race detector")
	}
	for _, l := range []*Text{text(), longest(), {Device: "a", Whose: "b", Read: "https://c.de"}} {
		pdf, picture := write(t, l)
		var sizes []image.Point
		var ink []int
		for _, b := range [][]byte{picture, rendered(t, pdf)} {
			img, err := png.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			r := img.Bounds()
			grey := image.NewGray(r)
			draw.Draw(grey, r, img, r.Min, draw.Src)
			sizes = append(sizes, r.Size())
			black, edge := 0, int(dots(margin))-2
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					if grey.Pix[grey.PixOffset(x, y)] < 0x80 {
						black++
						if x < edge || x >= r.Max.X-edge || y < edge || y >= r.Max.Y-edge {
							t.Fatalf("%s: ink in the margin at %d, %d of %v", l.Device, x, y, r)
						}
					}
				}
			}
			ink = append(ink, black)
		}
		if d := sizes[0].Sub(sizes[1]); sizes[0].X != 732 || d.X < -2 || d.X > 2 || d.Y < -2 || d.Y > 2 {
			t.Error(sizes)
		}
		if lo, hi := min(ink[0], ink[1]), max(ink[0], ink[1]); lo < 40_000 || hi-lo > hi/10 {
			t.Error("the two forms do not look alike: dots of ink", ink)
		}
	}
}

func TestSameBytes(t *testing.T) {
	if raceDetector {
		t.Skip("one goroutine that computes for long: not with the race detector")
	}
	pdf, picture := write(t, text())
	for range 2 {
		pdf2, picture2 := write(t, text())
		if !bytes.Equal(pdf, pdf2) || !bytes.Equal(picture, picture2) {
			t.Fatal("another label of the same text")
		}
	}
}

// The words: camera in both languages, few of them, everything that must be there, no word that hides what it is.
func TestWords(t *testing.T) {
	p, err := text().layout()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range p.marks {
		if m.kind == 't' {
			lines = append(lines, m.text)
		}
	}
	all := strings.Join(lines, " ")
	for _, must := range []string{"CAMERA", "This camera counts people", "Deze camera telt mensen", "no pictures", "geen beelden", "Lamp dark: camera off.", "Lampje uit: camera uit.",
		"north-door", "University of Here", "https://example.edu/", "Mon-Fri 07:30-22:00, Sat 09:00-17:00", "ma-vr 07:30-22:00, za 09:00-17:00"} {
		if !strings.Contains(all, must) {
			t.Errorf("%q is missing in %q", must, all)
		}
	}
	for _, never := range []string{"sensor", "scanner", "smart", "anonym"} {
		if strings.Contains(strings.ToLower(all), never) {
			t.Errorf("%q stands there", never)
		}
	}
	if n := len(strings.Fields(all)); n > 110 {
		t.Errorf("%d words in two languages", n)
	}
}

func TestRefuses(t *testing.T) {
	for name, change := range map[string]func(*Text){
		"no device": func(l *Text) { l.Device = "" }, "a path": func(l *Text) { l.Device = "../a" }, "nobody": func(l *Text) { l.Whose = "" }, "blanks": func(l *Text) { l.Whose = "  " },
		"long": func(l *Text) { l.Whose = strings.Repeat("a", 61) }, "letters that the font lacks": func(l *Text) { l.Whose = "大学" }, "two lines": func(l *Text) { l.Whose = "a\nb" },
		"no page": func(l *Text) { l.Read = "" }, "open": func(l *Text) { l.Read = "http://example.edu" }, "a secret in it": func(l *Text) { l.Read = "https://a:b@example.edu" },
		"long page": func(l *Text) { l.Read = "https://" + strings.Repeat("a", 120) }, "a blank": func(l *Text) { l.Read = "https://example.edu/a b" },
		"hours": func(l *Text) { l.Hours.Open = []string{"always"} },
	} {
		l := text()
		change(l)
		dir := t.TempDir()
		if err := Write(dir, l); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if files, _ := os.ReadDir(dir); len(files) > 0 {
			t.Error(name, files)
		}
	}
}

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "c.toml")
	if err := os.WriteFile(conf, []byte("device = \"south-door\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rest := []string{"-whose", "Us", "-read", "https://example.edu", "-o", filepath.Join(dir, "labels")}
	var out, errOut bytes.Buffer
	if err := run(t.Context(), slices.Concat([]string{"-config", conf, "-board", "virt"}, rest), &out, &errOut); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if _, err := os.Stat(strings.TrimSpace(line)); err != nil || !strings.Contains(line, "south-door.p") {
			t.Error(err)
		}
	}
	for _, bad := range [][]string{rest, slices.Concat([]string{"-config", conf}, rest), slices.Concat([]string{"-device", "a", "-config", conf, "-board", "virt"}, rest)} {
		if err := run(t.Context(), bad, &out, &errOut); !errors.Is(err, command.ErrUsage) {
			t.Error(bad, err)
		}
	}
	for _, bad := range [][]string{{"-config", conf, "-board", "none"}, {"-config", dir, "-board", "virt"}, {"-device", "A"}} {
		if err := run(t.Context(), slices.Concat(bad, rest), &out, &errOut); err == nil || errors.Is(err, command.ErrUsage) {
			t.Error(bad, err)
		}
	}
}
