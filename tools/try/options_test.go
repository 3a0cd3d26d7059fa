package main

import (
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-clip", "x.avi"}, "-person-area"},
		{[]string{"-clip", "x.avi", "-device", "/dev/video0"}, "one camera"},
		{[]string{"-device", "/dev/video0", "-speed", "3"}, "-speed"},
		{[]string{"-speed", "0"}, "1 to 1000"},
		{[]string{"word"}, "hyphen"},
	} {
		if _, err := parse(tc.args); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %q", tc.args, err, tc.want)
		}
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-line", "0,0,1"}, "four numbers"},
		{[]string{"-line", "0,0,1,x"}, `"x" is no number`},
		{[]string{"-line", "0.5,0.5,0.5,0.5"}, "1/50"},
		{[]string{"-line", "0,0,1,1", "-person-area", "2"}, "person_area"},
	} {
		o, err := parse(tc.args)
		if err == nil {
			_, _, err = o.plan(nil)
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: got %v, want %q", tc.args, err, tc.want)
		}
	}
}
