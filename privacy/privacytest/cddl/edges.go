package cddl

import (
	"fmt"
	"maps"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Edge is a value that differs from a good one in one place, where it is just within or just beyond what
// the specification allows.
type Edge struct {
	Path    string // where, such as record/8[0][2]
	What    string // what stands there now
	Inside  bool   // allowed by the specification
	Encoded []byte // the whole value, as deterministic CBOR
}

// Edges gives every Edge of a good value: the ends of each range and what is next to them, each literal of
// a choice, sizes one off, keys that are missing, more, or others, and each bit.
func (s *Spec) Edges(rule string, good []byte) ([]Edge, error) {
	if err := s.Check(rule, good); err != nil {
		return nil, err
	}
	var v any
	if err := cbor.Unmarshal(good, &v); err != nil {
		return nil, fmt.Errorf("cddl: %w", err)
	}
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("cddl: %w", err)
	}
	var out []Edge
	s.walk(node{kind: reference, name: rule}, v, rule, func(path string, with any, whole any, inside bool) {
		b, failed := mode.Marshal(whole)
		if failed != nil && err == nil {
			err = failed
		}
		out = append(out, Edge{path, fmt.Sprintf("%T %.60v", with, with), inside, b})
	})
	return out, err
}

// emit is given a value for the place at path, and the value around it that has it there.
type emit func(path string, with, whole any, inside bool)

func (s *Spec) walk(n node, v any, path string, out emit) {
	put := func(with any, inside bool) { out(path, with, with, inside) }
	put(nil, false)
	put(1.5, false)
	switch n.kind {
	case reference:
		s.walk(s.rules[n.name], v, path, out)
	case choices:
		for _, c := range n.choice {
			s.ends(c, func(with any, inside bool) { put(with, inside || s.check(n, with, path) == nil) })
		}
	case mapping:
		m := v.(map[any]any)
		more := maps.Clone(m)
		more[uint64(len(m)+1)] = uint64(0)
		put(more, false)
		text := maps.Clone(m)
		text["more"] = uint64(0)
		put(text, false)
		for _, it := range n.items {
			k := uint64(it.key)
			less := maps.Clone(m)
			delete(less, k)
			put(less, false)
			s.walk(it.of, m[k], fmt.Sprintf("%s/%d", path, k), func(p string, with, inner any, inside bool) {
				whole := maps.Clone(m)
				whole[k] = inner
				out(p, with, whole, inside)
			})
		}
	case array:
		s.walkArray(n, v.([]any), path, out)
	default:
		s.ends(n, put)
	}
}

func (s *Spec) walkArray(n node, list []any, path string, out emit) {
	put := func(with []any, inside bool) { out(path, with, with, inside) }
	if it := n.items[0]; it.high > 1 && len(list) > 0 {
		for _, times := range []int{it.low - 1, it.low, it.high, it.high + 1} {
			if times >= 0 {
				put(slices.Repeat(list[:1], times), times >= it.low && times <= it.high)
			}
		}
	} else {
		put(append(slices.Clone(list), uint64(0)), false)
		if len(list) > 0 {
			put(list[:len(list)-1], false)
		}
	}
	for i := range list {
		it := n.items[min(i, len(n.items)-1)]
		s.walk(it.of, list[i], fmt.Sprintf("%s[%d]", path, i), func(p string, with, inner any, inside bool) {
			whole := slices.Clone(list)
			whole[i] = inner
			out(p, with, whole, inside)
		})
	}
}

// ends gives what is at the ends of one type, and just beyond.
func (s *Spec) ends(n node, put func(with any, inside bool)) {
	switch n.kind {
	case number:
		put(n.low, true)
		put(n.high, true)
		put(n.low-1, false)
		put(n.high+1, false)
		put(float64(n.low), false)
	case literal:
		put(n.text, true)
		put(n.text+"x", false)
		put([]byte(n.text), false)
	case boolean, yes:
		put(true, true)
		put(false, n.kind == boolean)
		put(uint64(1), false)
	case byteString:
		put(make([]byte, n.low), true)
		put(make([]byte, n.high), true)
		put(make([]byte, n.low-1), false)
		put(make([]byte, n.high+1), false)
		put(string(make([]byte, n.low)), false)
	case textString:
		for _, t := range []string{"", "a", "z9-", "A", "a b", "ü", "abcdefghijklmnopqrstuvwxyz-01234", "abcdefghijklmnopqrstuvwxyz-012345"} {
			put(t, n.pattern.MatchString(t))
		}
		put([]byte("a"), false)
	case bitSet:
		for bit := range 40 {
			put(uint64(1)<<bit, s.rules[n.name].bitsUsed>>bit&1 == 1)
		}
		put(s.rules[n.name].bitsUsed, true)
	case reference:
		s.ends(s.rules[n.name], put)
	}
}
