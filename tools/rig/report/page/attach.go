package page

import (
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/plot"
)

// attached is a file of a scenario, and what can be shown of it. What is too large is only named.
type attached struct {
	play.File
	Drawing template.URL // of an SVG or PNG; the browser runs nothing that is in one
	Table   [][]string   // of a CSV; the first row is the head
	Text    string
}

// How much of a file goes into the page, in bytes.
const (
	mostDrawing = 2 << 20
	mostText    = 64 << 10
	mostRows    = 400
)

// attach reads what can be shown. A file that cannot be read is named all the same.
func attach(r *play.Result, files fs.FS) (all []attached) {
	for _, f := range r.Files {
		a := attached{File: f}
		kind, most := path.Ext(f.Path), int64(mostText)
		if kind == ".svg" || kind == ".png" {
			most = mostDrawing
		}
		if f.Name == "console" || f.Size > most {
			all = append(all, a)
			continue
		}
		b, err := fs.ReadFile(files, f.Path)
		if err != nil || int64(len(b)) > most {
			all = append(all, a)
			continue
		}
		switch kind {
		case ".svg":
			a.Drawing = template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(b))
		case ".png":
			a.Drawing = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b))
		case ".csv":
			if rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll(); err == nil && len(rows) <= mostRows {
				a.Table = rows
				break
			}
			fallthrough
		case ".txt", ".json", ".md", ".log":
			if utf8.Valid(b) {
				a.Text = plot.Clean(string(b))
			}
		}
		all = append(all, a)
	}
	return all
}

// bytes says how large a file is.
func bytes(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}
