package scenarios

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tellijn/boards/recipe"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/steps"
)

// mostShort is how long the short set may take by what its scenarios say of themselves: on each change there are eight
// minutes for it, on a computer that does other things too, and the images are made in them.
const mostShort = 6 * time.Minute

// TestAll reads every scenario and finds what each of its sentences means.
func TestAll(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	book, err := protocol.NewBook(steps.All())
	if err != nil {
		t.Fatal(err)
	}
	short, titles := time.Duration(0), map[string]string{}
	for _, s := range all {
		bound, err := book.Bind(s)
		if err != nil {
			t.Error(err)
			continue
		}
		if !slices.ContainsFunc(bound, func(b protocol.Bound) bool { return strings.HasPrefix(b.Text, "switch the board on") }) {
			t.Errorf("%s: nobody switches the board on", s.Name)
		}
		if _, err := recipe.Lookup(s.Setup.Board); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		if titles[s.Title] != "" {
			t.Errorf("%s and %s have one title", s.Name, titles[s.Title])
		}
		titles[s.Title] = s.Name
		if len(s.Tags) == 0 {
			t.Errorf("%s has no tags", s.Name)
		}
		if s.Tagged("short") {
			short += s.Expect
		}
	}
	if short == 0 || short > mostShort {
		t.Errorf("the short set takes %v, want at most %v", short, mostShort)
	}
	t.Logf("%d scenarios; the short set takes %v", len(all), short)
}

// TestPatterns: a regular expression that is none would only be seen when its step is reached.
func TestPatterns(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	book, err := protocol.NewBook(steps.All())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		bound, err := book.Bind(s)
		if err != nil {
			continue // said above
		}
		for _, b := range bound {
			if strings.Contains(b.Step.Doc, "regular expression") {
				if _, err := regexp.Compile(b.Args.Texts[0]); err != nil {
					t.Errorf("%s:%d: %v", s.Name, b.Number, err)
				}
			}
		}
	}
}

func TestRead(t *testing.T) {
	good := "title a\nwhy b\nboard virt\nexpect 1 s\n\nx\n"
	all, err := read(fstest.MapFS{"b.txt": {Data: []byte(good)}, "a.txt": {Data: []byte(good)}, "c.md": {Data: []byte("x")}})
	if err != nil || len(all) != 2 || all[0].Name != "a" || all[1].Name != "b" {
		t.Errorf("%v, %v", all, err)
	}
	_, err = read(fstest.MapFS{"a.txt": {Data: []byte("x")}, "b.txt": {Data: []byte(good)}, "C.txt": {Data: []byte(good)}})
	if err == nil || !strings.Contains(err.Error(), `name "C"`) || !strings.Contains(err.Error(), "a:1: key") {
		t.Errorf("%v", err)
	}
}
