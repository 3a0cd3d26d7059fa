// Package cddl reads the part of CDDL (RFC 8610) in which this repository says what leaves a program, and
// holds encoded values against it, so that a test can compare what is written with what is coded. It is
// for tests and never on a device. It knows maps with numbers for keys, arrays, ranges, choices, literals,
// and the controls .size, .regexp and .bits; anything else is an error.
package cddl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Spec is a parsed specification.
type Spec struct{ rules map[string]node }

// node is one type. Which fields it uses depends on its kind.
type node struct {
	kind     kind
	name     string // of another rule, or of a control's argument
	text     string // literal
	low      int64  // range, or size
	high     int64
	items    []item
	choice   []node
	pattern  *regexp.Regexp
	bitsUsed uint64
}

// item is one entry of a map or an array.
type item struct {
	key       int64 // of a map
	low, high int   // how often, in an array
	of        node
}

type kind int

const (
	reference kind = iota
	number         // low to high
	literal        // text
	boolean
	yes // true
	byteString
	textString
	bitSet
	mapping
	array
	choices
)

// reader goes through the tokens; the first error stays.
type reader struct {
	tokens []string
	err    error
}

// Parse reads a specification.
func Parse(text string) (*Spec, error) {
	text = regexp.MustCompile(`;[^\n]*`).ReplaceAllString(text, "")
	token := regexp.MustCompile(`"[^"]*"|=>|\.\.|\.[a-z]+|-?\d+|[a-z][a-z0-9_-]*|\S`)
	r := &reader{tokens: token.FindAllString(text, -1)}
	s := &Spec{rules: map[string]node{}}
	for len(r.tokens) > 0 && r.err == nil {
		name := r.next()
		r.expect("=")
		if r.peek() == "&" {
			s.rules[name] = r.bits()
		} else {
			s.rules[name] = r.choice()
		}
	}
	return s, r.err
}

func (r *reader) peek() string {
	if len(r.tokens) == 0 {
		return ""
	}
	return r.tokens[0]
}

func (r *reader) next() string {
	t := r.peek()
	if t != "" {
		r.tokens = r.tokens[1:]
	}
	return t
}

func (r *reader) take(t string) bool {
	if r.peek() != t {
		return false
	}
	r.next()
	return true
}

func (r *reader) expect(t string) {
	if got := r.next(); got != t {
		r.fail("%q, want %q", got, t)
	}
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("cddl: "+format+" before %q", append(args, strings.Join(r.tokens[:min(8, len(r.tokens))], " "))...)
	}
	r.tokens = nil
}

func (r *reader) number() int64 {
	t := r.next()
	n, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		r.fail("%q, want a number", t)
	}
	return n
}

// choice reads types with / between them.
func (r *reader) choice() node {
	first := r.one()
	if r.peek() != "/" {
		return first
	}
	all := node{kind: choices, choice: []node{first}}
	for r.take("/") {
		all.choice = append(all.choice, r.one())
	}
	return all
}

func (r *reader) one() node {
	switch t := r.peek(); {
	case r.take("{"):
		return r.list(mapping, "}")
	case r.take("["):
		return r.list(array, "]")
	case strings.HasPrefix(t, `"`):
		return node{kind: literal, text: strings.Trim(r.next(), `"`)}
	case t != "" && (t[0] == '-' || t[0] >= '0' && t[0] <= '9'):
		return r.span()
	case t == "":
		r.fail("nothing, want a type")
		return node{}
	}
	switch name := r.next(); {
	case name == "bool":
		return node{kind: boolean}
	case name == "true":
		return node{kind: yes}
	case name == "bytes" && r.take(".size"):
		if r.take("(") {
			n := r.span()
			r.expect(")")
			n.kind = byteString
			return n
		}
		n := r.number()
		return node{kind: byteString, low: n, high: n}
	case name == "tstr" && r.take(".regexp"):
		p, err := regexp.Compile("^(?:" + strings.Trim(r.next(), `"`) + ")$")
		if err != nil {
			r.fail("%v", err)
		}
		return node{kind: textString, pattern: p}
	case name == "uint" && r.take(".bits"):
		return node{kind: bitSet, name: r.next()}
	default:
		return node{kind: reference, name: name}
	}
}

func (r *reader) span() node {
	low := r.number()
	high := low
	if r.take("..") {
		high = r.number()
	}
	return node{kind: number, low: low, high: high}
}

// list reads the entries of a map or an array.
func (r *reader) list(k kind, end string) node {
	n := node{kind: k}
	for r.err == nil && !r.take(end) {
		it := item{low: 1, high: 1}
		switch {
		case k == mapping:
			it.key = r.number()
			r.expect("=>")
		case len(r.tokens) > 1 && r.tokens[1] == "*":
			it.low = int(r.number())
			r.expect("*")
			it.high = int(r.number())
		case len(r.tokens) > 1 && r.tokens[1] == ":":
			r.next()
			r.expect(":")
		}
		it.of = r.choice()
		n.items = append(n.items, it)
		r.take(",")
	}
	return n
}

// bits reads the names and numbers of bits.
func (r *reader) bits() node {
	r.expect("&")
	r.expect("(")
	n := node{kind: bitSet}
	for r.err == nil && !r.take(")") {
		r.next()
		r.expect(":")
		n.bitsUsed |= 1 << r.number()
		r.take(",")
	}
	return n
}
