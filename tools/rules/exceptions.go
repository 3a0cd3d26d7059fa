package main

import (
	"tellijn/tools/rules/source"
)

// exception lets findings pass, with the reason. It must match rule, path and name exactly.
type exception struct {
	rule, path, name string
	mend             bool // a fault that waits to be mended; the others are meant to stay
	why              string
}

// exceptions is the whole list. A test fails when one is no longer needed, so it only shrinks, but
// by a decision.
func exceptions() []exception {
	return []exception{
		{"names", "hal/camera/v4l2/source_linux.go", "SetImageFormat", false,
			"the library's name for VIDIOC_S_FMT; it sets a format and takes no picture"},
		{"state", "hal/camera/sim/floor/floor.go", "scales", false,
			"a table of three constants; nobody writes to it, which the rule [written] checks"},
		{"state", "tools/replay/play/screen.go", "colours", false,
			"a table of six constants; nobody writes to it, which the rule [written] checks"},
		{"state", "tools/replay/plot/plot.go", "ticks", false,
			"a table of seven constants; nobody writes to it, which the rule [written] checks"},
		{"bulk", "hal/camera/v4l2/locks/locks.go", "slices.Clone", false,
			"the report on which settings of the camera are held; no frame has come yet when it is made"},
		{"bulk", "hal/camera/v4l2/open_linux.go", "string", false,
			"the name of the kernel's driver, asked for before the stream begins"},

		{"files", "tools/replay/sweep", "files", true,
			"six; the drawn figures could be a package of their own"},
	}
}

// sift gives the findings without an exception, and the exceptions without a finding.
func sift(found []source.Finding, list []exception) (open []source.Finding, idle []exception) {
	used := make([]bool, len(list))
	for _, f := range found {
		excepted := false
		for i, e := range list {
			if e.rule == f.Rule && e.path == f.Path && e.name == f.Name {
				used[i], excepted = true, true
			}
		}
		if !excepted {
			open = append(open, f)
		}
	}
	for i, e := range list {
		if !used[i] {
			idle = append(idle, e)
		}
	}
	return open, idle
}
