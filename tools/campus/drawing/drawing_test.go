package drawing

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"tellijn/tools/campus/figures"
)

// texts reads an SVG and gives its words and how many elements of each kind it has.
func texts(t *testing.T, svg string) (words string, elements map[string]int) {
	t.Helper()
	elements = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return words, elements
		}
		if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
		switch v := token.(type) {
		case xml.CharData:
			words += string(v) + "\n"
		case xml.StartElement:
			elements[v.Name.Local]++
		}
	}
}

func TestDraw(t *testing.T) {
	f, err := figures.Run(1, figures.MinRooms, 15, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Draw(&b, &f); err != nil {
		t.Fatal(err)
	}
	words, elements := texts(t, b.String())
	for _, want := range []string{
		"80 rooms, 15 days, seed 1", "raw counts", "tellijn (k = 3)", "under 5 shown as nothing", "Laplace noise, epsilon 1",
		"A room for classes, a week", "A room to study in, a week", "Mon", "Fri", "persons off", "cleaners found",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not on the sheet", want)
		}
	}
	// Four curves, and in two rooms, four strips and five days, what was true and what is shown.
	if want := 4 + 2*4*5*2; elements["path"] != want {
		t.Errorf("%d paths, want %d", elements["path"], want)
	}
	if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
		t.Error("a coordinate is no number")
	}
}

// TestNames: the sheet asks for rows by their names; one that is not there would be drawn as nothing.
func TestNames(t *testing.T) {
	want := []string{figures.Raw, figures.Ours, figures.Threshold, figures.Laplace}
	for i, st := range styles() {
		if st.name != want[i] {
			t.Errorf("style %d is for %q, want %q", i, st.name, want[i])
		}
	}
}

func TestDrawsNothing(t *testing.T) {
	var b strings.Builder
	if err := Draw(&b, &figures.Figures{Examples: []figures.Example{{What: "a room < that & is > empty"}}}); err != nil {
		t.Fatal(err)
	}
	if words, _ := texts(t, b.String()); !strings.Contains(words, "a room < that & is > empty") {
		t.Error("words with signs are not written as they are")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk is full") }

func TestFull(t *testing.T) {
	if Draw(full{}, &figures.Figures{}) == nil {
		t.Error("nothing could be written, and nothing is said")
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1\u2009000", 1234567: "1\u2009234\u2009567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}
