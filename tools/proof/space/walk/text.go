// Package walk goes through configurations: it writes them down as the TOML that a person would
// write, lets the code of the device read them, and holds every one that is accepted against what
// must be true of all. It opens no camera and starts no program. It stands between the table of
// values and the report of tools/proof/space.
package walk

import (
	"fmt"
	"slices"
	"strings"

	"tellijn/tools/proof/space/values"
)

// Config is a configuration as written: a value for each key.
type Config map[string]values.Value

// lists are the keys that hold several tables, with the keys of each table.
func lists() map[string][]string {
	return map[string][]string{"scene.line": {"from", "to"}, "scene.zone": {"corners"}, "room.door": {"device", "sign", "seal"}}
}

// plain are the values of tables behind the first, so that each line differs.
func plain(list string, i int) map[string]string {
	at := 0.1 + 0.008*float64(i%100)
	if list == "room.door" {
		return map[string]string{"device": fmt.Sprintf(`"door-%d"`, i), "sign": fmt.Sprintf(`"%064x"`, i+1), "seal": fmt.Sprintf(`"%064x"`, i+1)}
	}
	if list == "scene.line" {
		return map[string]string{"from": fmt.Sprintf("[0.1, %.3f]", at), "to": fmt.Sprintf("[0.9, %.3f]", at)}
	}
	return map[string]string{"corners": fmt.Sprintf("[[%.3f, 0], [1, 0], [1, 1], [%.3f, 1]]", at, at)}
}

// Text writes c down and says in which line each key begins.
func (c Config) Text() (text string, lines map[string]int) {
	lines = map[string]int{}
	n := 0
	var out strings.Builder
	put := func(format string, args ...any) {
		n++
		fmt.Fprintf(&out, format+"\n", args...)
	}
	key := func(full, name string) {
		if v := c[full]; v.Text != "" {
			put("%s = %s", name, v.Text)
			lines[full] = n
		}
	}
	byTable := map[string][]string{}
	for full := range c {
		table, _, ok := strings.Cut(full, ".")
		if !ok {
			table = ""
		}
		byTable[table] = append(byTable[table], full)
	}
	for _, table := range sorted(byTable) {
		keys := byTable[table]
		slices.Sort(keys)
		if table != "" {
			put("[%s]", table)
			lines[table] = n
		}
		for _, full := range keys { // keys of the table itself, before any list of tables
			name := strings.TrimPrefix(full, table+".")
			if _, list := lists()[full]; !strings.Contains(name, ".") && (!list || c[full].Tables < 0) {
				key(full, name)
			}
		}
		for _, full := range keys {
			inner, list := lists()[full]
			for i := range max(c[full].Tables, 0) {
				if !list {
					break
				}
				put("[[%s]]", full)
				if _, ok := lines[full]; !ok {
					lines[full] = n
				}
				for _, name := range inner {
					if i == 0 {
						key(full+"."+name, name)
					} else {
						put("%s = %s", name, plain(full, i)[name])
					}
				}
			}
		}
	}
	return out.String(), lines
}

func sorted[V any](m map[string]V) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// With gives a copy in which some keys have other values.
func (c Config) With(more Config) Config {
	out := Config{}
	for k, v := range c {
		out[k] = v
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}
