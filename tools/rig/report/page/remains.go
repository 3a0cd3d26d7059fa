package page

import (
	"encoding/json"
	"io/fs"

	"tellijn/tools/rig/play"
)

// remains is one search for what is left of frames, as tools/rig/steps/memory leaves it.
type remains struct {
	Scenario                       string `json:"-"`
	Case, Where                    string
	MiB                            int64
	RowHits, WordHits, LongestWord int
	Frames, Moments                int
	ControlPlanted, ControlFound   int
	Allowed, Verdict               string
}

// searched gives what all searches of all scenarios found, in their order.
func searched(results []play.Result, files fs.FS) (all []remains) {
	for _, r := range results {
		for _, f := range r.Files {
			if f.Name != "forensics.json" || f.Size > mostText {
				continue
			}
			b, err := fs.ReadFile(files, f.Path)
			if err != nil {
				continue
			}
			var some []remains
			if json.Unmarshal(b, &some) != nil {
				continue // it stands among the files of its scenario all the same
			}
			for _, s := range some {
				s.Scenario = r.Scenario.Name
				all = append(all, s)
			}
		}
	}
	return all
}
