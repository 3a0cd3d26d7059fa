package label

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// dots of a length in millimetres on paper.
func dots(l float64) float64 { return l * dpi / mm }

// png draws the page for a printer of 300 dots an inch.
func (p *page) png() ([]byte, error) {
	f, err := load()
	if err != nil {
		return nil, err
	}
	img := image.NewGray(image.Rect(0, 0, int(math.Round(dots(width))), int(math.Round(dots(p.height)))))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, m := range p.marks {
		ink := image.NewUniform(color.Gray{0})
		if m.white {
			ink = image.NewUniform(color.Gray{255})
		}
		switch m.kind {
		case 'r': // on whole dots, so that codes have sharp edges
			draw.Draw(img, image.Rect(int(math.Round(dots(m.x))), int(math.Round(dots(m.y))), int(math.Round(dots(m.x+m.w))), int(math.Round(dots(m.y+m.h)))), ink, image.Point{}, draw.Src)
		case 'd':
			disc(img, dots(m.x), dots(m.y), dots(m.w)/2, ink)
		case 't':
			face, err := f.face(m.bold, m.size, dpi)
			if err != nil {
				return nil, err
			}
			d := font.Drawer{Dst: img, Src: ink, Face: face, Dot: fixed.Point26_6{X: fixed.Int26_6(dots(m.x) * 64), Y: fixed.Int26_6(dots(m.y) * 64)}}
			d.DrawString(m.text)
			face.Close()
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		return nil, fmt.Errorf("label: %w", err)
	}
	return resolution(b.Bytes()), nil
}

// disc fills a circle.
func disc(img draw.Image, x, y, r float64, ink image.Image) {
	const k = 0.5522847498 // of a quarter of a circle by one cubic curve
	z := vector.NewRasterizer(img.Bounds().Dx(), img.Bounds().Dy())
	at := func(dx, dy float64) (float32, float32) { return float32(x + r*dx), float32(y + r*dy) }
	z.MoveTo(at(1, 0))
	for _, q := range [4][6]float64{{1, k, k, 1, 0, 1}, {-k, 1, -1, k, -1, 0}, {-1, -k, -k, -1, 0, -1}, {k, -1, 1, -k, 1, 0}} {
		bx, by := at(q[0], q[1])
		cx, cy := at(q[2], q[3])
		dx, dy := at(q[4], q[5])
		z.CubeTo(bx, by, cx, cy, dx, dy)
	}
	z.ClosePath()
	z.Draw(img, img.Bounds(), ink, image.Point{})
}

// pdf draws the page as a document of one page, the same bytes each time.
func (p *page) pdf(title string) ([]byte, error) {
	d := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: width, Ht: p.height}})
	d.SetCreationDate(time.Unix(0, 0).UTC())
	d.SetModificationDate(time.Unix(0, 0).UTC())
	d.SetCatalogSort(true)
	d.SetTitle(title, true)
	d.SetMargins(0, 0, 0)
	d.SetAutoPageBreak(false, 0)
	d.AddUTF8FontFromBytes("go", "", goregular.TTF)
	d.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	d.AddPage()
	for _, m := range p.marks {
		ink := 0
		if m.white {
			ink = 255
		}
		d.SetFillColor(ink, ink, ink)
		switch m.kind {
		case 'r':
			d.Rect(m.x, m.y, m.w, m.h, "F")
		case 'd':
			d.Circle(m.x, m.y, m.w/2, "F")
		case 't':
			style := ""
			if m.bold {
				style = "B"
			}
			d.SetFont("go", style, m.size)
			d.Text(m.x, m.y, m.text)
		}
	}
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		return nil, fmt.Errorf("label: %w", err)
	}
	return b.Bytes(), nil
}
