// Package tree reads and writes device trees as kernels take them, so that an emulated machine can be
// given what a board has: a name, and names of its lines. It knows no machine and starts none; it is for
// the rig, outside the data path.
//
// Source: Devicetree Specification 0.4, chapter 5, "Flattened Devicetree (DTB) Format".
package tree

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// ErrMalformed is wrapped when bytes are no device tree.
var ErrMalformed = errors.New("tree: not a device tree")

// Node is one node with all below it. The first one has no name.
type Node struct {
	Name     string
	Props    []Prop
	Children []*Node
	reserved []byte // of the whole tree: memory that nobody may use, with its end
	cpu      uint32 // of the whole tree: the one that starts
}

// Prop is one property.
type Prop struct {
	Name  string
	Value []byte
}

// Tokens of the structure, and the header's first word and length. (5.4.1, 5.2)
const (
	beginNode  = 1
	endNode    = 2
	property   = 3
	nothing    = 4
	end        = 9
	magic      = 0xd00dfeed
	headBytes  = 40
	version    = 17
	compatible = 16
)

// depth is how deep nodes may lie in each other; boards have about six.
const depth = 64

// Parse reads a device tree. Errors wrap ErrMalformed.
func Parse(b []byte) (*Node, error) {
	bad := func(what string) (*Node, error) { return nil, fmt.Errorf("%w: %s", ErrMalformed, what) }
	if len(b) < headBytes || binary.BigEndian.Uint32(b) != magic {
		return bad("it does not begin with d00dfeed")
	}
	word := func(i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	part := func(from, size uint32) []byte {
		if uint64(from)+uint64(size) > uint64(len(b)) {
			return nil
		}
		return b[from : from+size]
	}
	if word(6) > compatible { // last version that it can be read as
		return bad(fmt.Sprintf("version %d", word(5)))
	}
	p := parser{structure: part(word(2), word(9)), names: part(word(3), word(8))}
	root, err := p.node(0)
	if err != nil {
		return nil, err
	}
	if root == nil || p.token() != end {
		return bad("no node, or more than one at the top")
	}
	root.cpu = word(7)
	for at := word(4); ; at += 16 { // pairs of address and size until one is empty
		pair := part(at, 16)
		if pair == nil {
			return bad("reserved memory without an end")
		}
		root.reserved = append(root.reserved, pair...)
		if bytes.Equal(pair, make([]byte, 16)) {
			return root, nil
		}
	}
}

type parser struct{ structure, names []byte }

// token takes the next one that says something; 0 if there is none.
func (p *parser) token() uint32 {
	for len(p.structure) >= 4 {
		t := binary.BigEndian.Uint32(p.structure)
		p.structure = p.structure[4:]
		if t != nothing {
			return t
		}
	}
	return 0
}

// take takes n bytes and what fills them up to a whole word.
func (p *parser) take(n int) ([]byte, bool) {
	if n < 0 || n > len(p.structure) {
		return nil, false
	}
	b := p.structure[:n]
	p.structure = p.structure[min((n+3)&^3, len(p.structure)):]
	return b, true
}

// node reads one node; it is nil where the one around it ends.
func (p *parser) node(deep int) (*Node, error) {
	switch t := p.token(); {
	case t == endNode && deep > 0:
		return nil, nil
	case t != beginNode || deep > depth:
		return nil, fmt.Errorf("%w: token %d in depth %d", ErrMalformed, t, deep)
	}
	name, _, ok := bytes.Cut(p.structure, []byte{0})
	if !ok {
		return nil, fmt.Errorf("%w: a name without an end", ErrMalformed)
	}
	p.take(len(name) + 1)
	n := &Node{Name: string(name)}
	for len(p.structure) >= 8 {
		before := p.structure
		if p.token() != property {
			p.structure = before
			break
		}
		head, ok := p.take(8)
		if !ok {
			break
		}
		value, ok := p.take(int(int32(binary.BigEndian.Uint32(head))))
		at := binary.BigEndian.Uint32(head[4:])
		if !ok || uint64(at) >= uint64(len(p.names)) {
			return nil, fmt.Errorf("%w: a property of %q is cut off", ErrMalformed, n.Name)
		}
		name, _, _ := bytes.Cut(p.names[at:], []byte{0})
		n.Props = append(n.Props, Prop{string(name), value})
	}
	for {
		child, err := p.node(deep + 1)
		if err != nil || child == nil {
			return n, err
		}
		n.Children = append(n.Children, child)
	}
}

// Find gives the node at a path such as "/chosen" or "/", or nil.
func (n *Node) Find(path string) *Node {
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" {
			return n
		}
		var next *Node
		for _, c := range n.Children {
			if c.Name == name {
				next = c
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}

// Get gives the value of a property, and whether there is one.
func (n *Node) Get(name string) ([]byte, bool) {
	for _, p := range n.Props {
		if p.Name == name {
			return p.Value, true
		}
	}
	return nil, false
}

// Set puts a property in, in place of the one of that name if there is one.
func (n *Node) Set(name string, value []byte) {
	for i := range n.Props {
		if n.Props[i].Name == name {
			n.Props[i].Value = value
			return
		}
	}
	n.Props = append(n.Props, Prop{name, value})
}

// Texts is the value of a property that is a list of texts.
func Texts(all ...string) []byte {
	var b []byte
	for _, s := range all {
		b = append(append(b, s...), 0)
	}
	return b
}
