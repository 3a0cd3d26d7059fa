package keys

import (
	"reflect"
	"slices"
	"strings"
)

// Of gives every key that v, a pointer to a struct with toml tags, takes, as dotted paths such as
// scene.line.from. Tables stand before the keys in them.
func Of(v any) []string { return list(reflect.TypeOf(v), "") }

func list(t reflect.Type, before string) (out []string) {
	for t != nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		if name == "" || name == "-" {
			continue
		}
		out = append(out, before+name)
		out = append(out, list(f.Type, before+name+".")...)
	}
	return out
}

// Hint says what was probably meant by a key that is not among known, or what there is in its place.
// It is never empty.
func Hint(key string, known []string) string {
	key = bare(key)
	if best, ok := nearest(key, known); ok {
		return "did you mean " + best + "?"
	}
	// The right word in the wrong table.
	_, word := split(key)
	for _, k := range known {
		if table, own := split(k); own == word {
			if table == "" {
				return own + " stands above the first table"
			}
			return own + " belongs into [" + table + "]"
		}
	}
	table, _ := split(key)
	here := siblings(table, known)
	for len(here) == 0 && table != "" { // the table itself is unknown
		table, _ = split(table)
		here = siblings(table, known)
	}
	if table == "" {
		return "there are: " + strings.Join(here, ", ")
	}
	return "in [" + table + "] there are: " + strings.Join(here, ", ")
}

// siblings are the words of one table.
func siblings(table string, known []string) (out []string) {
	for _, k := range known {
		if in, word := split(k); in == table && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

// nearest is the known key that differs least: at most two letters of a whole path, and fewer of a
// short word, or every short word would be like every other.
func nearest(key string, known []string) (best string, ok bool) {
	_, word := split(key)
	least := min(2, len(word)/2) + 1
	for _, k := range known {
		if d := distance(key, k); d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}

// split parts the last word of a dotted key from its table.
func split(key string) (table, word string) {
	i := strings.LastIndexByte(key, '.')
	return key[:max(i, 0)], key[i+1:]
}

// distance is in how many letters two words differ: one left out, one too many, one wrong, or two
// neighbours swapped count one each.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return len(a) + len(b)
	}
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
