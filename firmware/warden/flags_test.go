package main

import (
	"math"
	"os"
	"strings"
	"testing"

	"tellijn/boards"
)

// TestFlags has flags of each kind on boards of each kind. An error names the flag.
func TestFlags(t *testing.T) {
	for _, tc := range []struct {
		what string
		kind boards.Kind
		o    options
		want string // "" is taken
	}{
		{"nothing", boards.Real, options{}, ""},
		{"another camera", boards.Real, options{driver: "v4l2", device: "/dev/video1", speed: 1, compress: 1}, ""},
		{"a clip", boards.Real, options{feed: 3}, "-feed, -view and -world are not for a-board"},
		{"a view", boards.Real, options{view: 999}, "-feed, -view and -world are not for a-board"},
		{"a drawn camera", boards.Real, options{driver: "sim"}, "-driver sim is not for a-board"},
		{"a fast clock", boards.Real, options{speed: 2}, "-speed 2 is not for a-board"},
		{"all that is for pretended boards", boards.Virtual, options{feed: 3, view: 4, driver: "clip", speed: 1000}, ""},
		{"slow", boards.Simulated, options{speed: -1}, "-speed -1"},
		{"too fast", boards.Simulated, options{speed: 1001}, "-speed 1001"},
		{"another calendar", boards.Real, options{world: 7}, "-feed, -view and -world are not for a-board"},
		{"a short day", boards.Simulated, options{compress: 10_000}, ""},
		{"a short day at a real door", boards.Real, options{compress: 2}, "-compress 2 is not for a-board"},
		{"too short a day", boards.Simulated, options{compress: 10_001}, "-compress 10001"},
		{"backwards", boards.Virtual, options{compress: -1}, "-compress -1"},
		{"a week", boards.Simulated, options{seconds: 604_800}, ""},
		{"more than a week", boards.Simulated, options{seconds: 604_801}, "-seconds 604801"},
		{"for ever", boards.Simulated, options{seconds: math.MaxUint32}, "-seconds 4294967295"},
	} {
		err := tc.o.check(&boards.Board{Name: "a-board", Kind: tc.kind})
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", tc.what, err, tc.want)
		}
	}
}

// TestHanded has descriptors that are open, and some that are not.
func TestHanded(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fd := int(w.Fd())
	if err := handed("view", fd); err != nil {
		t.Error(err)
	}
	wide := int64(fd) + 1<<32 // the kernel would look at the lower half only
	for _, bad := range []int{1, 2, -1, 999, max(int(wide), math.MaxInt32), math.MaxInt} {
		if err := handed("view", bad); err == nil || !strings.Contains(err.Error(), "-view ") {
			t.Errorf("descriptor %d: %v", bad, err)
		}
	}
	w.Close()
	if err := handed("view", fd); err == nil {
		t.Error("one that was closed")
	}
}
