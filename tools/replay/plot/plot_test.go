package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
)

func panels() []Panel {
	return []Panel{
		{Title: "noise", Unit: "grey levels", X: []float64{0, 2, 24}, Missed: []float64{0, 1, 100}, False: []float64{0, 4, 250}, Notes: []string{"", "", ""}, Nominal: 4},
		{Title: "a <b> & c", Unit: "percent", X: []float64{5}, Missed: []float64{math.NaN()}, False: []float64{math.NaN()}, Notes: []string{"nobody crossed"}, Nominal: math.NaN()},
	}
}

// The plot is well-formed, has nothing unprinted in it, and everything lies inside it.
func TestDraw(t *testing.T) {
	var b bytes.Buffer
	if err := Draw(&b, "Title < & >", []string{"note"}, panels()); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if err := xml.Unmarshal(b.Bytes(), new(struct{ XMLName xml.Name })); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"%!", "NaN", "Inf"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q in the plot:\n%s", bad, out)
		}
	}
	for _, want := range []string{"a &lt;b&gt; &amp; c", "nobody crossed", "Title &lt; &amp; &gt;", "<title>24: 250.0%</title>"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in the plot", want)
		}
	}
	if n := strings.Count(out, `stroke-dasharray`); n != 2 { // in the legend and in one panel
		t.Errorf("%d nominal marks, want 2", n)
	}
	for _, m := range regexp.MustCompile(`c[xy]="(-[^"]*)"`).FindAllString(out, -1) {
		t.Errorf("%s lies outside", m)
	}
}

// The scale keeps order and its ends.
func TestLevel(t *testing.T) {
	if level(0) != plotH || level(100) != 0 || level(250) != 0 || level(-1) != plotH {
		t.Errorf("0: %v, 100: %v, 250: %v", level(0), level(100), level(250))
	}
	for p := 1.0; p <= 100; p++ {
		if level(p) >= level(p-1) {
			t.Errorf("%v %% is no higher than %v %%", p, p-1)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestDrawTellsErrors(t *testing.T) {
	if err := Draw(full{}, "", nil, panels()); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}
