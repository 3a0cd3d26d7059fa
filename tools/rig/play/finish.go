package play

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tellijn/tools/rig/bench"
)

// finish makes the result whole.
func (r *run) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := &r.result
	out.Took = r.now()
	slices.SortStableFunc(out.Timeline, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	r.memory()
	r.counts()
	for _, f := range append([]File{{Name: "console", Path: filepath.Join(r.folder, "console.txt")}}, r.files...) {
		st, err := os.Stat(f.Path)
		if err != nil { // the step did not come so far as to write it
			continue
		}
		rel, err := filepath.Rel(r.o.Out, f.Path)
		if err != nil {
			rel = f.Path
		}
		out.Files = append(out.Files, File{f.Name, filepath.ToSlash(rel), st.Size()})
	}
	out.Curves = maps.Clone(out.Curves) // a step that is stuck may still add to the old one
	out.Timeline, out.Console = slices.Clone(out.Timeline), slices.Clone(out.Console)
}

// memoryLine is what the first process of a device says once a minute (firmware/warden/first/look).
const memoryLine = `memory: (.+) = (\d+) KiB`

// memory makes curves of what the device says of its memory: "memory", and "memory of PROGRAM", in KiB.
func (r *run) memory() {
	line := regexp.MustCompile(memoryLine)
	for _, said := range r.result.Console {
		m := line.FindStringSubmatch(said.Line)
		if m == nil {
			continue
		}
		add := func(curve, kib string) {
			if y, err := strconv.Atoi(kib); err == nil {
				r.result.Curves[curve] = append(r.result.Curves[curve], Point{said.At, float64(y)})
			}
		}
		add("memory", m[2])
		sums := map[string]int{} // two programs may have one name
		for word := range strings.SplitSeq(m[1], " + ") {
			name, kib, _ := strings.Cut(word, " ")
			n, err := strconv.Atoi(kib)
			if err == nil {
				sums[name] += n
			}
		}
		for name, kib := range sums {
			add("memory of "+name, strconv.Itoa(kib))
		}
	}
}

// counts puts beside one another what steps left.
func (r *run) counts() {
	if r.scene == nil {
		return
	}
	set := func(name string, slot func(*Line) **bench.Counts) {
		all, _ := r.scene.Keep[name].([]bench.Counts)
		for i, c := range all {
			if i == len(r.result.Counts) {
				r.result.Counts = append(r.result.Counts, Line{})
			}
			*slot(&r.result.Counts[i]) = &c
		}
	}
	set(bench.KeepTruth, func(l *Line) **bench.Counts { return &l.Truth })
	set(bench.KeepReplayed, func(l *Line) **bench.Counts { return &l.Replayed })
	set(bench.KeepBooked, func(l *Line) **bench.Counts { return &l.Booked })
}
