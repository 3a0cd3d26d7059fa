package space

import (
	"strings"
	"testing"
)

// Flags that fell short are said as a person would type them, without the places of a run.
func TestTyped(t *testing.T) {
	for _, c := range []struct {
		flags map[string]string
		want  string
	}{
		{map[string]string{"eye": "@eye", "courier": "@courier", "dir": "@dir", "board": "sim", "speed": "7"}, "warden -board=sim -speed=7"},
		{map[string]string{"eye": "/none", "config": "@config"}, "warden -config=FILE config -eye=/none"},
	} {
		if got := typed(c.flags); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestFirst(t *testing.T) {
	if got := first(nil); got != "too little was found or tried" {
		t.Errorf("no faults: %q", got)
	}
	if got := first([]string{"a", "b"}); got != "none of these: a; b" {
		t.Errorf("two faults: %q", got)
	}
	if got := first(make([]string, most+2)); !strings.HasSuffix(got, "; and 2 more") {
		t.Errorf("more than are told: %q", got)
	}
}
