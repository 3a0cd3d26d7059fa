package cddl

import (
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// law has each thing that the package knows.
const law = `
; a comment, with = and {
thing = {
  1 => 2,              ; always
  2 => name / "",
  3 => bytes .size 4,
  4 => [1*3 pair],
  5 => [first: -2..5, yes-or-no: bool],
  6 => uint .bits flags,
  7 => bytes .size (2..3),
  8 => true,
  9 => 1 / 5,
}
name = tstr .regexp "[a-z]{1,3}"
pair = [left: small, right: small]
small = 0..9
flags = &(
  a: 0,
  b: 3,
)
`

func good() map[int]any {
	return map[int]any{1: 2, 2: "ab", 3: []byte{1, 2, 3, 4}, 4: [][]int{{1, 2}, {3, 4}}, 5: []any{-2, true},
		6: 9, 7: []byte{1, 2}, 8: true, 9: 5}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCheck(t *testing.T) {
	s, err := Parse(law)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check("thing", encode(t, good())); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		key  int
		with any
		want string // of the error; "" for none
	}{
		{1, 3, "thing/1"}, {2, "", ""}, {2, "abcd", "thing/2"}, {2, 5, "thing/2"}, {3, []byte{1}, "thing/3"},
		{3, "four", "thing/3"}, {4, [][]int{}, "too few"}, {4, [][]int{{1, 2}, {1, 2}, {1, 2}, {1, 2}}, "too many"},
		{4, [][]int{{1, 10}}, "thing/4[0][1]"}, {4, [][]int{{1}}, "too few"}, {4, 7, "thing/4"},
		{5, []any{-3, true}, "thing/5[0]"}, {5, []any{5, true}, ""}, {5, []any{5, 1}, "thing/5[1]"}, {6, 2, "thing/6"}, {6, 8, ""},
		{7, []byte{1, 2, 3}, ""}, {7, []byte{1, 2, 3, 4}, "thing/7"}, {7, []byte{1}, "thing/7"}, {8, false, "thing/8"},
		{9, 1, ""}, {9, 2, "thing/9"}, {9, 5.0, "thing/9"}, {10, 1, "a map of 9"}, {-1, 1, "a map of 9"},
	} {
		m := good()
		m[tc.key] = tc.with
		err := s.Check("thing", encode(t, m))
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%d: %v: got %v, want %q", tc.key, tc.with, err, tc.want)
		}
	}
	for key := range good() {
		m := good()
		delete(m, key)
		m[10] = 0
		if err := s.Check("thing", encode(t, m)); err == nil {
			t.Errorf("without key %d", key)
		}
	}
	if s.Check("other", encode(t, 1)) == nil || s.Check("thing", []byte{0xff}) == nil {
		t.Error("an unknown rule, or no CBOR, is right")
	}
}

// TestEdges holds each edge against Check, which knows nothing of them, and sees that there are some on
// both sides everywhere.
func TestEdges(t *testing.T) {
	s, _ := Parse(law)
	edges, err := s.Edges("thing", encode(t, good()))
	if err != nil {
		t.Fatal(err)
	}
	in, beyond := map[string]int{}, map[string]int{}
	for _, e := range edges {
		if err := s.Check("thing", e.Encoded); (err == nil) != e.Inside {
			t.Errorf("%s: %s: inside %v, but %v", e.Path, e.What, e.Inside, err)
		}
		if e.Inside {
			in[e.Path]++
		} else {
			beyond[e.Path]++
		}
	}
	for _, path := range []string{"thing/1", "thing/2", "thing/3", "thing/4", "thing/4[1][0]", "thing/5[0]", "thing/5[1]",
		"thing/6", "thing/7", "thing/8", "thing/9"} {
		if in[path] == 0 || beyond[path] == 0 {
			t.Errorf("%s: %d inside, %d beyond", path, in[path], beyond[path])
		}
	}
	if beyond["thing"] < 11 || beyond["thing/5"] < 2 {
		t.Errorf("keys and elements: %v", beyond)
	}
	if _, err := s.Edges("thing", encode(t, 1)); err == nil {
		t.Error("edges of what is wrong")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"a", "a = ", "a = {1 = 2}", "a = {x => 2}", "a = [1*x b]", "a = 1..", "a = &[", "a = &(b 1)",
		`a = tstr .regexp "("`, "a = bytes .size x", "a = bytes .size (1..2"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
