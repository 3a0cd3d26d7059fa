package cddl

import (
	"fmt"
	"math"

	"github.com/fxamacker/cbor/v2"
)

// Check tells what of an encoded value is not as the rule has it.
func (s *Spec) Check(rule string, encoded []byte) error {
	var v any
	if err := cbor.Unmarshal(encoded, &v); err != nil {
		return fmt.Errorf("cddl: %w", err)
	}
	return s.check(node{kind: reference, name: rule}, v, rule)
}

func (s *Spec) check(n node, v any, path string) error {
	bad := func() error { return fmt.Errorf("cddl: %s: %v (%T) is not as specified", path, v, v) }
	switch n.kind {
	case reference:
		to, ok := s.rules[n.name]
		if !ok {
			return fmt.Errorf("cddl: %s: no rule %q", path, n.name)
		}
		return s.check(to, v, path)
	case choices:
		for _, c := range n.choice {
			if s.check(c, v, path) == nil {
				return nil
			}
		}
		return bad()
	case mapping:
		m, ok := v.(map[any]any)
		if !ok || len(m) != len(n.items) {
			return fmt.Errorf("cddl: %s: want a map of %d", path, len(n.items))
		}
		for _, it := range n.items {
			inner, ok := m[uint64(it.key)]
			if !ok {
				return fmt.Errorf("cddl: %s: no key %d", path, it.key)
			}
			if err := s.check(it.of, inner, fmt.Sprintf("%s/%d", path, it.key)); err != nil {
				return err
			}
		}
		return nil
	case array:
		list, ok := v.([]any)
		if !ok {
			return bad()
		}
		return s.array(n, list, path)
	}
	if !s.single(n, v) {
		return bad()
	}
	return nil
}

// array takes as many of the list for each entry as it can.
func (s *Spec) array(n node, list []any, path string) error {
	at := 0
	for _, it := range n.items {
		times := 0
		for ; times < it.high && at < len(list); times++ {
			if err := s.check(it.of, list[at], fmt.Sprintf("%s[%d]", path, at)); err != nil {
				return err
			}
			at++
		}
		if times < it.low {
			return fmt.Errorf("cddl: %s: %d elements are too few", path, len(list))
		}
	}
	if at != len(list) {
		return fmt.Errorf("cddl: %s: %d elements are too many", path, len(list))
	}
	return nil
}

// single checks what holds nothing else.
func (s *Spec) single(n node, v any) bool {
	switch n.kind {
	case number:
		i, ok := whole(v)
		return ok && i >= n.low && i <= n.high
	case literal:
		return v == n.text
	case boolean:
		return v == true || v == false
	case yes:
		return v == true
	case byteString:
		b, ok := v.([]byte)
		return ok && int64(len(b)) >= n.low && int64(len(b)) <= n.high
	case textString:
		t, ok := v.(string)
		return ok && n.pattern.MatchString(t)
	case bitSet:
		u, ok := v.(uint64)
		return ok && u&^s.rules[n.name].bitsUsed == 0
	}
	return false
}

func whole(v any) (int64, bool) {
	switch i := v.(type) {
	case uint64:
		return int64(min(i, math.MaxInt64)), true
	case int64:
		return i, true
	}
	return 0, false
}
