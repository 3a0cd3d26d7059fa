package values

import "testing"

// Every key has enough values, no value twice, and an ordinary one first.
func TestTables(t *testing.T) {
	for key, all := range TOML() {
		seen := map[Value]bool{}
		for _, v := range all {
			if seen[v] {
				t.Errorf("%s: %q twice", key, v.Text)
			}
			seen[v] = true
		}
		if len(all) < 10 || all[0].Text == "" && all[0].Tables < 1 {
			t.Errorf("%s: %d values, the first %q", key, len(all), all[0].Text)
		}
	}
	for program, flags := range Flags() {
		for flag, all := range flags {
			if len(all) < 2 {
				t.Errorf("%s -%s: %d values", program, flag, len(all))
			}
		}
	}
	for tag, what := range Tags() {
		if len(what) < 10 {
			t.Errorf("%s: %q", tag, what)
		}
	}
}
