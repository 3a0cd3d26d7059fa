package risks

import (
	"strings"
	"testing"
)

func TestAll(t *testing.T) {
	all := All()
	if bad := Incomplete(all); len(bad) > 0 {
		t.Errorf("incomplete: %q", bad)
	}
	seen := map[string]bool{}
	for _, r := range all {
		// One line of a terminal, with a number before it and a colon between.
		if n := len(r.Name) + len(r.Brief); n > 93 {
			t.Errorf("%s: %d letters too many for a line", r.Name, n-93)
		}
	}
	for _, r := range all {
		for _, text := range []string{r.Name, r.Brief, r.Measure, r.Shown, r.Remains} {
			if seen[text] && text != "" && !strings.HasPrefix(text, "Nobody") {
				t.Errorf("said twice: %q", text)
			}
			seen[text] = true
		}
	}
	// What has to be on it, whatever else is.
	for _, word := range []string{"USB", "processor", "Memory chips", "Theft", "firmware", "kernel", "Small counts", "New uses",
		"looks the same", "timing", "background", "stacks", "alarm", "exchanged", "starter",
		"broker", "alone", "address", "clock", "log", "Words", "Old state"} {
		found := false
		for _, r := range all {
			found = found || strings.Contains(r.Name, word)
		}
		if !found {
			t.Errorf("no risk is about %q", word)
		}
	}
}

func TestIncomplete(t *testing.T) {
	if Incomplete(nil) == nil {
		t.Error("an empty list is called complete")
	}
	full := Risk{"a", "b", "c", "d", "e", "f"}
	if bad := Incomplete([]Risk{full}); bad != nil {
		t.Errorf("complete, and called %q", bad)
	}
	for i := range 6 {
		r := full
		*[]*string{&r.Name, &r.Brief, &r.Measure, &r.Shown, &r.Remains, &r.Owner}[i] = ""
		if bad := Incomplete([]Risk{full, r}); len(bad) != 1 || bad[0] != r.Name {
			t.Errorf("part %d is empty: found %q", i, bad)
		}
	}
}
