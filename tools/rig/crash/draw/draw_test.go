package draw

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"tellijn/tools/rig/crash"
	"tellijn/tools/rig/crash/states"
)

// TestSVG draws good, repaired and bad cards; the drawing is whole and says how many there are of each.
func TestSVG(t *testing.T) {
	r := &crash.Result{Figures: states.Figures{Writes: 7, Flushes: 3, Bytes: 8192, Unflushed: 2}}
	for i, kind := range states.Kinds() {
		for n := range 3 {
			f := crash.Found{State: states.State{At: 10*i + n, How: kind}, Records: i}
			if n == 1 {
				f.Aside, f.State.Lost = true, []int{1}
			}
			if n == 2 && i == 0 {
				f.Err = errors.New("lost")
			}
			r.Found = append(r.Found, f)
		}
	}
	text := SVG(r)
	paths := map[string]int{}
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "path" {
			for _, a := range e.Attr {
				if a.Name.Local == "class" {
					paths[a.Value]++
				}
			}
		}
	}
	if paths["good"] != 4 || paths["aside"] != 4 || paths["bad"] != 1 {
		t.Errorf("%v", paths)
	}
	for _, want := range []string{"11 of 12 cards", "2 of 3 good", "7 writes of 8 KiB and 3 flushes", "4 of these cards lack"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
}
